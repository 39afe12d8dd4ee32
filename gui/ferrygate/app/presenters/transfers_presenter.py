"""The transfers panel: which batches stand in which tab, and what can be done to them."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import msgspec

from ferrygate.app.presenters.observable import Observable
from ferrygate.app.presenters.outbox import Outbox
from ferrygate.app.presenters.session_words import seconds_until
from ferrygate.app.presenters.transfer_row import Batch, Outcome, RowView, row_view
from ferrygate.common.clock import Clock
from ferrygate.common.errors import Problem
from ferrygate.common.i18n import _
from ferrygate.common.text import duration_text, size_text
from ferrygate.engine import messages as m

STAYS_SECONDS = 60.0
"""Seconds for which a finished batch still stands among those of now."""
MOST_ROWS = 50
"""Rows of one tab; older ones are counted, not drawn."""


class Tab(Enum):
    """The three tabs."""

    NOW = "now"
    DELIVERED = "delivered"
    ATTENTION = "attention"


class TransfersView(msgspec.Struct, frozen=True, kw_only=True):
    """The panel.

    Attributes:
        tab: the tab shown.
        labels: the words on each tab, with counts.
        rows: newest first.
        summary: speed and time left of all that moves.
        empty: the words where a tab has no rows.
        asked: the batch that waits for an answer; none where nothing is asked.
    """

    tab: Tab
    labels: tuple[tuple[Tab, str], ...]
    rows: tuple[RowView, ...] = ()
    summary: str = ""
    empty: str = ""
    asked: m.BatchId | None = None


class TransfersPresenter(Observable):
    """Follows all batches of this session."""

    def __init__(self, outbox: Outbox, clock: Clock, show: Callable[[Problem], None]) -> None:
        """Begin without batches; ``show`` is told why something that was asked for cannot be."""
        super().__init__()
        self._outbox = outbox
        self._show_problem = show
        self._clock = clock
        self._tab = Tab.NOW
        self._batches: dict[m.BatchId, Batch] = {}
        self._retries: dict[int, m.BatchId] = {}  # asked for, by request
        self._session: m.SessionChanged | None = None

    @property
    def view(self) -> TransfersView:
        """The panel at this moment."""
        now = self._clock.now()
        rows = {tab: [b for b in self._batches.values() if self._is_in(b, tab, now)] for tab in Tab}
        counts = {tab: len(batches) for tab, batches in rows.items()}
        waiting = self._waiting(now)
        return TransfersView(
            tab=self._tab,
            labels=(
                (Tab.NOW, _("Now {count}").format(count=counts[Tab.NOW])),
                (Tab.DELIVERED, _("Delivered {count}").format(count=counts[Tab.DELIVERED])),
                (Tab.ATTENTION, _("Needs attention {count}").format(count=counts[Tab.ATTENTION])),
            ),
            rows=tuple(
                row_view(batch, waiting=waiting, can_retry=self._can_retry(batch))
                for batch in _drawn(rows[self._tab])
            ),
            summary=self._summary(),
            empty=_EMPTY[self._tab](),
            asked=next((b.view.batch for b in rows[self._tab] if b.question), None),
        )

    @property
    def has_batches(self) -> bool:
        """At least one batch has been started."""
        return bool(self._batches)

    @property
    def delivered(self) -> int:
        """Count the batches that are delivered."""
        return sum(b.outcome is Outcome.DELIVERED for b in self._batches.values())

    def show(self, tab: Tab) -> None:
        """Turn to a tab."""
        self._tab = tab
        self._changed()

    def cancel(self, batch: m.BatchId) -> None:
        """Stop a batch."""
        self._outbox.send(m.CancelBatch(batch))

    def retry(self, batch: m.BatchId) -> None:
        """Try again what a batch did not deliver; it stands among those of now then."""
        request = self._outbox.number()
        self._retries[request] = batch
        self._outbox.send(m.RetryBatch(request, batch))
        self._tab = Tab.NOW
        self._changed()

    def _can_retry(self, batch: Batch) -> bool:
        session = self._session
        is_offline = session is not None and session.state is m.SessionState.OFFLINE
        return not is_offline and batch.view.batch not in self._retries.values()

    def answer(self, batch: m.BatchId, choice: m.ConflictChoice) -> None:
        """Say what to do about names that are taken, for the rest of the batch."""
        self._batches[batch].question = None
        self._outbox.send(m.AnswerConflict(batch=batch, choice=choice))
        self._changed()

    def tick(self) -> None:
        """The wall clock entered another second."""
        if self._batches:
            self._changed()

    def handle(self, event: m.Event) -> None:
        """Take in what the engine says about batches."""
        match event:
            case m.BatchChanged(view=view):
                self._batches.setdefault(view.batch, Batch(view=view)).follow(view)
            case m.FileChanged(batch=name) if name in self._batches:
                self._batches[name].take(event.view)
            case m.ConflictQuestion(batch=name) if name in self._batches:
                self._batches[name].question = event
                self._tab = Tab.NOW
            case m.Done(request=number) | m.Failed(request=number) if number in self._retries:
                del self._retries[number]
                if isinstance(event, m.Failed):
                    self._show_problem(event.problem)
            case m.SessionChanged():
                self._session = event
            case _:
                return
        self._changed()

    def _is_in(self, batch: Batch, tab: Tab, now: float) -> bool:
        outcome = batch.outcome
        match tab:
            case Tab.NOW:
                ended = batch.view.finished_at
                recent = ended is None or now - ended < STAYS_SECONDS
                return outcome is Outcome.RUNNING or recent
            case Tab.DELIVERED:
                return outcome is Outcome.DELIVERED
            case Tab.ATTENTION:
                return outcome is Outcome.ATTENTION

    def _waiting(self, now: float) -> str:
        session = self._session
        if session is None or session.state is not m.SessionState.RECONNECTING:
            return ""
        left = seconds_until(session.until, now)
        if left:
            return _("Connection lost. Goes on with a new code in {seconds} s.").format(
                seconds=left
            )
        return _("Connection lost. Reconnecting.")

    def _summary(self) -> str:
        moving = [b.view for b in self._batches.values() if b.outcome is Outcome.RUNNING]
        speed = sum(view.bytes_per_second for view in moving)
        if speed < 1:
            return ""
        left = sum(max(0, view.bytes_total - view.bytes_moved) for view in moving)
        words = _("{size}/s").format(size=size_text(int(speed)))
        if any(view.walking for view in moving):
            return words
        about = _("about {time} left").format(time=duration_text(left / speed))
        return f"{words} · {about}"


def _drawn(batches: list[Batch]) -> list[Batch]:
    """Newest first; older ones only where they wait for an answer."""
    newest = len(batches) - MOST_ROWS
    return [b for at, b in reversed(list(enumerate(batches))) if at >= newest or b.question]


_EMPTY = {
    Tab.NOW: lambda: _("Nothing is being sent or fetched."),
    Tab.DELIVERED: lambda: _("Nothing delivered yet."),
    Tab.ATTENTION: lambda: _("Nothing needs you."),
}
