"""Reads which secret a server's prompt wants (keyboard-interactive, RFC 4256).

A prompt is free text in any language, and a wrong guess costs a refusal and gives a secret away.
So what says nothing about the secret is taken out first: addresses, hosts, the user's name, what
stands in quotes. Of the rest, known words are read (:mod:`ferrygate.sign_in.prompt_words`). The
last sentence is the question; what stands above it, and the round's instruction, may settle what
the question leaves open. Where they contradict each other, or nothing is known, a person is asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import Enum

from ferrygate.sign_in.prompt_reading import Question, Reading, above, read_sentence
from ferrygate.sign_in.prompt_vocabulary import AMBIGUOUS
from ferrygate.sign_in.prompt_words import folded

# Characters that are read of a server's words, from their end: the question stands there. Known
# products need 400; reading takes time by the square.
_MAX_PROMPT_CHARACTERS, _MAX_INSTRUCTION_CHARACTERS = 600, 1200
_ENDS = re.compile(r"(?<=[.!?;])\s+|[。！？\n\r]+")  # noqa: RUF001  full-width, as meant
_CONTROLS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|(?![\r\n\t])[\x00-\x1f\x7f-\x9f]")
_CHOICE = re.compile(
    r"^[ \t]*[\[(]?\d{1,2}[\])]?[ \t]?[-.):][ \t]+(\S.*[^:.!\s])[ \t\r]*$", re.MULTILINE
)
_QUOTED = re.compile(
    r"\"[^\"\n]*\"|»[^«\n]*«|“[^”\n]*”|„[^“”\n]*[“”]|«[^»\n]*»|`[^`'\n]*[`']|(?<!\w)['‘][^'’\n]*['’](?!\w)"  # noqa: RUF001  as written
)
_ADDRESSES = re.compile(
    r"\w[\w+.-]*://\S+"
    r"|[^\s()<>\[\]@]+@[^\s()<>\[\]@:]+"
    r"|[^\s()<>\[\]]*\\[^\s()<>\[\]:]+"
    r"|\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9a-f]*:[0-9a-f:]*:[0-9a-f.:]+\]?"
    r"|(?<![\w.])[a-z0-9][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)*\.[a-z]{2,}(?![\w.])"
)
_WHOSE = (  # before a user's name, folded
    "for|of|from|user|account|login|as|fur|von|benutzer|nutzer|konto|pour|de|utilisateur|compte"
    "|para|del|usuario|usuaria|cuenta|di|per|utente|conta|do|da|utilizador|voor|van|gebruiker|dla"
    "|uzytkownika|uzivatele|pro|для|пользователя|av|anvandaren"
)
_WHOSE_AFTER = "'s|s'|的|の|님|의"


class Wanted(Enum):
    """Names what a prompt asks for."""

    PASSWORD = "password"  # noqa: S105  the name of a kind
    CODE = "code"
    BOTH = "both"  # password and code in one string, joined as the site says
    NEW_PASSWORD = "new-password"  # noqa: S105  the name of a kind; a password to be chosen or changed
    AGAIN = "again"  # a secret that was just typed: a new password, or what was refused
    ASK = "ask"  # only a person can tell


class PromptReader:
    """Reads the prompts of one server, for one account.

    Args:
        host: the server's name as the site has it.
        username: the account's.
        settled: what the site says of prompts, by their exact text.
    """

    def __init__(self, host: str, username: str, settled: Iterable[tuple[str, str]] = ()) -> None:
        self._settled = {same_text(text): Wanted(meaning) for text, meaning in settled}
        names = {host, username, username.partition("@")[0], username.rpartition("\\")[2]}
        self._names = sorted(sorted({folded(name) for name in names} - {""}), key=len, reverse=True)

    def wanted(self, prompt: str, instruction: str = "", *, echo: bool = False) -> Wanted:
        """Tell what the server wants, whatever it was given before.

        Args:
            prompt: the server's words.
            instruction: what it says above them.
            echo: whether it would show what is typed. No password is typed for all to see.
        """
        settled = self._settled.get(same_text(prompt))
        if settled is not None:
            return settled
        question, before = self._question(prompt)
        instructions = self._sentences(instruction, _MAX_INSTRUCTION_CHARACTERS)
        meaning = _settle(question, above([*instructions, *before]))
        hides = meaning in {Wanted.PASSWORD, Wanted.BOTH}
        return Wanted.ASK if echo and hides else meaning

    def is_settled(self, prompt: str) -> bool:
        """Tell whether the site says what this prompt wants."""
        return same_text(prompt) in self._settled

    def says_wrong(self, prompt: str, instruction: str) -> bool:
        """Tell whether the server says that what it was given before is wrong."""
        words = f"{instruction}\n{prompt}"
        return any(
            sentence.wrong for sentence in self._sentences(words, _MAX_INSTRUCTION_CHARACTERS)
        )

    def _question(self, prompt: str) -> tuple[Reading, list[Reading]]:
        """Find the last sentence that has words, and those before it."""
        sentences = self._sentences(prompt, _MAX_PROMPT_CHARACTERS)
        while sentences and not sentences[-1].has_words:
            sentences.pop()
        return (sentences.pop(), sentences) if sentences else (read_sentence(""), [])

    def _sentences(self, words: str, most: int) -> list[Reading]:
        plain = folded(_CONTROLS.sub(" ", words[-most:]))
        text = self._without_names(_CHOICE.sub(_choice, plain))
        return [read_sentence(sentence) for sentence in _ENDS.split(text)]

    def _without_names(self, text: str) -> str:
        text = _ADDRESSES.sub(" ", _QUOTED.sub(" ", text))
        for name in self._names:
            whole = rf"(?<![\w-]){re.escape(name)}(?![\w-])"
            if not read_sentence(name).is_vocabulary:
                text = re.sub(whole, " ", text)
                continue
            # A user called "code": a name for certain only behind "for" and the like.
            surely = rf"(?<!\w)(?:{_WHOSE})\s+{whole}|{whole}(?=\s*(?:{_WHOSE_AFTER}))"
            text = re.sub(whole, AMBIGUOUS, re.sub(surely, " ", text))
        return text


def _choice(line: re.Match[str]) -> str:
    """Keep a line that asks for something; one of a menu names choices, and asks for none."""
    asks = any(read_sentence(part).enters for part in _ENDS.split(line[1]))
    return line[0] if asks else AMBIGUOUS


def allowed(wanted: Wanted, given: frozenset[Wanted]) -> bool:
    """Tell whether a secret may leave after those that were ``given`` in the same sign-in.

    Neither the password nor a code leaves twice, alone or joined.
    """
    match wanted:
        case Wanted.PASSWORD | Wanted.CODE:
            return not given & {wanted, Wanted.BOTH}
        case Wanted.BOTH:
            return not given
        case _:
            return False


def same_text(prompt: str) -> str:
    """Fold a prompt for comparing: without what cannot be seen in it."""
    return " ".join(unicodedata.normalize("NFC", prompt).split())


def _settle(question: Reading, above: Reading) -> Wanted:
    """Weigh the question against what stands above it."""
    asked = question.asks
    if asked is Question.NEW_PASSWORD or (
        above.changes and asked in {Question.PASSWORD, Question.AGAIN, Question.OPEN}
    ):
        return Wanted.NEW_PASSWORD
    if asked is Question.AGAIN:
        return Wanted.AGAIN
    if asked is Question.CODE:
        other = (
            above.elsewhere
            or above.pin_too
            or (question.weak and (above.other or above.asks is Question.PASSWORD))
        )
        return Wanted.ASK if other else Wanted.CODE
    if asked is Question.BOTH:
        return Wanted.ASK if above.elsewhere else Wanted.BOTH
    if asked in {Question.PASSWORD, Question.OPEN}:
        return _by_instruction(asked, above)
    return Wanted.ASK


def _by_instruction(asked: Question, above: Reading) -> Wanted:
    """Tell what a question means that names a password at most."""
    says = above.asks
    if says is Question.NOTHING and asked is Question.PASSWORD:
        says = asked
    if above.elsewhere or above.other or (above.factor and says is Question.PASSWORD):
        return Wanted.ASK
    return _MEANINGS.get(says, Wanted.ASK)


_MEANINGS = {
    Question.BOTH: Wanted.BOTH,
    Question.CODE: Wanted.CODE,
    Question.PASSWORD: Wanted.PASSWORD,
}
