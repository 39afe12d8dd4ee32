"""Measures the highest memory of a process and its descendants (Linux)."""

from __future__ import annotations

import re
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

from support.process_tree import descendants

_INTERPRETER = 8 << 20  # bytes that Python has before it does anything
_POLL_SECONDS = 0.1  # seconds between two looks
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


class ResidentMemory:
    """Looks at a process again and again, since its peak is gone with it.

    Each process counts with its own high-water mark (proc(5), VmHWM), whenever that was, so the sum
    is rather too high than too low.
    """

    def __init__(self, process: int) -> None:
        self._process = process
        self._peaks: dict[int, int] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def peak(self) -> int:
        """Return the sum of the peaks so far, in bytes."""
        peak = sum(self._peaks.values())
        assert peak > _INTERPRETER, "nothing was seen of the process at work"
        return peak

    def _watch(self) -> None:
        while not self._over.wait(_POLL_SECONDS):
            self.look()

    def look(self) -> None:
        """Look once."""
        for process in (self._process, *descendants(self._process)):
            with suppress(OSError):  # it has ended
                found = _PEAK.search(Path("/proc", str(process), "status").read_text("ascii"))
                if found is not None:  # a process that is ending has no memory
                    self._peaks[process] = int(found[1]) * 1024
