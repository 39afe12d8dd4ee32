"""The session's state in words."""

from __future__ import annotations

import math
from enum import Enum

import msgspec

from ferrygate.app.presenters.problem_text import problem_text, said_text
from ferrygate.common.i18n import _
from ferrygate.engine.messages import SessionChanged, SessionState


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
    """The phrase for a session at ``now`` (seconds since the epoch)."""
    if session.state is SessionState.SIGNED_IN:
        return StateWords(_("Signed in as {user}").format(user=username), Mood.GOOD)
    reason = ""
    if session.problem is not None:
        reason = "\n".join(
            filter(None, (problem_text(session.problem), said_text(session.problem)))
        )
    if session.state is SessionState.OFFLINE:
        return StateWords(_("Offline"), Mood.OFF, reason)
    words = _waiting_words(session.state, seconds_until(session.until, now))
    return StateWords(words, Mood.WAITING, reason)


def _waiting_words(state: SessionState, left: int) -> str:
    if state is SessionState.SIGNING_IN:
        return _("Signing in…")
    if state is SessionState.WAITING_FOR_CODE:
        if not left:
            return _("Waiting for a new code")
        return _("Waiting for a new code, {seconds} s").format(seconds=left)
    if state is SessionState.RECONNECTING:
        if not left:
            return _("Reconnecting…")
        return _("Reconnecting in {seconds} s").format(seconds=left)
    return _("Connecting…")
