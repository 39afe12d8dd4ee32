"""A server that asks in words nobody foresaw: the person answers, or nothing leaves."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import asyncssh
import msgspec
import pytest

from ferrygate.api.connecting import connect, open_session
from ferrygate.api.unattended import Unattended
from ferrygate.bootstrap import make_engine, open_ledger
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import SystemClock
from ferrygate.common.errors import (
    Cancelled,
    PasswordExpiredError,
    PromptUnansweredError,
    SignInRefusedError,
)
from ferrygate.common.paths import Home
from ferrygate.common.secret import Secret
from ferrygate.common.threads import SystemThreads
from ferrygate.engine.messages.session import PromptQuestion, ServerSaid
from ferrygate.engine.session.sign_in_observer import PendingAnswer, Question, SignInObserver
from ferrygate.sites.site import SignInSettings, Site
from servers.rigs.asking import Asked, Round, asking_server
from servers.rigs.asyncssh_thread import serving
from servers.rigs.server_process import HOST
from support.fake_clock import ManualClock

PASSWORD = Secret("correct horse")
CODE_SECRET = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"), period=2)
BADGE: Round = ("Welcome to the freezer room.", [("Colour of your badge? ", True)])
PASSWORD_ROUND: Round = ("", [("Password: ", False)])
CODE_ROUND: Round = ("", [("One-time code: ", False)])


class Person(Unattended):
    """Answers every question with the same words, or not at all."""

    def __init__(self, answer: str | None) -> None:
        super().__init__(accept_new_host_key=True)
        self._answer = answer
        self.asked: list[PromptQuestion] = []
        self.heard: list[str] = []

    def answer_prompt(self, question: PromptQuestion) -> Secret | None:
        self.asked.append(question)
        return None if self._answer is None else Secret(self._answer)

    def server_said(self, message: ServerSaid) -> None:
        self.heard.append(message.words)


def sign_in(asked: Asked, home: Home, person: Person) -> None:
    """By keyboard-interactive, with password and code at hand."""
    with open_session(
        site_of(asked), partial(make_engine, home=home, clock=SystemClock()), person, SystemClock()
    ) as session:
        session.use_password(PASSWORD)
        session.use_code_secret(CODE_SECRET)
        session.sign_in()


def site_of(asked: Asked) -> Site:
    return Site(
        name="asking",
        host=HOST,
        port=asked.port,
        username="vendor7",
        sign_in=SignInSettings(steps=("keyboard-interactive",), period=CODE_SECRET.period),
    )


def refusals(asked: Asked, home: Home) -> int:
    return open_ledger(home, SystemClock()).refusals(site_of(asked).account)


def test_the_person_answers_what_the_program_cannot(tmp_path: Path) -> None:
    person = Person("blue")
    with asking_server([PASSWORD_ROUND, BADGE, CODE_ROUND]) as asked:
        sign_in(asked, Home(tmp_path), person)
    (password,), (badge,), (code,) = asked.answers
    assert (password, badge) == (PASSWORD.reveal(), "blue")
    assert len(code) == CODE_SECRET.digits
    (question,) = person.asked
    assert question.instruction == "Welcome to the freezer room."
    assert question.text == "Colour of your badge?"
    assert question.echo
    assert refusals(asked, Home(tmp_path)) == 0


def test_password_and_code_are_known_in_one_round(tmp_path: Path) -> None:
    person = Person(None)
    prompts = [*PASSWORD_ROUND[1], *CODE_ROUND[1]]
    with asking_server([("", prompts)]) as asked:
        sign_in(asked, Home(tmp_path), person)
    ((password, code),) = asked.answers
    assert password == PASSWORD.reveal()
    assert len(code) == CODE_SECRET.digits
    assert person.asked == []


def test_nothing_leaves_where_the_person_does_not_answer(tmp_path: Path) -> None:
    person = Person(None)
    with (
        asking_server([BADGE, PASSWORD_ROUND]) as asked,
        pytest.raises(PromptUnansweredError, match="was not answered") as caught,
    ):
        sign_in(asked, Home(tmp_path), person)
    assert caught.value.problem.server_said == "Welcome to the freezer room. Colour of your badge?"
    assert "Colour of your badge?" in caught.value.problem.detail
    assert asked.answers == []
    assert refusals(asked, Home(tmp_path)) == 0


def test_a_password_asked_for_again_does_not_leave_again(tmp_path: Path) -> None:
    with (
        asking_server([PASSWORD_ROUND, PASSWORD_ROUND]) as asked,
        pytest.raises(SignInRefusedError, match="refused the sign-in"),
    ):
        sign_in(asked, Home(tmp_path), Person(None))
    assert asked.answers == [[PASSWORD.reveal()]]
    assert refusals(asked, Home(tmp_path)) == 1


def test_a_question_without_an_end_is_cut_but_the_prompt_is_there(tmp_path: Path) -> None:
    person = Person("yes")
    long = "\n".join(["\u202ebidden words " * 20] * 20)
    with asking_server([(long, [("Go on? ", False)])]) as asked:
        sign_in(asked, Home(tmp_path), person)
    (question,) = person.asked
    assert question.text == "Go on?"
    assert 200 < len(question.instruction) < 400
    assert "\u202e" not in question.instruction
    assert not question.echo


def test_what_a_server_only_says_is_shown_and_answered(tmp_path: Path) -> None:
    person = Person(None)
    number: Round = ("Enter the number 42 in your app.", [])
    with asking_server([PASSWORD_ROUND, number, CODE_ROUND]) as asked:
        sign_in(asked, Home(tmp_path), person)
    assert [len(answers) for answers in asked.answers] == [1, 0, 1]
    assert person.heard == ["Enter the number 42 in your app."]


class _Expired(asyncssh.SSHServer):
    """A server that takes the password and wants another (RFC 4252 §8)."""

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:  # noqa: ARG002  the protocol's
        raise asyncssh.PasswordChangeRequired("Expired on 1 November.", "en")


def test_an_expired_password_is_called_that(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with serving(_Expired) as port:
        asked = Asked(port=port)
        site = msgspec.structs.replace(site_of(asked), sign_in=SignInSettings(join="{password}"))
        with pytest.raises(PasswordExpiredError) as caught:
            connect(site, password="correct horse", home=home, accept_new_host_key=True)
    assert caught.value.problem.server_said == "Expired on 1 November."
    assert open_ledger(home, SystemClock()).refusals(site.account) == 0


# ---------------------------------------------------------------- time to answer


def observer(clock: ManualClock, cancel: CancelToken, *answers: Secret | None) -> SignInObserver:
    """Make an observer whose person gives these answers at once."""

    def ask(question: Question, answer: PendingAnswer[Secret]) -> None:
        for number, given in enumerate(answers):
            assert isinstance(question(number), PromptQuestion)
            answer.give(given)

    threads = SystemThreads()
    return SignInObserver(
        "host", lambda _: None, ask, lambda _: None, clock, cancel, threads=threads
    )


def test_nobody_has_answered_after_two_minutes() -> None:
    clock = ManualClock()
    started = clock.monotonic()
    assert observer(clock, CancelToken(SystemThreads())).answer_prompt("Colour?", echo=True) is None
    assert 120 <= clock.monotonic() - started < 121


def test_the_first_answer_counts() -> None:
    clock = ManualClock()
    mine = observer(clock, CancelToken(SystemThreads()), Secret("blue"), Secret("red"))
    answer = mine.answer_prompt("Colour?", echo=True)
    assert answer is not None
    assert answer.reveal() == "blue"


def test_a_wait_for_an_answer_can_be_cancelled() -> None:
    cancel = CancelToken(SystemThreads())
    cancel.cancel()
    with pytest.raises(Cancelled):
        observer(ManualClock(), cancel).answer_prompt("Colour?", echo=True)
