"""Reads Okta's answer to a password alone, and says what it means to the person.

Source: Okta developer documentation, Authentication API reference (transaction states, error
codes).
"""

from __future__ import annotations

import re
from enum import Enum

import msgspec

from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import Duration, message
from ferrygate.sign_in.ledger import End
from ferrygate.sign_in.okta_http import OktaAnswer

_OK = 200
_TOO_MANY_REQUESTS = 429
_USUAL_WAIT_SECONDS = 60.0  # where Okta does not say how long
_SAFE_WORD = re.compile(r"[A-Z0-9_]{1,40}", re.ASCII)


class PasswordVerdict(Enum):
    """Names Okta's verdict on an account's password."""

    CORRECT = "correct"  # and a code would be asked for next
    ENROLL = "enroll"
    LOCKED_OUT = "locked-out"
    NEW_PASSWORD = "new-password"  # noqa: S105  a state of an account
    NO_MFA_DEMANDED = "no-mfa-demanded"
    OTHER = "other"
    PASSWORD_EXPIRED = "password-expired"  # noqa: S105  a state of an account
    RATE_LIMITED = "rate-limited"
    WRONG_OR_LOCKED = "wrong-or-locked"


class PasswordAnswer(msgspec.Struct, frozen=True):
    """Holds a verdict with what came with it.

    Attributes:
        verdict: what it means.
        detail: HTTP status and Okta's own word, for support.
        retry_after: seconds until Okta takes requests again, where it said so.
    """

    verdict: PasswordVerdict
    detail: str
    retry_after: float | None = None


# Transaction states, which come with HTTP 200 alone, and error codes, which come without it. One
# that stands in the place of the other says nothing: no password is called right by an error.
_STATES = {
    "LOCKED_OUT": PasswordVerdict.LOCKED_OUT,
    "MFA_ENROLL": PasswordVerdict.ENROLL,
    "MFA_ENROLL_ACTIVATE": PasswordVerdict.ENROLL,
    "MFA_REQUIRED": PasswordVerdict.CORRECT,
    "PASSWORD_EXPIRED": PasswordVerdict.PASSWORD_EXPIRED,
    "PASSWORD_RESET": PasswordVerdict.NEW_PASSWORD,
    "PASSWORD_WARN": PasswordVerdict.NEW_PASSWORD,
    "SUCCESS": PasswordVerdict.NO_MFA_DEMANDED,
}
_ERRORS = {
    "E0000004": PasswordVerdict.WRONG_OR_LOCKED,
    "E0000047": PasswordVerdict.RATE_LIMITED,
    "E0000064": PasswordVerdict.PASSWORD_EXPIRED,
    "E0000069": PasswordVerdict.LOCKED_OUT,
    "E0000119": PasswordVerdict.LOCKED_OUT,
}

_KINDS = {
    PasswordVerdict.ENROLL: Kind.CODE_NOT_SET_UP,
    PasswordVerdict.NEW_PASSWORD: Kind.PASSWORD_EXPIRED,
    PasswordVerdict.PASSWORD_EXPIRED: Kind.PASSWORD_EXPIRED,
}
_CHOOSE = message("Choose a new one in Okta with your browser, then enter it here.")
_WORDS = {  # sentence and next step
    PasswordVerdict.CORRECT: (
        message("Your password is right. The server refused the code, or your account."),
        message(
            "Check this computer's clock if it makes your codes, that a typed code was the one"
            " shown, and that no other program used the same code. If that is not it, ask your"
            " contact."
        ),
    ),
    PasswordVerdict.ENROLL: (
        message("Your password is right, but no code is set up for your account yet."),
        message("Set up your code first."),
    ),
    PasswordVerdict.LOCKED_OUT: (
        message("Your account is locked."),
        message("Ask your contact to unlock it, and do not try again before."),
    ),
    PasswordVerdict.NEW_PASSWORD: (
        message("Okta wants a new password for your account first."),
        _CHOOSE,
    ),
    PasswordVerdict.NO_MFA_DEMANDED: (
        message("Your password is right, but Okta does not ask your account for a code."),
        message("Copy the details and send them to your contact: a rule in Okta is missing."),
    ),
    PasswordVerdict.PASSWORD_EXPIRED: (
        message("Your password has expired."),
        _CHOOSE,
    ),
    PasswordVerdict.RATE_LIMITED: (
        message("Okta has had too many requests and did not look at your password."),
        message("Try again in {time}."),
    ),
    PasswordVerdict.WRONG_OR_LOCKED: (
        message("Your password is wrong, or your account is locked. Okta does not say which."),
        message("Sign in to Okta with your browser. If that fails too, ask your contact."),
    ),
    PasswordVerdict.OTHER: (
        message("Okta gave an answer that Ferrygate does not know."),
        message("Copy the details and send them to support."),
    ),
}
_COUNTED = {
    PasswordVerdict.LOCKED_OUT,
    PasswordVerdict.OTHER,
    PasswordVerdict.WRONG_OR_LOCKED,
}


class Head(msgspec.Struct, frozen=True, rename="camel"):
    """Holds what all of authn's answers have in common; ``state_token`` is a secret."""

    status: str = ""
    state_token: str = ""
    error_code: str = ""

    def __repr__(self) -> str:
        return f"Head({self.status or self.error_code})"


def judge(answer: OktaAnswer) -> PasswordAnswer:
    """Judge Okta's answer to a password."""
    word = word_of(answer)
    verdicts = _STATES if answer.status == _OK else _ERRORS
    verdict = verdicts.get(word, PasswordVerdict.OTHER)
    if answer.status == _TOO_MANY_REQUESTS:
        verdict = PasswordVerdict.RATE_LIMITED
    wait = None
    if answer.rate_limit_reset is not None and answer.date is not None:
        wait = max(0.0, answer.rate_limit_reset - answer.date)
    return PasswordAnswer(verdict, f"HTTP {answer.status} {word}".rstrip(), wait)


def word_of(answer: OktaAnswer) -> str:
    """Okta's status or error code; empty where it gave none. Nothing else of it is shown."""
    head = answer.read(Head) or Head()
    word = head.status if answer.status == _OK else head.error_code
    return word if _SAFE_WORD.fullmatch(word) else ""


def end_of(verdict: PasswordVerdict) -> End:
    """Choose what the breaker is told: a password that Okta took, or did not look at, is free."""
    return End.REFUSED if verdict in _COUNTED else End.NOT_COUNTED


def explain(answer: PasswordAnswer) -> Problem:
    """Make sentences for the person of a verdict."""
    sentence, next_step = _WORDS[answer.verdict]
    if answer.verdict is PasswordVerdict.RATE_LIMITED:
        wait = _USUAL_WAIT_SECONDS if answer.retry_after is None else answer.retry_after
        next_step = next_step.filled(time=Duration(wait))
    return Problem(
        kind=_KINDS.get(answer.verdict, Kind.SIGN_IN_REFUSED),
        sentence=sentence,
        next_step=next_step,
        detail=answer.detail,
    )
