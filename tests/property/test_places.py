"""The places are the start folder's folders, each once, after any acts in any order."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from ferrygate.app.models.natural_order import natural_key
from ferrygate.app.presenters.folder_presenter import FolderPresenter
from ferrygate.app.presenters.outbox import Outbox
from ferrygate.app.presenters.places import SHOWN
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.remote_path import basename, join, parent
from ferrygate.engine.messages.command import CancelRequest, Command
from ferrygate.engine.messages.event import Done
from ferrygate.engine.messages.files import (
    FolderBlock,
    ListFolder,
    MakeFolder,
    RemovePath,
    RenamePath,
)
from ferrygate.engine.messages.transfers import BatchChanged, FileChanged
from ferrygate.transfers.views import BatchId, BatchView, Direction, FileView, TransferState
from support.fake_clock import ManualClock

START = b"/home"
NAMES = [b"inbox", b"Exports", b"b-10", b"b-9", *(b"run %d" % number for number in range(14))]
NAME = st.sampled_from(NAMES)
STEP = st.one_of(
    st.tuples(st.just("open"), st.sampled_from([START, *(join(START, name) for name in NAMES)])),
    st.tuples(st.just("back"), st.none()),
    st.tuples(st.just("refresh"), st.none()),
    st.tuples(st.just("answer"), st.integers(1, 3)),
    st.tuples(st.just("make"), NAME),
    st.tuples(st.just("rename"), st.tuples(NAME, NAME)),
    st.tuples(st.just("remove"), NAME),
    st.tuples(st.just("upload"), NAME),
)


class NoRows:
    """A list that shows nothing."""

    def begin(self, folder: bytes) -> None: ...

    def add(self, entries: Iterable[Entry]) -> None: ...

    def end(self) -> None: ...

    def begin_again(self) -> None: ...

    def add_again(self, entries: Iterable[Entry]) -> None: ...

    def replace(self) -> None: ...

    def choose(self, name: bytes) -> None: ...

    def put(self, entries: Iterable[Entry]) -> None: ...


class Server:
    """A start folder and its folders; answers when told to, in the order of the requests."""

    def __init__(self) -> None:
        self.folders: set[bytes] = {b"inbox", b"Exports"}
        self.waiting: list[Command] = []
        self.presenter = FolderPresenter(Outbox(self.waiting.append), ManualClock(), NoRows())
        self._batches = 0

    def answer(self) -> None:
        """Answer the next request that was not taken back, a listing in three blocks."""
        match self.waiting.pop(0):
            case ListFolder() as asked:
                if not any(
                    isinstance(c, CancelRequest) and c.target == asked.request for c in self.waiting
                ):
                    self._list(asked)
            case MakeFolder() as asked:
                self.folders.add(basename(asked.path))
                self.presenter.handle(Done(asked.request))
            case RenamePath() as asked:
                if basename(asked.source) in self.folders:
                    self.folders.discard(basename(asked.source))
                    self.folders.add(basename(asked.target))
                self.presenter.handle(Done(asked.request))
            case RemovePath() as asked:
                self.folders.discard(basename(asked.path))
                self.presenter.handle(Done(asked.request))
            case _:
                pass

    def _list(self, asked: ListFolder) -> None:
        names = sorted(self.folders) if asked.path == START else []
        for block in (names[2:], names[:2], [b"a file"]):
            kind = EntryKind.FILE if block == [b"a file"] else EntryKind.FOLDER
            entries = tuple(Entry(name, kind) for name in block)
            self.presenter.handle(FolderBlock(asked.request, entries))
        self.presenter.handle(Done(asked.request))

    def take(self, name: bytes) -> None:
        """Take a folder with a file in it, sent into the start folder."""
        self._batches += 1
        begun = BatchView(
            batch=BatchId(str(self._batches)),
            direction=Direction.UPLOAD,
            name="",
            sources=1,
            target="",
            remote_folder=START,
        )
        self.folders.add(name)
        remote = join(join(START, name), b"1.csv")
        file = FileView(number=0, local="", remote=remote, state=TransferState.DELIVERED)
        self.presenter.handle(BatchChanged(begun))
        self.presenter.handle(FileChanged(begun.batch, file))
        self.presenter.handle(BatchChanged(msgspec.structs.replace(begun, finished=True)))

    def settle(self) -> None:
        while self.waiting:
            self.answer()


def do(server: Server, step: str, given: object) -> None:
    presenter = server.presenter
    at_start = presenter.view.path == START
    match step, given:
        case "open", bytes(path):
            presenter.open(path)
        case "back", _:
            presenter.back()
        case "refresh", _:
            presenter.refresh()
        case "answer", int(count):
            for _each in range(min(count, len(server.waiting))):
                server.answer()
        case "make", bytes(name) if at_start:
            presenter.make_folder(name.decode())
        case "rename", (bytes(old), bytes(new)) if at_start and new not in server.folders:
            server.settle()  # a server refuses a name that is taken
            presenter.rename(old, new.decode())
            server.settle()
        case "remove", bytes(name) if at_start:
            presenter.ask_to_remove([Entry(name, EntryKind.FOLDER)])
            presenter.remove()
        case "upload", bytes(name):
            server.take(name)
        case _:
            pass


def names_of(server: Server) -> list[bytes]:
    home, *places = server.presenter.view.places
    assert home.path == START
    assert all(parent(place.path) == START for place in places)
    return [basename(place.path) for place in places]


@given(st.lists(STEP, max_size=25))
def test_places_are_the_folders_of_the_start_folder(steps: list[tuple[str, object]]) -> None:
    server = Server()
    server.presenter.start(START)
    server.settle()
    for step, given_value in steps:
        do(server, step, given_value)
        names = names_of(server)
        assert len(set(names)) == len(names) <= SHOWN
        assert names == sorted(names, key=order)
    server.settle()  # what was made, renamed, removed and sent meanwhile is followed
    assert names_of(server) == sorted(server.folders, key=order)[:SHOWN]


def order(name: bytes) -> tuple[str, bytes]:
    return natural_key(name.decode().casefold()), name
