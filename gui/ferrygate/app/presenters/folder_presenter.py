"""Browsing: one folder at a time, and the changes made in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ferrygate.app.presenters.arrivals import Arrivals
from ferrygate.app.presenters.entry_sink import EntrySink
from ferrygate.app.presenters.finding import Finding
from ferrygate.app.presenters.folder_changes import FolderChanges, removal_question
from ferrygate.app.presenters.folder_listing import FolderListing
from ferrygate.app.presenters.folder_uploads import FolderUploads
from ferrygate.app.presenters.folder_view import (
    LIKE_A_DROP_BOX,
    Crumb,
    FolderState,
    FolderView,
    TypedName,
    crumbs,
)
from ferrygate.app.presenters.history import History, name_towards
from ferrygate.app.presenters.observable import Observable
from ferrygate.app.presenters.outbox import Outbox
from ferrygate.app.presenters.places import Places
from ferrygate.app.presenters.typed_path import typed_path
from ferrygate.common.clock import Clock
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import Kind, Problem, UsageError
from ferrygate.common.i18n import _
from ferrygate.common.remote_path import basename, join, parent
from ferrygate.engine.messages.command import CancelRequest
from ferrygate.engine.messages.event import Done, Event, Failed
from ferrygate.engine.messages.files import (
    FolderBlock,
    ListFolder,
    ListingIncomplete,
    PathStat,
    StatPath,
)
from ferrygate.engine.messages.session import SessionChanged, SessionState
from ferrygate.engine.messages.transfers import BatchChanged, FileChanged


class FolderPresenter(Observable):
    """Where the person is, what is there, and what they do to it."""

    def __init__(self, outbox: Outbox, clock: Clock, sink: EntrySink) -> None:
        super().__init__()
        self._outbox = outbox
        self._clock = clock
        self._sink = sink
        self._start = b"/"
        self._path = b"/"
        self._history = History()
        self._listing = FolderListing(b"/", None, again=False)
        self._state = FolderState.NOTHING
        self._problem: Problem | None = None
        self._refused: Problem | None = None
        self._refused_name: TypedName | None = None
        self._places = Places()
        self._doomed: tuple[Entry, ...] = ()
        self._changes = FolderChanges(outbox, self._places, self._choose)
        self._uploads = FolderUploads()
        self._arrivals = Arrivals(clock, sink)
        self._is_filling = False  # uploads bring files into the folder shown
        self._finding: Finding | None = None
        self._session = SessionState.SIGNED_IN

    @property
    def view(self) -> FolderView:
        """Describe the file area at this moment."""
        return FolderView(
            path=self._path,
            crumbs=crumbs(self._start, self._path),
            places=(Crumb(_("Home"), self._start), *self._places.shown),
            can_go_back=self._history.can_go_back,
            can_go_forward=self._history.can_go_forward,
            can_change=self._is_listed and not self._is_offline,
            can_upload=self._can_upload,
            state=self._state,
            problem=self._problem,
            refused=self._refused,
            refused_name=self._refused_name,
            question=removal_question(self._doomed),
            is_reading=self._listing.is_under_way,
            entries_read=self._listing.entries_read,
            is_filling=self._is_filling,
            is_away=not self._is_offline and self._session is not SessionState.SIGNED_IN,
        )

    @property
    def _is_listed(self) -> bool:
        return self._state in {FolderState.READY, FolderState.EMPTY}

    @property
    def _is_offline(self) -> bool:
        return self._session is SessionState.OFFLINE

    @property
    def _can_upload(self) -> bool:
        """Tell whether files may be sent to the folder, be it listed or not shown to be there.

        Drop boxes are like that.
        """
        if self._is_offline:
            return False
        if self._state is FolderState.FAILED and self._problem is not None:
            return self._problem.kind in LIKE_A_DROP_BOX
        return self._is_listed

    def takes_files(self, folder: bytes) -> bool:
        """Tell whether files can be sent to a folder, as far as is known.

        Nothing is known of one that is not shown, or not yet.
        """
        is_unknown = folder != self._path or self._state is FolderState.LOADING
        return not self._is_offline if is_unknown else self._can_upload

    # ------------------------------------------------------------ going about

    def start(self, folder: bytes) -> None:
        """Begin in the site's start folder."""
        self._start = folder
        self._history.clear()
        self._places.start(folder)
        self._turn_to(folder)

    def path_of(self, name: bytes) -> bytes:
        """Return the path of an entry of the folder shown."""
        return join(self._path, name)

    def open(self, path: bytes) -> None:
        """Go to a folder."""
        if path != self._path:
            self._history.leave(self._path)
            self._turn_to(path)

    def go_to(self, text: str) -> bool:
        """Go to a folder by its typed path; tell whether it is one, or else say why not."""
        return self._change(lambda: self.open(typed_path(text, shown=self._path, home=self._start)))

    def find_out(self, entry: Entry, fetch: Callable[[], None]) -> None:
        """Open what only the server can tell to be a folder, such as a link; ``fetch`` a file."""
        path = join(self._path, entry.name)
        self._refused = None
        number = self._outbox.ask(lambda number: StatPath(request=number, path=path))
        self._finding = Finding(number, self._path, path, fetch)
        self._changed()

    def back(self, *, forward: bool = False) -> None:
        """Go to the folder shown before, or to the one that was gone back from."""
        if self._history.can_go_forward if forward else self._history.can_go_back:
            step = self._history.forward if forward else self._history.back
            self._turn_to(step(self._path))

    def up(self) -> None:
        """Go to the folder above."""
        self.open(parent(self._path))

    def refresh(self) -> None:
        """Read the folder again; what is shown stays until the new list is whole."""
        if self._is_listed:
            self._list(again=True)
        else:
            self._turn_to(self._path)

    # ------------------------------------------------------------ changing things

    def make_folder(self, name: str) -> bool:
        """Make a folder in the one shown; tell whether the name can be used."""
        return self._change(lambda: self._changes.make_folder(self._path, name))

    def rename(self, old: bytes, name: str) -> bool:
        """Give an entry another name; tell whether it can be used."""
        return self._change(lambda: self._changes.rename(self._path, old, name))

    def ask_to_remove(self, entries: Iterable[Entry]) -> None:
        """Ask before entries are removed."""
        self._doomed = tuple(entries)
        self._changed()

    def remove(self) -> None:
        """Remove what was asked about."""
        self._changes.remove(self._path, self._doomed)
        self.keep()

    def keep(self) -> None:
        """Remove nothing; forget the last refusal too."""
        self._doomed = ()
        self._refused = self._refused_name = None
        self._changed()

    # ------------------------------------------------------------ what the engine says

    def tick(self) -> None:
        """Render anew, as the wall clock has entered another second."""
        self._show_arrivals(at_once=True)

    def handle(self, event: Event) -> None:
        """Take in listings and the ends of changes."""
        finding = self._finding
        match event:
            case PathStat(request=request) if finding and request == finding.request:
                self._found(finding, event.entry.kind)
            case Failed(request=request) if finding and request == finding.request:
                self._finding, self._refused = None, event.problem
            case FolderBlock() | ListingIncomplete() | Done() | Failed():
                if not (self._take_listing(event) or self._end_change(event)):
                    return
            case SessionChanged(state=state):
                self._session = state
            case _:
                self._follow_uploads(event)
                return
        self._changed()

    def _follow_uploads(self, event: Event) -> None:
        """Follow what uploads bring; how they end is told by their own rows."""
        if isinstance(event, BatchChanged):
            self._uploads.follow(event.view)
            self._look_at_uploads()
        elif isinstance(event, FileChanged):
            self._take_arrival(event)

    def _take_arrival(self, event: FileChanged) -> None:
        made = self._uploads.made_folder(event)
        if made is not None:
            self._places.add(made)
            self._look_at_uploads()
        entry = self._uploads.arrival(event, self._path, self._clock.now())
        if entry is not None and self._state is not FolderState.FAILED:
            self._arrivals.add(entry)
            self._show_arrivals()

    def _show_arrivals(self, *, at_once: bool = False) -> None:
        if not self._listing.is_under_way and self._arrivals.put(at_once=at_once):
            self._state = FolderState.READY
            self._changed()

    def _look_at_uploads(self) -> None:
        """Read the folder again when the last upload into it has ended."""
        is_filling = self._uploads.fills(self._path)
        if is_filling == self._is_filling:
            return
        self._is_filling = is_filling
        if not is_filling and not self._changes.are_under_way(self._path):
            self.refresh()
        self._changed()

    def _take_listing(self, event: Event) -> bool:
        """Take what tells of the listing under way; tell whether the event does."""
        match event:
            case FolderBlock(request=request) if request == self._listing.request:
                self._add(request, event.entries)
            case ListingIncomplete(request=request) if request == self._listing.request:
                self._listing.note_incomplete(event.problem)
            case Done(request=request) if request == self._listing.request:
                self._listed()
            case Failed(request=request) if request == self._listing.request:
                self._failed(event.problem)
            case _:
                return False
        return True

    def _end_change(self, event: Event) -> bool:
        """Read the folder again after a change; tell whether the event was the end of a request."""
        if not isinstance(event, Done | Failed):
            return False
        change = self._changes.end(event)
        if change is None:
            return False
        is_here = change.folder == self._path
        if isinstance(event, Failed):
            self._refused = event.problem
            self._refused_name = change.typed if is_here else None
        if is_here and not self._changes.are_under_way(self._path):
            self.refresh()
        return True

    def _found(self, finding: Finding, kind: EntryKind) -> None:
        """Go on with what a name turned out to be, unless the person has gone elsewhere since."""
        self._finding = None
        if finding.folder != self._path:
            return
        if kind is EntryKind.FILE:
            finding.fetch()
            return
        self.open(finding.path)
        if kind is not EntryKind.FOLDER:  # listing it tells
            self._finding = finding

    def _choose(self, path: bytes) -> None:
        """Have what a change has made selected, if it can be seen."""
        if parent(path) == self._path:
            self._sink.choose(basename(path))

    def _turn_to(self, path: bytes) -> None:
        left, self._path = self._path, path
        self._doomed = ()
        self._refused = self._refused_name = self._problem = None
        self._state = FolderState.LOADING
        self._is_filling = self._uploads.fills(path)
        self._arrivals.forget()
        self._sink.begin(path)
        self._sink.choose(name_towards(path, left))  # where one came from, on the way up
        self._list(again=False)

    def _list(self, *, again: bool) -> None:
        if self._listing.request is not None:
            self._outbox.send(CancelRequest(target=self._listing.request))
        if again:
            self._sink.begin_again()
        self._places.begin()
        path = self._path
        request = self._outbox.ask(lambda number: ListFolder(request=number, path=path))
        self._listing = FolderListing(path, request, again=again)
        self._changed()

    def _add(self, request: int, entries: tuple[Entry, ...]) -> None:
        if not self._listing.count(entries):
            self._outbox.send(CancelRequest(target=request))
            self._listed()
            return
        if self._path == self._start:
            self._places.list(entries)
        if self._listing.again:
            self._sink.add_again(entries)
            return
        self._sink.add(entries)
        self._state = FolderState.READY

    def _listed(self) -> None:
        listing, self._finding = self._listing, None
        listing.end()
        if not listing.again:
            self._sink.end()
        elif listing.unseen is None:  # else what is missing from the list may be there all the same
            self._sink.replace()
        has_more = self._arrivals.put(at_once=True)
        self._arrivals.forget_folders()
        is_empty = not listing.entries_read and listing.unseen is None and not has_more
        self._state = FolderState.EMPTY if is_empty else FolderState.READY
        self._refused = listing.unseen or self._refused
        if self._path == self._start:
            self._places.end(is_whole=listing.unseen is None)

    def _failed(self, problem: Problem) -> None:
        self._listing.end()
        finding, self._finding = self._finding, None
        if finding and finding.path == self._path and problem.kind is Kind.WRONG_TYPE:
            self.back()  # it is a file after all
            finding.fetch()
        elif self._listing.again:
            self._refused = problem
        else:
            self._problem = problem
            self._state = FolderState.FAILED

    def _change(self, ask: Callable[[], None]) -> bool:
        self._refused = self._refused_name = None
        try:
            ask()
        except UsageError as error:
            self._refused = error.problem
        self._changed()
        return self._refused is None
