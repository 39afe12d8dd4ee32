"""Browsing: one folder at a time, and the changes made in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from ferrygate.app.presenters.entry_sink import EntrySink
from ferrygate.app.presenters.folder_view import Crumb, FolderState, FolderView, crumbs
from ferrygate.app.presenters.observable import Observable
from ferrygate.app.presenters.outbox import Outbox
from ferrygate.app.presenters.places import Places
from ferrygate.common.display import display_name
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import Kind, Problem, RemoteFailureError, UsageError
from ferrygate.common.held_names import HeldNames
from ferrygate.common.i18n import _, ngettext
from ferrygate.common.names import edited_name, remote_name
from ferrygate.common.remote_path import join, parent
from ferrygate.engine import messages as m

# Why a folder cannot be shown that may take files nevertheless.
_LIKE_A_DROP_BOX = {
    Kind.NOT_FOUND,
    Kind.PERMISSION_DENIED,
    Kind.REMOTE_FAILURE,
    Kind.UNSUPPORTED,
}


class _Finding(msgspec.Struct, frozen=True):
    """A name that the server is asked about.

    Attributes:
        request: what asks.
        folder: the folder that was shown then.
        path: of the name.
        fetch: called where it is a file.
    """

    request: int
    folder: bytes
    path: bytes
    fetch: Callable[[], None]


class FolderPresenter(Observable):
    """Where the person is, what is there, and what they do to it."""

    def __init__(self, outbox: Outbox, sink: EntrySink) -> None:
        super().__init__()
        self._outbox = outbox
        self._sink = sink
        self._start = b"/"
        self._path = b"/"
        self._back: list[bytes] = []
        self._listing: int | None = None
        self._again = False
        self._is_bare = True  # no entry of the listing has come yet
        self._held = HeldNames(b"/")
        self._state = FolderState.NOTHING
        self._problem: Problem | None = None
        self._refused: Problem | None = None
        self._unseen: Problem | None = None  # why the listing under way tells not all
        self._places = Places()
        self._doomed: tuple[Entry, ...] = ()
        self._changes: set[int | m.BatchId] = set()  # requests under way, and uploads
        self._finding: _Finding | None = None

    @property
    def view(self) -> FolderView:
        """The file area at this moment."""
        return FolderView(
            path=self._path,
            crumbs=crumbs(self._start, self._path),
            places=(Crumb(_("Home"), self._start), *self._places.shown),
            can_go_back=bool(self._back),
            can_change=self._state in {FolderState.READY, FolderState.EMPTY},
            can_upload=self._can_upload,
            state=self._state,
            problem=self._problem,
            refused=self._refused,
            question=_question(self._doomed),
            is_reading=self._listing is not None,
        )

    @property
    def _can_upload(self) -> bool:
        """A folder that cannot be listed, or is not shown to be there, may take files all the same.

        Drop boxes are like that.
        """
        if self._state is FolderState.FAILED and self._problem is not None:
            return self._problem.kind in _LIKE_A_DROP_BOX
        return self._state in {FolderState.READY, FolderState.EMPTY}

    # ------------------------------------------------------------ going about

    def start(self, folder: bytes) -> None:
        """Begin in the site's start folder."""
        self._start = folder
        self._back.clear()
        self._places.start(folder)
        self._turn_to(folder)

    def open(self, path: bytes) -> None:
        """Go to a folder."""
        if path != self._path:
            self._back.append(self._path)
            self._turn_to(path)

    def find_out(self, entry: Entry, fetch: Callable[[], None]) -> None:
        """Open what only the server can tell to be a folder, such as a link; ``fetch`` a file."""
        path = join(self._path, entry.name)
        self._refused = None
        number = self._outbox.ask(lambda number: m.StatPath(request=number, path=path))
        self._finding = _Finding(number, self._path, path, fetch)
        self._changed()

    def back(self) -> None:
        """Go to the folder shown before."""
        if self._back:
            self._turn_to(self._back.pop())

    def up(self) -> None:
        """Go to the folder above."""
        self.open(parent(self._path))

    def refresh(self) -> None:
        """Read the folder again; what is shown stays until the new list is whole."""
        if self._state in {FolderState.READY, FolderState.EMPTY}:
            self._list(again=True)
        else:
            self._turn_to(self._path)

    # ------------------------------------------------------------ changing things

    def make_folder(self, name: str) -> None:
        """Make a folder in the one shown."""
        self._change(
            lambda: remote_name(name.strip()),
            lambda path, number: m.MakeFolder(request=number, path=join(self._path, path)),
        )

    def rename(self, old: bytes, name: str) -> None:
        """Give an entry another name."""
        if name == display_name(old):
            return
        source = join(self._path, old)
        self._change(
            lambda: edited_name(old, _trimmed(name, display_name(old))),
            lambda new, number: m.RenamePath(
                request=number, source=source, target=join(self._path, new)
            ),
        )

    def ask_to_remove(self, entries: Iterable[Entry]) -> None:
        """Ask before entries are removed."""
        self._doomed = tuple(entries)
        self._changed()

    def remove(self) -> None:
        """Remove what was asked about."""
        for entry in self._doomed:
            path = join(self._path, entry.name)
            folder = entry.kind is EntryKind.FOLDER
            self._changes.add(self._outbox.ask(_removal(path, recursive=folder)))
        self.keep()

    def keep(self) -> None:
        """Remove nothing; forget the last refusal too."""
        self._doomed = ()
        self._refused = None
        self._changed()

    def upload(self, sources: Iterable[str], folder: bytes | None = None) -> None:
        """Send local files and folders into a folder, or the one shown."""
        chosen = tuple(sources)
        if chosen:
            number = self._outbox.number()
            self._changes.add(number)
            self._outbox.send(
                m.Upload(
                    request=number,
                    sources=chosen,
                    folder=folder or self._path,
                    on_conflict=m.ConflictChoice.ASK,
                )
            )

    def download(self, names: Iterable[bytes], folder: str) -> None:
        """Fetch entries of the folder shown into a local folder."""
        sources = tuple(join(self._path, name) for name in names)
        if sources:
            choice = m.ConflictChoice.ASK
            self._outbox.ask(lambda number: m.Download(number, sources, folder, choice))

    # ------------------------------------------------------------ what the engine says

    def handle(self, event: m.Event) -> None:
        """Take in listings and the ends of changes."""
        finding = self._finding
        match event:
            case m.PathStat(request=request) if finding and request == finding.request:
                self._found(finding, event.entry.kind)
            case m.Failed(request=request) if finding and request == finding.request:
                self._finding, self._refused = None, event.problem
            case m.FolderBlock(request=request) if request == self._listing:
                self._add(event.entries)
            case m.ListingIncomplete(request=request) if request == self._listing:
                self._unseen = event.problem
            case m.Done(request=request) if request == self._listing:
                self._listed()
            case m.Failed(request=request) if request == self._listing:
                self._failed(event.problem)
            case m.Done(request=request) | m.Failed(request=request) if request in self._changes:
                if isinstance(event, m.Failed):
                    self._refused = event.problem
                self._end_change(request)
            case _:
                self._follow_upload(event)
                return
        self._changed()

    def _follow_upload(self, event: m.Event) -> None:
        """Read the folder again after an upload, which may be tried again after its end."""
        if isinstance(event, m.BatchStarted):
            self._changes.discard(event.request)  # as a batch it goes on
        elif isinstance(event, m.BatchChanged) and event.view.direction is m.Direction.UPLOAD:
            batch = event.view.batch
            if not event.view.finished:
                self._changes.add(batch)
            elif batch in self._changes:
                self._refused = event.view.problem or self._refused
                self._end_change(batch)
                self._changed()

    def _end_change(self, change: int | m.BatchId) -> None:
        self._changes.remove(change)
        if not self._changes:
            self.refresh()

    def _found(self, finding: _Finding, kind: EntryKind) -> None:
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

    def _turn_to(self, path: bytes) -> None:
        self._path = path
        self._doomed = ()
        self._refused = None
        self._problem = None
        self._state = FolderState.LOADING
        self._sink.begin()
        self._list(again=False)

    def _list(self, *, again: bool) -> None:
        if self._listing is not None:
            self._outbox.send(m.CancelRequest(target=self._listing))
        self._again = again
        if again:
            self._sink.begin_again()
        self._is_bare = True
        self._places.begin()
        self._unseen = None
        path = self._path
        self._held = HeldNames(path)
        self._listing = self._outbox.ask(lambda number: m.ListFolder(request=number, path=path))
        self._changed()

    def _add(self, entries: tuple[Entry, ...]) -> None:
        try:
            self._held.add(entries)
        except RemoteFailureError as error:
            self._outbox.send(m.CancelRequest(target=self._listing or 0))
            self._unseen = error.problem
            self._listed()
            return
        self._is_bare &= not entries
        if self._path == self._start:
            self._places.list(entries)
        if self._again:
            self._sink.add_again(entries)
            return
        self._sink.add(entries)
        self._state = FolderState.READY

    def _listed(self) -> None:
        self._listing = self._finding = None
        if not self._again:
            self._sink.end()
        elif self._unseen is None:  # else what is missing from the list may be there all the same
            self._sink.replace()
        is_empty = self._is_bare and self._unseen is None
        self._state = FolderState.EMPTY if is_empty else FolderState.READY
        self._refused = self._unseen or self._refused
        if self._path == self._start:
            self._places.end(is_whole=self._unseen is None)

    def _failed(self, problem: Problem) -> None:
        self._listing = None
        finding, self._finding = self._finding, None
        if finding and finding.path == self._path and problem.kind is Kind.WRONG_TYPE:
            self.back()  # it is a file after all
            finding.fetch()
        elif self._again:
            self._refused = problem
        else:
            self._problem = problem
            self._state = FolderState.FAILED

    def _change(self, name: Callable[[], bytes], make: Callable[[bytes, int], m.Command]) -> None:
        self._refused = None
        try:
            new = name()
        except UsageError as error:
            self._refused = error.problem
        else:
            self._changes.add(self._outbox.ask(lambda number: make(new, number)))
        self._changed()


def _trimmed(text: str, old: str) -> str:
    """A typed name without blanks at its ends, but for those that the old one has there."""
    if old == old.lstrip():
        text = text.lstrip()
    return text.rstrip() if old == old.rstrip() else text


def _removal(path: bytes, *, recursive: bool) -> Callable[[int], m.Command]:
    return lambda number: m.RemovePath(request=number, path=path, recursive=recursive)


def _question(doomed: tuple[Entry, ...]) -> str:
    if not doomed:
        return ""
    if len(doomed) > 1:
        return ngettext("Remove {count} item?", "Remove {count} items?", len(doomed)).format(
            count=len(doomed)
        )
    name = display_name(doomed[0].name)
    if doomed[0].kind is EntryKind.FOLDER:
        return _("Remove the folder “{name}” and all that is in it?").format(name=name)
    return _("Remove “{name}”?").format(name=name)
