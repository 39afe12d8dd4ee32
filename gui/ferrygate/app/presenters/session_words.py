"""The session's state in words."""

from __future__ import annotations

import math
from enum import Enum

import msgspec

from ferrygate.app.presenters.problem_text import problem_text, said_text
from ferrygate.common.errors import Problem
from ferrygate.common.i18n import _, render
from ferrygate.common.secret import SecretKind
from ferrygate.engine.messages.session import SessionChanged, SessionState


class Mood(Enum):
    """The colour beside the words."""

    GOOD = "ok"
    WAITING = "amber"
    OFF = "faint"


class StateWords(msgspec.Struct, frozen=True):
    """One short phrase, its colour, and why it is so, where that is known."""

    text: str
    mood: Mood
    reason: str = ""


def seconds_until(until: float | None, now: float) -> int:
    """Whole seconds left, rounded up; zero where nothing is awaited."""
    return 0 if until is None else max(0, math.ceil(until - now))


def state_words(session: SessionChanged, username: str, now: float) -> StateWords:
    """Say how a session is at ``now`` (seconds since the epoch)."""
    if session.state is SessionState.SIGNED_IN:
        return StateWords(_("Signed in as {user}").format(user=username), Mood.GOOD)
    if session.state is SessionState.OFFLINE:
        return StateWords(_("Offline"), Mood.OFF, _reason(session.problem))
    if session.state is SessionState.ASKING_FOR_CODE:
        return StateWords(_("Waits for your code"), Mood.WAITING)
    words = _waiting_words(session, seconds_until(session.until, now))
    return StateWords(words, Mood.WAITING, _reason(session.problem, is_tried_again=True))


def _reason(problem: Problem | None, *, is_tried_again: bool = False) -> str:
    """Say why; what a person could do about it only where nothing is tried without them."""
    if problem is None:
        return ""
    why = render(problem.sentence) if is_tried_again else problem_text(problem)
    return "\n".join(filter(None, (why, said_text(problem))))


def _waiting_words(session: SessionChanged, left: int) -> str:
    state = session.state
    if state is SessionState.SIGNING_IN:
        return _("Signing in…")
    if state is SessionState.RECONNECTING and (session.can_try_now or not left):
        return _("Reconnecting in {seconds} s").format(seconds=left) if left else _("Reconnecting…")
    if state is SessionState.CONNECTING:
        return _("Connecting…")
    if not left:
        return _("Waiting for a new code")
    return code_wait_words(left)


def code_wait_words(left: int) -> str:
    """Say how many seconds there are until the next code."""
    return _("Waiting for a new code, {seconds} s").format(seconds=left)


def forgotten(kind: SecretKind) -> str:
    """Say that a secret is dropped."""
    match kind:
        case SecretKind.PASSWORD:
            return _("Your password is forgotten.")
        case SecretKind.CODE_SECRET:
            return _("Your code set-up is forgotten.")
        case SecretKind.PASSPHRASE:
            return _("The passphrase of your key is forgotten.")
