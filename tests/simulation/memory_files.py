"""Keeps a computer's files in memory, and forgets at a power cut what was not synced.

A file's bytes are safe once it was synced, a name once its folder was. Of the rest a power cut
leaves as much as the seed draws: of each file some of the bytes, of each folder the first of its
changes. A process that is killed loses nothing but its descriptors, and with them its locks.
"""

from __future__ import annotations

import errno
import os
import stat
from random import Random

from simulation.scheduler import Scheduler
from simulation.threads import EPOCH

DEVICE = 1
"""The number of the one disk."""


class Node:
    """Holds a file or a folder, as it is and as it is safe.

    Attributes:
        entries: of a folder; ``None`` for a file.
        changes: of its names that are not safe yet, each with the entries before it.
    """

    def __init__(self, number: int, now: float, *, is_folder: bool) -> None:
        self.number = number
        self.content = bytearray()
        self.entries: dict[str, Node] | None = {} if is_folder else None
        self.modified_ns = int(now * 1e9)
        self.locked_by: object = None
        self.safe_content = b""
        self.changes: list[dict[str, Node]] = []

    def status(self) -> os.stat_result:
        """Return what a look at it tells."""
        kind = stat.S_IFREG | 0o644 if self.entries is None else stat.S_IFDIR | 0o755
        seconds = self.modified_ns // 10**9
        told = (kind, self.number, DEVICE, 1, 0, 0, len(self.content), seconds, seconds, seconds)
        times = {"st_mtime": self.modified_ns / 1e9, "st_mtime_ns": self.modified_ns}
        return os.stat_result(told, times)


class Computer:
    """Holds the files that all processes share."""

    def __init__(self, scheduler: Scheduler, random: Random) -> None:
        self.scheduler = scheduler
        self.random = random
        self._made = 0
        self.root = self.make_node(is_folder=True)

    def make_node(self, *, is_folder: bool) -> Node:
        self._made += 1
        return Node(self._made, EPOCH + self.scheduler.time, is_folder=is_folder)

    def put(self, path: str, content: bytes) -> None:
        """Put a file there, safe, with the folders above it."""
        above, _slash, name = path.rpartition("/")
        folder = self.make_folders(above)
        file = self.make_node(is_folder=False)
        file.content[:] = file.safe_content = content
        entries_of(folder)[name] = file

    def make_folders(self, path: str) -> Node:
        """Make folders whose names are safe, where they are missing; return the last."""
        folder = self.root
        for part in parts_of(path):
            entries = entries_of(folder)
            if part not in entries:
                made = entries[part] = self.make_node(is_folder=True)
                for state in folder.changes:
                    state[part] = made
            folder = entries[part]
        return folder

    def contents(self, path: str) -> dict[str, bytes]:
        """Return the bytes of all files below a folder, by their path from there."""
        try:
            top = self.find(path)
        except FileNotFoundError:
            return {}
        return dict(sorted(_walk(top, "")))

    def find(self, path: str) -> Node:
        """Return what a path leads to; ``OSError`` if that is nothing."""
        node = self.root
        for part in parts_of(path):
            if node.entries is None:
                raise NotADirectoryError(errno.ENOTDIR, "not a folder", path)
            if part not in node.entries:
                raise FileNotFoundError(errno.ENOENT, "not there", path)
            node = node.entries[part]
        return node

    def lose_power(self) -> None:
        """Forget what is not safe, but for as much of it as the seed draws."""
        self._lose(self.root)

    def _lose(self, node: Node) -> None:
        if node.entries is None:
            if node.content != node.safe_content:
                kept = self.random.randrange(len(node.content) + 1)
                node.content[:] = node.content[:kept]
                if self.random.random() < 0.5:
                    node.content[:] = node.safe_content
            node.safe_content = bytes(node.content)
            return
        if node.changes:
            states = [*node.changes, node.entries]
            node.entries = dict(self.random.choice(states))
        node.changes.clear()
        for each in node.entries.values():
            self._lose(each)


def parts_of(path: str) -> list[str]:
    """Take a path apart."""
    return [part for part in path.split("/") if part]


def entries_of(node: Node, path: str = "") -> dict[str, Node]:
    """Return the names in a folder; ``OSError`` for a file."""
    if node.entries is None:
        raise NotADirectoryError(errno.ENOTDIR, "not a folder", path)
    return node.entries


def _walk(node: Node, path: str) -> list[tuple[str, bytes]]:
    if node.entries is None:
        return [(path, bytes(node.content))]
    found = []
    for name, each in node.entries.items():
        found += _walk(each, f"{path}/{name}" if path else name)
    return found
