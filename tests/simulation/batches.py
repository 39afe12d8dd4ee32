"""Describes a tree of files that goes one way or the other, and what has to be there then."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from ferrygate.engine.messages.transfers import Download, Upload
from ferrygate.transfers.views import (
    BatchId,
    BatchView,
    ConflictChoice,
    FileView,
    LeftBehind,
    TransferState,
)
from simulation.client import Client
from simulation.world import World

_TARGET = "/vendor/in"


class Transfer(Protocol):
    """Moves a tree.

    Attributes:
        tree: the files to move, by their path in it.
        wanted: those that have to be there in the end, by the name of each there.
    """

    tree: dict[str, bytes]
    wanted: dict[str, bytes]

    def put_some_there(self) -> bool:
        """Put other files of the same names there, perhaps; tell whether there are any."""

    def begin(self, client: Client, choice: ConflictChoice = ConflictChoice.FAIL) -> BatchId:
        """Begin a batch."""

    def there(self) -> dict[str, bytes]:
        """Return all files that are there now."""

    def delivered(self, client: Client, batch: BatchId) -> set[str]:
        """Return the names of those that were told as delivered."""

    def left_behind(self, client: Client, batch: BatchId) -> set[str]:
        """Return the names of those of which something was told to be left there."""

    def check_delivered(self, end: BatchView) -> None:
        """Check that a batch delivered all of the tree, and counted right."""


class TreeUpload:
    """Sends a tree from the computer to the server."""

    def __init__(
        self, world: World, name: str = "out", *, names: Iterable[str] = (), above: str = "/vendor"
    ) -> None:
        """Draw a tree, or files of these ``names``, in a folder ``name`` below another."""
        self.tree = {path: world.draw_file() for path in names} or world.draw_tree()
        self.wanted = {f"{name}/{path}": content for path, content in sorted(self.tree.items())}
        self._world = world
        self._source = f"{above}/{name}"
        self._remote = f"/inbox/{name}"
        for path, content in self.tree.items():
            world.computer.put(f"{self._source}/{path}", content)

    def put_some_there(self) -> bool:
        names = _some(self._world, self.tree)
        for name in names:
            self._world.store.put(f"{self._remote}/{name}".encode(), b"old")
        return bool(names)

    def begin(self, client: Client, choice: ConflictChoice = ConflictChoice.FAIL) -> BatchId:
        return client.begin(Upload, (self._source,), b"/inbox", on_conflict=choice)

    def there(self) -> dict[str, bytes]:
        files = self._world.store.contents()
        names = {path.decode().removeprefix("/inbox/"): path for path in files}
        top = self._remote.removeprefix("/inbox/") + "/"
        return {name: files[path] for name, path in names.items() if name.startswith(top)}

    def delivered(self, client: Client, batch: BatchId) -> set[str]:
        return self._names(client, batch, _is_delivered)

    def left_behind(self, client: Client, batch: BatchId) -> set[str]:
        return self._names(client, batch, _is_left_behind)

    def _names(
        self, client: Client, batch: BatchId, is_wanted: Callable[[FileView], bool]
    ) -> set[str]:
        views = filter(is_wanted, client.files(batch))
        return {view.remote.decode().removeprefix("/inbox/") for view in views}

    def check_delivered(self, end: BatchView) -> None:
        _check_delivered(end, self.tree)


class TreeDownload:
    """Fetches a tree from the server to the computer."""

    def __init__(self, world: World) -> None:
        self.tree = world.draw_tree()
        self.wanted = {f"outbox/{path}": content for path, content in sorted(self.tree.items())}
        self._world = world
        for path, content in self.tree.items():
            world.store.put(f"/outbox/{path}".encode(), content)

    def put_some_there(self) -> bool:
        names = _some(self._world, self.tree)
        for name in names:
            self._world.computer.put(f"{_TARGET}/outbox/{name}", b"old")
        return bool(names)

    def begin(self, client: Client, choice: ConflictChoice = ConflictChoice.FAIL) -> BatchId:
        return client.begin(Download, (b"/outbox",), _TARGET, on_conflict=choice)

    def there(self) -> dict[str, bytes]:
        return self._world.computer.contents(_TARGET)

    def delivered(self, client: Client, batch: BatchId) -> set[str]:
        views = filter(_is_delivered, client.files(batch))
        return {view.local.removeprefix(f"{_TARGET}/") for view in views}

    def left_behind(self, _client: Client, _batch: BatchId) -> set[str]:
        return set()

    def check_delivered(self, end: BatchView) -> None:
        _check_delivered(end, self.tree)


def draw_transfer(world: World) -> Transfer:
    """Draw one of the two ways."""
    return TreeUpload(world) if world.random.random() < 0.5 else TreeDownload(world)


def _some(world: World, tree: dict[str, bytes]) -> list[str]:
    if world.random.random() < 0.5:
        return []
    return [name for name in tree if world.random.random() < 0.3]


def _is_delivered(view: FileView) -> bool:
    return view.state is TransferState.DELIVERED


def _is_left_behind(view: FileView) -> bool:
    return view.left_behind is not LeftBehind.NOTHING


def _check_delivered(end: BatchView, tree: dict[str, bytes]) -> None:
    assert end.problem is None
    assert end.files_delivered == end.files_total == end.files_finished == len(tree)
    assert end.bytes_total == end.bytes_moved == sum(map(len, tree.values()))
