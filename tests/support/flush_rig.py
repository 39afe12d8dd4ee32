"""Records what a flusher reports of each file, and holds its thread up."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from ferrygate.common.errors import FerrygateError
from ferrygate.common.system_disk import SystemDisk
from ferrygate.transfers.flush import Flusher
from ferrygate.transfers.local_folder import LocalFile, LocalFolder

MACHINE = "0123abcd"


class FlushEnds:
    """Records the flusher's report on each file, and its thread."""

    def __init__(self) -> None:
        self.ends: list[tuple[str, FerrygateError | None]] = []
        self.threads: set[threading.Thread] = set()
        self._one_more = threading.Semaphore(0)

    def about(self, name: str) -> Callable[[FerrygateError | None], None]:
        def done(error: FerrygateError | None) -> None:
            self.ends.append((name, error))
            self.threads.add(threading.current_thread())
            self._one_more.release()

        return done

    def wait(self, count: int) -> None:
        """Wait until so many more were told of."""
        for _file in range(count):
            assert self._one_more.acquire(timeout=10)

    @property
    def errors(self) -> dict[str, FerrygateError | None]:
        assert len(dict(self.ends)) == len(self.ends)
        return dict(self.ends)


class SyncDisk(SystemDisk):
    """Syncs as a test says, and is the real disk else."""

    def __init__(self, sync: Callable[[int], None]) -> None:
        super().__init__()
        self.sync = sync


def local(path: Path) -> LocalFile:
    return LocalFile(LocalFolder(str(path.parent)), path.name)


def written(path: Path) -> Path:
    path.write_bytes(b"content")
    return path


@contextlib.contextmanager
def held_up(flusher: Flusher, folder: Path) -> Iterator[None]:
    """Keep the flusher's thread busy within, so that what is queued becomes one group."""
    let, busy = threading.Event(), threading.Event()

    def wait(_error: FerrygateError | None) -> None:
        busy.set()
        let.wait(10)

    flusher.flush(local(written(folder / "first")), wait)
    assert busy.wait(10)
    try:
        yield
    finally:
        let.set()
