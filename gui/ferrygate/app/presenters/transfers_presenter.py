"""The transfers panel: which batches stand in which tab, and what can be done to them.

"Now" holds what is under way, and its number counts just that. A batch that ends keeps its place
there, since a row that vanished when it ended might never have been seen; it stands in its own tab
as well, which counts it at once. It leaves "Now" when the person turns from it to another tab, or
starts something else a minute or more after it ended: then the panel changes anyway, under the eyes
of somebody who is there. From its own tab nothing is ever taken away but by "Dismiss".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from ferrygate.app.presenters.batch_outcome import ALL_THERE, Tab
from ferrygate.app.presenters.fetched_files import FetchedFiles
from ferrygate.app.presenters.interruption import interruption
from ferrygate.app.presenters.known_batch import Batch
from ferrygate.app.presenters.observable import Observable
from ferrygate.app.presenters.outbox import Outbox
from ferrygate.app.presenters.transfer_row import RowAction, RowView, row_view, same_account
from ferrygate.common.clock import Clock
from ferrygate.common.errors import Problem
from ferrygate.common.i18n import _
from ferrygate.common.text import number_text, remaining_text, size_text
from ferrygate.engine.messages.event import Done, Event, Failed
from ferrygate.engine.messages.session import SessionChanged, SessionState, SiteOpened
from ferrygate.engine.messages.transfers import (
    AnswerConflict,
    BatchChanged,
    BatchStarted,
    CancelBatch,
    ConflictQuestion,
    Download,
    FileChanged,
    RetryBatch,
    Upload,
)
from ferrygate.sites.site import Site
from ferrygate.transfers.views import BatchId, BatchView, ConflictChoice, ConflictScope

STAYS_SECONDS = 60.0
"""Seconds for which a batch that has ended stands among those of now, whatever is begun."""
ROWS_AT_ONCE = 3
"""Rows of a tab that have room at a time."""
MAX_ROWS = 50
"""Rows of one tab; older ones are counted, not drawn."""


class TabView(msgspec.Struct, frozen=True):
    """One tab.

    Attributes:
        tab: names it.
        words: what stands on it, with its count.
        can_open: it has rows.
        calls: a person has to see to some of them.
    """

    tab: Tab
    words: str
    can_open: bool
    calls: bool = False


class TransfersView(msgspec.Struct, frozen=True, kw_only=True):
    """The panel.

    Attributes:
        tab: the tab shown: one that has rows, if any has.
        tabs: all of them.
        rows: newest first.
        sizes: how many rows each tab has, of :data:`ROWS_AT_ONCE` at most, and how many lines more
            these have, so that the panel keeps its height from one tab to the other.
        summary: speed and time left of all that moves.
        asked: the batch that waits for an answer; none where nothing is asked.
    """

    tab: Tab
    tabs: tuple[TabView, ...]
    rows: tuple[RowView, ...] = ()
    sizes: tuple[tuple[int, int], ...] = ()
    summary: str = ""
    asked: BatchId | None = None


class TransfersPresenter(Observable):
    """Follows all batches since the window was opened."""

    def __init__(
        self,
        outbox: Outbox,
        clock: Clock,
        fetched: FetchedFiles,
        show: Callable[[Problem], None],
    ) -> None:
        """Begin without batches.

        Args:
            outbox: the way to the engine.
            clock: the time.
            fetched: opens and shows what was fetched.
            show: told why something that was asked for cannot be.
        """
        super().__init__()
        self._outbox = outbox
        self._fetched = fetched
        self._show_problem = show
        self._clock = clock
        self._tab = Tab.NOW
        self._batches: dict[BatchId, Batch] = {}
        self._dismissed: set[BatchId] = set()  # the engine may tell of them once more
        self._retries: dict[int, BatchId] = {}  # asked for, by request
        self._begun: set[int] = set()  # requests for a batch that is not there yet
        self._session: SessionChanged | None = None
        self._site: Site | None = None

    @property
    def view(self) -> TransfersView:
        """Describe the panel at this moment."""
        rows = {tab: [b for b in self._batches.values() if b.is_in(tab)] for tab in Tab}
        drawn = {tab: _drawn(batches) for tab, batches in rows.items()}
        tab = self._shown_tab
        now = self._clock.now()
        return TransfersView(
            tab=tab,
            tabs=tuple(self._tab_view(tab, batches) for tab, batches in rows.items()),
            rows=tuple(
                row_view(
                    batch,
                    here=self._site,
                    away=interruption(self._session, batch.view, now),
                    can_retry=self._can_retry(batch),
                    now=now,
                )
                for batch in drawn[tab]
            ),
            sizes=tuple(map(_size, drawn.values())),
            summary=self._summary(),
            asked=next((b.view.batch for b in rows[tab] if b.question), None),
        )

    @property
    def _shown_tab(self) -> Tab:
        """Return the tab that was turned to, or the first one with rows where it has none."""
        tabs = [self._tab, *Tab]
        return next((tab for tab in tabs if self._has_rows(tab)), Tab.NOW)

    def _has_rows(self, tab: Tab) -> bool:
        return any(batch.is_in(tab) for batch in self._batches.values())

    def _tab_view(self, tab: Tab, batches: list[Batch]) -> TabView:
        count = sum(batch.is_under_way for batch in batches) if tab is Tab.NOW else len(batches)
        words = {
            Tab.NOW: _("Now {count}"),
            Tab.DONE: _("Done {count}"),
            Tab.ATTENTION: _("Needs attention {count}"),
        }[tab]
        calls = tab is Tab.ATTENTION and count > 0
        return TabView(tab, words.format(count=number_text(count)), bool(batches), calls)

    @property
    def has_batches(self) -> bool:
        """Tell whether there is a row in any tab."""
        return bool(self._batches)

    @property
    def delivered(self) -> int:
        """Count the batches of which something was delivered, and nothing is missing."""
        return sum(b.outcome in ALL_THERE for b in self._batches.values())

    def upload(self, sources: Iterable[str], folder: bytes) -> None:
        """Send local files and folders into a remote folder."""
        self._begin(Upload(self._outbox.number(), tuple(sources), folder, ConflictChoice.ASK))

    def download(self, sources: Iterable[bytes], folder: str) -> None:
        """Fetch remote files and folders into a local folder."""
        self._begin(Download(self._outbox.number(), tuple(sources), folder, ConflictChoice.ASK))

    def _begin(self, command: Upload | Download) -> None:
        if command.sources:
            self._begun.add(command.request)
            self._outbox.send(command)

    def turn(self, steps: int) -> None:
        """Turn to a tab so many further on, round the end, of those that have rows."""
        tabs = [tab for tab in Tab if self._has_rows(tab)]
        if tabs:
            self.show(tabs[(tabs.index(self._shown_tab) + steps) % len(tabs)])

    def show(self, tab: Tab) -> None:
        """Turn to a tab; what has ended was seen among those of now, where they were shown."""
        if tab is self._shown_tab or not self._has_rows(tab):
            return
        if self._shown_tab is Tab.NOW:
            self._set_aside(self._clock.now())
        self._tab = tab
        self._changed()

    def _set_aside(self, ended_by: float) -> None:
        """Take from those of now what had ended by then, in seconds since the epoch."""
        for batch in self._batches.values():
            ended = batch.view.finished_at
            if ended is not None and ended <= ended_by and not batch.is_under_way:
                batch.is_set_aside = True

    def act(self, batch: BatchId, action: RowAction) -> None:
        """Do what a link of a row says."""
        match action:
            case RowAction.OPEN:
                self._fetched.open_file(self._batches[batch].fetched)
            case RowAction.SHOW:
                self._fetched.show_in_folder(self._batches[batch].fetched)
            case RowAction.RETRY:
                self.retry(batch)
            case RowAction.DISMISS:
                self.dismiss(batch)
            case RowAction.COPY_DETAILS:
                pass  # the row's own: the clipboard is Qt's

    def cancel(self, batch: BatchId) -> None:
        """Stop a batch."""
        self._outbox.send(CancelBatch(batch))

    def retry(self, batch: BatchId) -> None:
        """Try again what a batch did not deliver; it stands among those of now then."""
        if not self._can_retry(self._batches[batch]):
            return
        request = self._outbox.number()
        self._retries[request] = batch
        self._outbox.send(RetryBatch(request, batch))
        self._batches[batch].is_set_aside = False
        self._tab = Tab.NOW
        self._changed()

    def _can_retry(self, batch: Batch) -> bool:
        """Tell whether the session there is may try it again: the same account of the same site."""
        session = self._session
        is_offline = session is not None and session.state is SessionState.OFFLINE
        return (
            not is_offline
            and same_account(batch.site, self._site)
            and batch.view.batch not in self._retries.values()
        )

    def dismiss(self, batch: BatchId) -> None:
        """Forget a batch that has ended, for good."""
        known = self._batches.get(batch)
        is_retried = batch in self._retries.values()  # it is about to begin again
        if known is not None and not known.is_under_way and not is_retried:
            del self._batches[batch]
            self._dismissed.add(batch)
            self._changed()

    def choose_scope(self, batch: BatchId, scope: ConflictScope) -> None:
        """Say which files the answers about taken names are to hold for, from now on."""
        self._batches[batch].scope = scope
        self._changed()

    def answer(self, batch: BatchId, choice: ConflictChoice) -> None:
        """Say what to do about names that are taken; once for each question."""
        asked = self._batches[batch]
        question, scope = asked.question, asked.scope
        if question is None or question.question <= asked.answered:
            return
        asked.answered = question.question
        if scope is not ConflictScope.THIS_ONE or question.count == 1:
            asked.question = None  # else it stays until the next one is told
        answer = AnswerConflict(batch, question.question, choice, scope, question.count)
        self._outbox.send(answer)
        self._changed()

    def tick(self) -> None:
        """Render anew, as the wall clock has entered another second."""
        if self._batches:
            self._changed()

    def handle(self, event: Event) -> None:
        """Take in what the engine says about batches."""
        match event:
            case BatchChanged(view=view) if view.batch in self._dismissed:
                return
            case BatchChanged(view=view):
                self._follow(view)
            case FileChanged(batch=name) if name in self._batches:
                self._batches[name].take(event.view)
            case ConflictQuestion(batch=name) if name in self._batches:
                if self._batches[name].ask(event):
                    self._tab = Tab.NOW
            case Done() | Failed() | BatchStarted() if self._is_own(event.request):
                if isinstance(event, Failed):
                    self._show_problem(event.problem)
            case SiteOpened(site=site):
                self._site = site
            case SessionChanged():
                self._session = event
            case _:
                return
        self._changed()

    def _is_own(self, request: int) -> bool:
        """Tell whether a request that was answered was one from here; it is over then."""
        if request in self._begun:
            self._begun.discard(request)
            return True
        return self._retries.pop(request, None) is not None

    def _follow(self, view: BatchView) -> None:
        if view.batch not in self._batches:
            self._set_aside(self._clock.now() - STAYS_SECONDS)
            self._batches[view.batch] = Batch(view=view, site=self._site)
            self._tab = Tab.NOW  # a person has begun it, and looks for it
        self._batches[view.batch].follow(view)

    def _summary(self) -> str:
        """Return speed and time left; those told last are of no use while nothing can be moved."""
        if self._session and self._session.state is not SessionState.SIGNED_IN:
            return ""
        moving = [b.view for b in self._batches.values() if b.is_under_way]
        speed = sum(view.bytes_per_second for view in moving)
        if speed < 1:
            return ""
        left = sum(max(0, view.bytes_total - view.bytes_moved) for view in moving)
        words = _("{size}/s").format(size=size_text(int(speed)))
        if any(view.walking for view in moving):
            return words
        about = _("about {time} left").format(time=remaining_text(left / speed))
        return f"{words} · {about}"


def _drawn(batches: list[Batch]) -> list[Batch]:
    """Choose the batches that are drawn, newest first: what asks, what is under way, the newest."""
    newest = list(reversed(batches))
    by_weight = sorted(newest, key=lambda b: (b.question is None, not b.is_under_way))
    drawn = {batch.view.batch for batch in by_weight[:MAX_ROWS]}
    return [batch for batch in newest if batch.view.batch in drawn]


def _size(drawn: list[Batch]) -> tuple[int, int]:
    first = drawn[:ROWS_AT_ONCE]
    return len(first), sum(batch.lines for batch in first)
