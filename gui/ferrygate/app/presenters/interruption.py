"""Says of a batch why nothing moves while the connection is away, and how it goes on."""

from __future__ import annotations

import msgspec

from ferrygate.app.presenters.session_words import seconds_until
from ferrygate.common.i18n import _
from ferrygate.engine.messages.session import SessionChanged, SessionState
from ferrygate.transfers.views import BatchView


class Interruption(msgspec.Struct, frozen=True):
    """Holds the words about a batch that waits for the connection.

    Attributes:
        sentence: what has happened, and what comes next.
        status: the same in a word or two.
    """

    sentence: str
    status: str


def interruption(
    session: SessionChanged | None, view: BatchView, now: float
) -> Interruption | None:
    """Return the words at ``now`` (seconds since the epoch); none while files can be moved.

    A file that was on its way begins again from its start, so that a batch of one is not said to
    go on.
    """
    if session is None:
        return None
    begins_again = view.files_total - view.files_finished == 1
    if session.state is SessionState.ASKING_FOR_CODE:
        sentence = (
            _("Connection lost. Begins again once you type the next code.")
            if begins_again
            else _("Connection lost. Goes on once you type the next code.")
        )
        return Interruption(sentence, _("Waiting for your code"))
    if session.state is not SessionState.RECONNECTING:
        return None
    return Interruption(_reconnecting(session, now, begins_again=begins_again), _("Reconnecting"))


def _reconnecting(session: SessionChanged, now: float, *, begins_again: bool) -> str:
    left = seconds_until(session.until, now)
    if not left:
        return _("Connection lost. Reconnecting.")
    if session.can_try_now:
        return _("Connection lost. The next try is in {seconds} s.").format(seconds=left)
    template = (
        _("Connection lost. Begins again with a new code in {seconds} s.")
        if begins_again
        else _("Connection lost. Goes on with a new code in {seconds} s.")
    )
    return template.format(seconds=left)
