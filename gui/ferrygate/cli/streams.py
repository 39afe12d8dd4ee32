"""Guards standard input, output and error, which may be closed, full, or without a reader.

A closed stream counts as one without a reader. Text on standard error is for a person, who may have
left; if it cannot be written, the command goes on. A result on standard output that cannot be
written fails the command, with one message; a command that changes files still runs to its end,
since half of a change would be worse.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from typing import TextIO

_WRITTEN_OUT = "ferrygate.written_out"  # how characters are written that an encoding lacks
_STANDARD = range(3)  # the numbers of standard input, output and error


def _write_out(error: UnicodeError) -> tuple[str, int]:
    """Escape what cannot be encoded, as names are everywhere (:func:`codecs.register_error`)."""
    from ferrygate.common.display import written_out  # noqa: PLC0415  few commands need it so early

    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(written_out, error.object[error.start : error.end])), error.end


class OutputFailedError(Exception):
    """Standard output takes no more; why is in :attr:`GuardedOutput.failure`."""


class GuardedOutput:
    r"""Wraps a text stream; drops what cannot be written, and remembers why.

    Characters that its encoding lacks are written as ``\u8868``, and bytes of a local name that are
    no UTF-8 (PEP 383) as ``\xff``.

    Attributes:
        failure: why nothing more is written; ``None`` as long as all was.
        buffer: none: click would write UTF-8 to it, unguarded, where the encoding is ASCII.
    """

    buffer = None

    def __init__(self, stream: TextIO) -> None:
        if isinstance(stream, io.TextIOWrapper):
            codecs.register_error(_WRITTEN_OUT, _write_out)
            stream.reconfigure(errors=_WRITTEN_OUT)
            if isinstance(stream.buffer, io.RawIOBase):
                stream = _buffered(stream)
        self._stream = stream
        self.failure: OSError | None = None

    def write(self, text: str) -> int:
        """Write a text, if that is possible."""
        if self.failure is None:
            try:
                self._stream.write(text)
            except OSError as error:
                self._fail(error)
        return len(text)

    def flush(self) -> None:
        """Write what was kept back, if that is possible."""
        if self.failure is None:
            try:
                self._stream.flush()
            except OSError as error:
                self._fail(error)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _fail(self, error: OSError) -> None:
        """Have Python's last flush, of what is still kept back, go nowhere."""
        self.failure = error
        with contextlib.suppress(OSError, ValueError):  # a stream without a descriptor
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)


def _buffered(stream: io.TextIOWrapper) -> TextIO:
    """Give the stream a buffer again, which PYTHONUNBUFFERED takes away.

    Without one, what a single system call does not take is lost in silence.
    """
    raw = io.FileIO(stream.fileno(), "w", closefd=False)
    buffer = io.BufferedWriter(raw)
    return io.TextIOWrapper(buffer, encoding=stream.encoding, errors=stream.errors)


@contextmanager
def guarded_output() -> Iterator[GuardedOutput]:
    """Guard standard output and standard error meanwhile; gives the former."""
    output, told = GuardedOutput(sys.stdout), GuardedOutput(sys.stderr)
    with (
        contextlib.redirect_stdout(cast("TextIO", output)),
        contextlib.redirect_stderr(cast("TextIO", told)),
    ):
        yield output


def open_closed_streams() -> None:
    """Put the null device in the place of standard streams that are closed.

    Otherwise the next file or socket gets the number of a closed stream, and output goes there. To
    be called before any file is opened.
    """
    for number in _STANDARD:
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free
    if sys.stdin is None:
        sys.stdin = _on(0, "r")
    if sys.stdout is None:
        sys.stdout = _on(1, "w")
    if sys.stderr is None:
        sys.stderr = _on(2, "w")


def _on(number: int, mode: str) -> TextIO:
    stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115  ends with the program
    return cast("TextIO", stream)
