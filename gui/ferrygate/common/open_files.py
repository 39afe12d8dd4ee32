"""Bounds how many files this process holds open, and how many of them transfers take.

Each file that is sent or fetched is open while it is under way, hundreds at a time where they are
small. A process has a limit (``ulimit -n``), 1,024 in many places and 256 on macOS, and what comes
beyond it fails: here, and in whatever else the process does, if it is a library's host.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ferrygate.common.threads import Threads

SPARE = 128
"""Descriptors left for all else: sockets, settings, folders that are walked or kept open."""

_MAX_USEFUL = 1 << 16  # more are of no use, and some programs that we start look at each of them
_MACOS_MAX = 10_240  # OPEN_MAX: more is refused there, whatever the hard limit says
_NO_LIMIT = 1 << 30  # files, in place of "unlimited"
_LISTS = ("/proc/self/fd", "/dev/fd")  # Linux, macOS

if sys.platform == "win32":  # what the C library takes at a time

    def _limits() -> tuple[int, int]:
        return 8192, 8192

    def _set_limit(soft: int, hard: int) -> None:
        """There is none to set."""

else:
    import resource

    def _limits() -> tuple[int, int]:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        unlimited = resource.RLIM_INFINITY
        return (
            _NO_LIMIT if soft == unlimited else soft,
            _NO_LIMIT if hard == unlimited else hard,
        )

    def _set_limit(soft: int, hard: int) -> None:
        unlimited = hard == _NO_LIMIT
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (soft, resource.RLIM_INFINITY if unlimited else hard)
        )


def raise_limit(
    limits: Callable[[], tuple[int, int]] = _limits,
    set_limit: Callable[[int, int], None] = _set_limit,
) -> None:
    """Raise this process's soft limit to its hard one, as far as is of use and allowed.

    For programs; a library leaves its host's limit alone.
    """
    soft, hard = limits()
    for wanted in (min(hard, _MAX_USEFUL), min(hard, _MACOS_MAX)):
        if wanted <= soft:
            return
        try:
            set_limit(wanted, hard)
        except (OSError, ValueError):  # not allowed; fewer may be
            continue
        return


def room(limits: Callable[[], tuple[int, int]] = _limits) -> int:
    """Count the files that this process may open now, leaving some for all else."""
    return limits()[0] - _open_now() - SPARE


def _open_now() -> int:
    for folder in _LISTS:
        try:
            return len(os.listdir(folder))  # noqa: PTH208  numbers alone
        except OSError:
            continue
    return SPARE  # the system does not tell


class OpenFiles:
    """Counts the files that all lanes of a session have open, and bounds them; for any thread."""

    def __init__(self, threads: Threads, room: Callable[[], int]) -> None:
        """Begin with none; ``room`` tells how many may be open, and is asked when none is."""
        self._room = room
        self._lock = threads.lock()  # guards these
        self._open = 0
        self._waiting = 0  # of those
        self._max_files = 0

    def acquire(self, *, first: bool = False) -> bool:
        """Count one more file, if it may be open; the ``first`` of a lane always may."""
        with self._lock:
            if not self._open:
                self._max_files = self._room()
            if not first and self._open >= self._max_files:
                return False
            self._open += 1
            return True

    @property
    def has_others(self) -> bool:
        """Tell whether there is another file, in whatever lane, whose end makes room for one."""
        with self._lock:
            return self._open - self._waiting > 1

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Let one that counts as open wait for the others; lanes would else wait for each other."""
        with self._lock:
            self._waiting += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= 1

    def release(self) -> None:
        """Count one file less."""
        with self._lock:
            self._open -= 1

    def fewer(self) -> None:
        """Allow fewer than are open, until none is, as the system would open no more."""
        with self._lock:
            self._max_files = min(self._max_files, self._open - 1)
