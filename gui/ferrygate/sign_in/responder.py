"""Answers a server's prompts (keyboard-interactive, RFC 4256): each secret leaves at most once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

import msgspec

from ferrygate.codes import join
from ferrygate.common.errors import (
    FerrygateError,
    PasswordExpiredError,
    PromptUnansweredError,
    SignInRefusedError,
)
from ferrygate.common.message import message, sentences
from ferrygate.common.secret import Secret
from ferrygate.common.secret_text import given_secret
from ferrygate.common.server_words import shown_words
from ferrygate.sign_in.attempt_slot import AttemptSlot
from ferrygate.sign_in.credentials import Credentials, no_code_secret, present_password
from ferrygate.sign_in.gate import SHUT_FROM
from ferrygate.sign_in.ledger import End
from ferrygate.sign_in.prompts import PromptReader, Wanted, allowed, same_text
from ferrygate.sign_in.steps import PromptAnswered, ReportStep, SecretSent, Sent
from ferrygate.sites.site import Site
from ferrygate.ssh.prompts import Prompt, PromptRound

_METHOD = "keyboard-interactive"
_SENT = {
    Wanted.PASSWORD: Sent.PASSWORD,
    Wanted.CODE: Sent.CODE,
    Wanted.BOTH: Sent.PASSWORD_AND_CODE,
}
_CODE = re.compile(r"[0-9]{6,8}", re.ASCII)
_NO_WORDS = re.compile(r"[\W\d_]+")


class PromptObserver(Protocol):
    """Asks the person, and shows what is sent; called on the thread that answers prompts."""

    def signing_in(self) -> None:
        """Show that password and code are sent."""

    def server_said(self, words: str) -> None:
        """Show what the server tells the person without asking for an answer."""

    def answer_prompt(self, text: str, *, echo: bool, instruction: str = "") -> Secret | None:
        """Ask the person what the server asks; none refuses, or there is no person."""
        ...

    def code_typed(self, *, at_prompt: bool) -> None:
        """Note that a code is sent that the person has typed, before or ``at_prompt``."""

    def password_changed(self) -> None:
        """Note that the person has chosen a new password, so that the saved one is wrong."""


SpendCode = Callable[[], str]
"""Claims a code that leaves now, and waits for a fresh one where that is needed."""

NoteCode = Callable[[Secret], None]
"""Told of a code that a person answers a prompt with, before it leaves."""

Refused = Callable[[str, str], SignInRefusedError]
"""Makes the error for a refusal from what support needs and what the server says."""


class _Question(msgspec.Struct, frozen=True):
    """Holds a prompt, and what it is answered with.

    Attributes:
        prompt: the server's.
        meant: what it means.
        wanted: what is given; a person is asked for what is meant where it has left already.
    """

    prompt: Prompt
    meant: Wanted
    wanted: Wanted


class Responder:
    """Answers the rounds of one attempt."""

    def __init__(
        self,
        slot: AttemptSlot,
        observer: PromptObserver,
        site: Site,
        credentials: Credentials,
        spend_code: SpendCode,
        given: set[Wanted],
        *,
        note_code: NoteCode,
        refused: Refused,
        report: ReportStep,
        whole: bool,
    ) -> None:
        """Begin.

        Args:
            slot: the attempt's.
            observer: told of what the server asks and says.
            site: the site.
            credentials: what is at hand.
            spend_code: takes a code.
            given: what has left in earlier steps of the sign-in; what leaves here is added.
            note_code: told of a person's.
            refused: makes the error for a refusal.
            report: takes each round, once it is answered.
            whole: a single prompt for a password wants what the password step would send.
        """
        self._slot = slot
        self._observer = observer
        self._template = site.sign_in.join
        self._digits = site.sign_in.digits
        self._credentials = credentials
        self._spend_code = spend_code
        self._note_code = note_code
        self._refused = refused
        self._report = report
        self._whole = whole
        self._reader = PromptReader(site.host, site.username, site.sign_in.prompts)
        self._given = given
        # Of this conversation, by whomever they were answered. Secrets of earlier steps were
        # accepted: a server refuses a step as a whole.
        self._answered: set[str] = set()  # prompts
        self._answered_meanings: set[Wanted] = set()
        self._changes_password = False
        self.person_answered = False

    def respond(self, asked: PromptRound) -> list[str]:
        """Answer one round, in the order of its prompts.

        A person is asked first: where no answer comes, nothing of this round has left.

        Raises:
            PromptUnansweredError: no answer came.
            PasswordExpiredError: the server wants a new password, and no answer came.
            SignInRefusedError: the server asks again for what it was given, and no answer came or
                no more may be tried.
            UsageError: an answer of the person's cannot be sent.
            SecretsMissingError: there is no code secret, and no answer came.
        """
        instruction = shown_words(asked.instruction)
        if not asked.prompts:
            if instruction:
                self._observer.server_said(instruction)
            return []
        questions = self._plan(asked)
        self._changes_password |= any(each.meant is Wanted.NEW_PASSWORD for each in questions)
        again = [each for each in questions if self._is_refusal(each, asked.instruction)]
        if again and self._slot.refusals + 1 >= SHUT_FROM:
            raise self._asked_again(again[0], asked.instruction)
        answers = self._answers(questions, asked.instruction, is_again=bool(again))
        self._answered |= {_bare_words(prompt.text) for prompt in asked.prompts}
        self._answered_meanings |= {question.meant for question in questions}
        if not {question.wanted for question in questions} & {Wanted.CODE, Wanted.BOTH}:
            self._slot.sending()  # with a code, its claim has said so
        self._observer.signing_in()
        self._report(_round_answered(questions, instruction))
        return [answer.reveal() for answer in answers]

    def _answers(
        self, questions: list[_Question], instruction: str, *, is_again: bool
    ) -> list[Secret]:
        """Have the person answer what only a person can, then take the rest from what is at hand.

        Args:
            questions: those of a round.
            instruction: the server's words above them.
            is_again: one of them is asked again, as the answer before was refused.
        """
        answers = {
            place: self._ask_person(question, instruction)
            for place, question in enumerate(questions)
            if question.wanted in {Wanted.ASK, Wanted.NEW_PASSWORD}
        }
        if is_again:  # each answer of the person's is another try of the same account
            self._slot.refused_meanwhile()
        self._note_codes(questions, answers)
        for place, question in enumerate(questions):
            if place not in answers:
                answers[place] = self._secret(question.wanted)
                self._given.add(question.wanted)
        return [answers[place] for place in range(len(questions))]

    def _note_codes(self, questions: list[_Question], answers: dict[int, Secret]) -> None:
        """Have the ledger know the codes that a person answers with, so that none leaves again.

        A prompt is answered as the person likes, also with a code that left before: what it wants
        is guessed, and may be a number that stays the same.
        """
        for place, answer in answers.items():
            if questions[place].meant is Wanted.CODE and _CODE.fullmatch(answer.reveal()):
                self._note_code(answer)

    def _plan(self, asked: PromptRound) -> list[_Question]:
        """Decide how each prompt of a round is answered."""
        given = set(self._given)
        questions = []
        for prompt in asked.prompts:
            meant = self._reader.wanted(prompt.text, asked.instruction, echo=prompt.echo)
            if len(asked.prompts) == 1 and self._stands_for_step(meant, prompt):
                meant = Wanted.BOTH
            wanted = meant if allowed(meant, frozenset(given)) and self._at_hand(meant) else None
            questions.append(_Question(prompt, meant, wanted or _for_person(meant)))
            given |= {meant} if wanted else set()
        return questions

    def _stands_for_step(self, meant: Wanted, prompt: Prompt) -> bool:
        """Tell whether a single prompt for a password wants what the password step would send."""
        return (
            self._whole
            and meant is Wanted.PASSWORD
            and join.needs_code(self._template)
            and not self._reader.is_settled(prompt.text)
        )

    def _at_hand(self, meant: Wanted) -> bool:
        """Tell whether a prompt can be answered; with a joined code only if the site joins one."""
        has_code = self._credentials.has_code
        if meant is Wanted.BOTH:
            return has_code and join.needs_code(self._template)
        return has_code or meant is not Wanted.CODE

    def _secret(self, wanted: Wanted) -> Secret:
        if wanted is Wanted.CODE:
            return Secret(self._spend_code())
        password = present_password(self._credentials.password)
        if wanted is Wanted.PASSWORD:
            return password
        code = self._spend_code()
        return join.join(self._template, password, code)

    def _ask_person(self, question: _Question, instruction: str) -> Secret:
        self._slot.renew()  # a person may take two minutes for each
        prompt = question.prompt
        answer = self._observer.answer_prompt(
            shown_words(prompt.text), echo=prompt.echo, instruction=shown_words(instruction)
        )
        if answer is None:
            raise self._prompt_unanswered(question, instruction)
        answer = given_secret(answer.reveal(), message("The answer"))
        self.person_answered = True
        if question.wanted is Wanted.NEW_PASSWORD:
            self._observer.password_changed()
        elif self._takes_code(question, answer):
            self._observer.code_typed(at_prompt=True)
        return answer

    def _takes_code(self, question: _Question, answer: Secret) -> bool:
        """Tell whether a code that is typed beforehand would answer such a prompt another time.

        None would where the person has chosen "1" for an approval on a phone, or has codes of
        another length than the site's.
        """
        if question.meant is Wanted.BOTH:
            return join.needs_code(self._template)
        is_code = _CODE.fullmatch(answer.reveal()) is not None
        return question.meant is Wanted.CODE and is_code and len(answer.reveal()) == self._digits

    def _prompt_unanswered(self, question: _Question, instruction: str) -> FerrygateError:
        """Make the error that ends the sign-in, as no answer came.

        What has left in this conversation counts as refused: the server may have checked it, and
        not told. Not so what it has taken, in an earlier step or to have the password changed.
        """
        text = question.prompt.text
        if self._is_refusal(question, instruction):
            return self._asked_again(question, instruction)
        said, detail = _told(text, instruction)
        expired = question.wanted is Wanted.NEW_PASSWORD and bool(self._given or self._answered)
        may_count = bool(self._answered) and not expired
        if self._slot.end is End.REFUSED and not may_count:
            self._slot.end = End.NOT_COUNTED
        if expired:
            return password_expired(said, detail)
        if not self._credentials.has_code and question.meant in {Wanted.CODE, Wanted.BOTH}:
            return no_code_secret(detail, said)
        step = message("Sign in again, and answer it within two minutes.")
        if may_count:
            step = sentences(message("It may count as a refused sign-in."), step)
        return PromptUnansweredError(
            message("The server asked a question that was not answered."),
            next_step=step,
            detail=detail,
            server_said=said,
        )

    def _asked_again(self, question: _Question, instruction: str) -> SignInRefusedError:
        said, detail = _told(question.prompt.text, instruction)
        return self._refused(f"asked again; {detail}", said)

    def _is_refusal(self, question: _Question, instruction: str) -> bool:
        """Tell whether the server asks again, since what it was given is wrong."""
        text = question.prompt.text
        if (not self._answered and not self._given) or question.wanted is Wanted.NEW_PASSWORD:
            return False
        return (
            self._wants_again(question.meant)
            or _bare_words(text) in self._answered
            or self._reader.says_wrong(text, instruction)
        )

    def _wants_again(self, meant: Wanted) -> bool:
        """Tell whether a secret is asked for that this conversation was given, in any words."""
        if meant is Wanted.AGAIN:
            return bool(self._answered) and not self._changes_password
        is_secret = meant in {Wanted.PASSWORD, Wanted.CODE, Wanted.BOTH}
        return is_secret and not allowed(meant, frozenset(self._answered_meanings))


def _round_answered(questions: list[_Question], instruction: str) -> SecretSent:
    prompts = tuple(
        PromptAnswered(shown_words(each.prompt.text), _SENT.get(each.wanted, Sent.PERSONS_ANSWER))
        for each in questions
    )
    return SecretSent(_METHOD, tuple(each.answer for each in prompts), "", prompts, instruction)


def _bare_words(text: str) -> str:
    """Keep a prompt's words alone: servers number the tries, as in "Password (2): "."""
    return _NO_WORDS.sub(" ", text).strip().casefold() or same_text(text)


def _told(text: str, instruction: str) -> tuple[str, str]:
    """Quote a prompt and the words above it, for the person and for support."""
    said = " ".join(shown_words(f"{instruction}\n{text}").split("\n"))
    return said, f"prompt: {shown_words(text)!r}; instruction: {shown_words(instruction)!r}"


def _for_person(meant: Wanted) -> Wanted:
    return Wanted.NEW_PASSWORD if meant is Wanted.NEW_PASSWORD else Wanted.ASK


def password_expired(server_said: str, detail: str = "") -> PasswordExpiredError:
    """Make the error for a server that wants the password to be changed first."""
    return PasswordExpiredError(
        message("Your password has expired."),
        next_step=message(
            "Change it where you manage your account, or ask your contact; then sign in."
        ),
        detail=detail,
        server_said=server_said,
    )
