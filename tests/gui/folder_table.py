"""A folder presenter on a table, with its list and what it sent beside it."""

from __future__ import annotations

from collections.abc import Iterable

from ferrygate.app.presenters.folder_presenter import FolderPresenter
from ferrygate.app.presenters.outbox import Outbox
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.engine.messages.command import Command
from ferrygate.engine.messages.event import Done
from ferrygate.engine.messages.files import (
    FolderBlock,
    ListFolder,
)
from gui.conftest import StillClock

FILE = Entry(b"a.csv", EntryKind.FILE, 5)
PROBLEM = Problem(kind=Kind.PERMISSION_DENIED, sentence=message("The server does not allow it."))


class Rows:
    """A list that notes what it is told."""

    def __init__(self) -> None:
        self.names: list[bytes] = []
        self.chosen = b""
        self._again: list[bytes] = []

    def begin(self, _folder: bytes, /) -> None:
        self.names = []

    def add(self, entries: Iterable[Entry]) -> None:
        self.names += [entry.name for entry in entries]

    def end(self) -> None:
        self.names.append(b"END")

    def begin_again(self) -> None:
        self._again = []

    def add_again(self, entries: Iterable[Entry]) -> None:
        self._again += [entry.name for entry in entries]

    def replace(self) -> None:
        self.names = self._again

    def choose(self, name: bytes) -> None:
        self.chosen = name

    def put(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            if entry.name not in self.names:
                self.names.append(entry.name)


class Table:
    """A presenter with its list and what it sent."""

    def __init__(self) -> None:
        self.sent: list[Command] = []
        self.rows = Rows()
        self.clock = StillClock()
        self.presenter = FolderPresenter(Outbox(self.sent.append), self.clock, self.rows)

    @property
    def last(self) -> int:
        return self.sent[-1].request  # type: ignore[union-attr]

    def list(self, *entries: Entry) -> None:
        """Answer the listing asked for last."""
        asked = [command for command in self.sent if isinstance(command, ListFolder)][-1]
        if entries:
            self.presenter.handle(FolderBlock(request=asked.request, entries=entries))
        self.presenter.handle(Done(request=asked.request))

    def start(self, *entries: Entry) -> None:
        self.presenter.start(b"/")
        self.list(*entries)
