"""Simulates the disk of a process, over the files of its computer."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from random import Random

from ferrygate.common.disk import DiskEntry, OpenFile, OpenFolder
from ferrygate.common.file_lock import LockResult
from ferrygate.common.local_disk import reading
from simulation.event_log import EventLog
from simulation.memory_files import DEVICE, Computer, Node, entries_of
from simulation.scheduler import Scheduler
from simulation.threads import EPOCH

_SYNC_SECONDS = 0.01  # that one takes at most


class _Open:
    """Holds an open file: a lock belongs to it, not to one of its descriptors."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.at = 0
        self.descriptors = 0


class MemoryFile:
    """Keeps a file open by a descriptor, which it owns."""

    def __init__(self, disk: MemoryDisk, descriptor: int) -> None:
        self._disk = disk
        self._descriptor = descriptor

    def fileno(self) -> int:
        if self._descriptor < 0:
            raise ValueError("closed")
        return self._descriptor

    def read(self, size: int, /) -> bytes:
        return self._disk.read(self.fileno(), size)

    def write(self, data: bytes | memoryview, /) -> int:
        return self._disk.write(self.fileno(), bytes(data))

    def close(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            self._disk.close(descriptor)


class MemoryEntry:
    """Tells of an entry of a folder that was scanned."""

    def __init__(self, name: str, path: str, node: Node) -> None:
        self.name = name
        self.path = path
        self._node = node

    def is_dir(self, *, follow_symlinks: bool) -> bool:  # noqa: ARG002  there are no links
        return self._node.entries is not None

    def stat(self) -> os.stat_result:
        return self._node.status()


class MemoryFolder:
    """Keeps a folder open."""

    def __init__(self, disk: MemoryDisk, node: Node) -> None:
        self._disk = disk
        self._node = node

    @property
    def identity(self) -> tuple[int, int]:
        return DEVICE, self._node.number

    def status(self, name: str) -> os.stat_result | None:
        self._disk.switch()
        node = self._node if name == "." else entries_of(self._node).get(name)
        return None if node is None else node.status()

    def open(self, name: str, flags: int) -> int:
        self._disk.switch()
        if name == ".":
            return self._disk.opened(self._node)
        node = entries_of(self._node).get(name)
        if node is None:
            if not flags & os.O_CREAT:
                raise FileNotFoundError(errno.ENOENT, "not there", name)
            node = self._disk.computer.make_node(is_folder=False)
            self._change(lambda entries: entries.__setitem__(name, node))
        elif flags & os.O_EXCL:
            raise FileExistsError(errno.EEXIST, "there", name)
        if flags & os.O_TRUNC:
            node.content.clear()
        return self._disk.opened(node)

    def names(self) -> list[str]:
        self._disk.switch()
        names = list(entries_of(self._node))
        self._disk.computer.random.shuffle(names)
        return names

    def rename(self, source: str, target: str) -> None:
        self._disk.switch()
        entries = entries_of(self._node)
        moved, there = self._get(source), entries.get(target)
        if there is not None and there.entries is not None:
            raise IsADirectoryError(errno.EISDIR, "a folder", target)

        def move(entries: dict[str, Node]) -> None:
            entries[target] = moved
            del entries[source]

        self._change(move)

    def link(self, source: str, target: str) -> None:
        self._disk.switch()
        node = self._get(source)
        if target in entries_of(self._node):
            raise FileExistsError(errno.EEXIST, "there", target)
        self._change(lambda entries: entries.__setitem__(target, node))

    def remove(self, name: str) -> None:
        self._disk.switch()
        self._get(name)
        self._change(lambda entries: entries.__delitem__(name))

    def set_time(self, name: str, modified: int) -> None:
        self._disk.switch()
        self._get(name).modified_ns = modified * 10**9

    def make_folder(self, name: str) -> None:
        self._disk.switch()
        if name not in entries_of(self._node):
            made = self._disk.computer.make_node(is_folder=True)
            self._change(lambda entries: entries.__setitem__(name, made))

    def descend(self, name: str) -> OpenFolder:
        self._disk.switch()
        node = self._get(name)
        if node.entries is None:
            raise NotADirectoryError(errno.ENOTDIR, "not a folder", name)
        return MemoryFolder(self._disk, node)

    def close(self) -> None:
        """Give nothing back: the folder has no descriptor."""

    def _get(self, name: str) -> Node:
        node = entries_of(self._node).get(name)
        if node is None:
            raise FileNotFoundError(errno.ENOENT, "not there", name)
        return node

    def _change(self, change: Callable[[dict[str, Node]], None]) -> None:
        entries = entries_of(self._node)
        self._node.changes.append(dict(entries))
        change(entries)


class MemoryDisk:
    """Simulates the disk of one process: its descriptors end with it."""

    moves_open_files = True
    syncs_folders = True
    begins_to_write = True

    def __init__(self, computer: Computer) -> None:
        self.computer = computer
        self._scheduler = computer.scheduler
        self._open: dict[int, _Open] = {}
        self._given = 2
        self.is_dead = False

    def switch(self) -> None:
        """Let others run, as every call of the system may."""
        self._scheduler.switch()
        if self.is_dead:
            raise OSError(errno.EIO, "the process is dead")

    @property
    def descriptors(self) -> int:
        """Count the open descriptors."""
        return len(self._open)

    def die(self) -> None:
        """Close all descriptors, as the process has ended."""
        self.is_dead = True
        for opened in self._open.values():
            _unlock(opened)
        self._open.clear()

    # ------------------------------------------------------------ by path

    def status(self, path: str, /) -> os.stat_result:
        self.switch()
        return self.computer.find(path).status()

    def scan(self, path: str, /) -> list[DiskEntry]:
        self.switch()
        entries = entries_of(self.computer.find(path), path)
        found: list[DiskEntry] = [
            MemoryEntry(name, os.path.join(path, name), node)  # noqa: PTH118  text
            for name, node in entries.items()
        ]
        self.computer.random.shuffle(found)
        return found

    def open_to_read(self, path: Path, /) -> OpenFile:
        self.switch()
        with reading(path):
            node = self.computer.find(str(path))
            if node.entries is not None:
                raise IsADirectoryError(errno.EISDIR, "a folder", str(path))
        return MemoryFile(self, self.opened(node))

    def make_folders(self, path: str, /) -> None:
        self.switch()
        self.computer.make_folders(path)

    def open_folder(self, path: str, /) -> OpenFolder:
        self.switch()
        node = self.computer.find(path)
        entries_of(node, path)
        return MemoryFolder(self, node)

    # ------------------------------------------------------------ by descriptor

    def opened(self, node: Node) -> int:
        """Give a descriptor for what was opened just now."""
        return self._give(_Open(node))

    def writer(self, descriptor: int, /) -> OpenFile:
        return MemoryFile(self, descriptor)

    def read(self, descriptor: int, size: int) -> bytes:
        opened = self._of(descriptor)
        data = bytes(opened.node.content[opened.at : opened.at + size])
        opened.at += len(data)
        return data

    def write(self, descriptor: int, data: bytes) -> int:
        self.switch()
        opened = self._of(descriptor)
        opened.node.content[opened.at : opened.at + len(data)] = data
        opened.node.modified_ns = int((EPOCH + self._scheduler.time) * 1e9)
        opened.at += len(data)
        return len(data)

    def status_of(self, descriptor: int, /) -> os.stat_result:
        return self._of(descriptor).node.status()

    def lock(self, descriptor: int, /) -> LockResult:
        self.switch()
        opened = self._of(descriptor)
        if opened.node.locked_by not in {None, opened}:
            return LockResult.HELD
        opened.node.locked_by = opened
        return LockResult.TAKEN

    def sync(self, descriptor: int, /) -> None:
        node = self._of(descriptor).node
        content, changes = bytes(node.content), len(node.changes)
        if self._scheduler.running is not None:
            self._scheduler.wait("the disk", self.computer.random.random() * _SYNC_SECONDS)
        if node.entries is None:
            node.safe_content = content
        else:
            del node.changes[:changes]

    def begin_to_write(self, descriptor: int, /) -> None:
        self._of(descriptor)

    def duplicate(self, descriptor: int, /) -> int:
        return self._give(self._of(descriptor))

    def close(self, descriptor: int, /) -> None:
        opened = self._of(descriptor)
        del self._open[descriptor]
        opened.descriptors -= 1
        if not opened.descriptors:
            _unlock(opened)

    # ------------------------------------------------------------ marks and locks

    def set_attribute(self, descriptor: int, _name: bytes, _value: bytes, /) -> None:
        self._of(descriptor)  # it must be open; marks are not kept

    def write_stream(self, path: str, name: str, data: bytes, /) -> None:
        raise OSError(errno.ENOTSUP, f"no stream {name} of {len(data)} bytes", path)

    def take_lock_file(self, path: Path, /) -> int | None:
        self.make_folders(str(path.parent))
        descriptor = self.open_folder(str(path.parent)).open(path.name, os.O_CREAT | os.O_RDWR)
        if self.lock(descriptor) is LockResult.TAKEN and self._is_there(path, descriptor):
            return descriptor
        self.close(descriptor)
        return None

    def release_lock_file(self, path: Path, descriptor: int, /) -> None:
        self.open_folder(str(path.parent)).remove(path.name)
        self.close(descriptor)

    def _is_there(self, path: Path, descriptor: int) -> bool:
        try:
            return self.computer.find(str(path)) is self._of(descriptor).node
        except FileNotFoundError:
            return False

    def _give(self, opened: _Open) -> int:
        self._given += 1
        self._open[self._given] = opened
        opened.descriptors += 1
        return self._given

    def _of(self, descriptor: int) -> _Open:
        if descriptor not in self._open:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return self._open[descriptor]


def _unlock(opened: _Open) -> None:
    if opened.node.locked_by is opened:
        opened.node.locked_by = None


def new_memory_disk() -> MemoryDisk:
    """Make a disk without files, on which nothing else runs."""
    return MemoryDisk(Computer(Scheduler(0, EventLog()), Random(0)))
