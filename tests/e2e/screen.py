"""A terminal, and a person at it."""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from e2e.program import PROGRAM, Program

_SECONDS = 30.0
_PRESS_SECONDS = 1.0  # after which a person presses a key again
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Screen:
    """Holds the other side of a program's terminal."""

    def __init__(self, descriptor: int, process: subprocess.Popen[bytes]) -> None:
        self._descriptor = descriptor
        self._process = process
        self._seen = b""
        self._found_to = 0  # where the text that was waited for last ends

    def wait_for(self, text: str) -> None:
        """Read until the text has come, after the one that was waited for last."""
        end = time.monotonic() + _SECONDS
        while (found := self.text.find(text, self._found_to)) < 0:
            if not self._read(end - time.monotonic()):
                raise AssertionError(f"no {text!r} in {self.text[self._found_to :]!r}")
        self._found_to = found + len(text)

    def type(self, text: str) -> None:
        """Type a line; bytes that are no UTF-8 as PEP 383 has them."""
        os.write(self._descriptor, text.encode("utf-8", "surrogateescape") + b"\n")

    def interrupt(self) -> int:
        """Press Ctrl+C again each second until the program ends; return the exit status.

        Python hears of one that comes in the moment before it reads only once something is typed.
        """
        while self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            end = time.monotonic() + _PRESS_SECONDS
            while self._read(end - time.monotonic()):
                continue
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_PRESS_SECONDS)
        return self._process.returncode

    def end(self) -> int:
        """Read to the end; the exit status."""
        end = time.monotonic() + _SECONDS
        while self._read(end - time.monotonic()):
            continue
        return self._process.wait(_SECONDS)

    @property
    def text(self) -> str:
        """All that was shown so far, without colours."""
        return _COLOURS.sub("", self._seen.decode("utf-8", "replace"))

    def _read(self, seconds: float) -> bool:
        if not select.select([self._descriptor], [], [], max(0.0, seconds))[0]:
            return False
        try:
            block = os.read(self._descriptor, 4096)
        except OSError:  # Linux says EIO once the last program has closed its side
            return False
        self._seen += block
        return bool(block)


@contextmanager
def at_a_terminal(
    program: Program, *arguments: str | Path, stdout: IO[bytes] | None = None
) -> Iterator[Screen]:
    """Run a command that has a terminal for all it reads and writes but ``stdout``, if given."""
    ours, theirs = os.openpty()
    with subprocess.Popen(
        [*PROGRAM, *map(str, arguments)],
        env={**program.environment, "TERM": "xterm", "COLUMNS": "200"},
        stdin=theirs,
        stdout=stdout or theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        try:
            yield Screen(ours, process)
        finally:
            process.kill()
            os.close(ours)
