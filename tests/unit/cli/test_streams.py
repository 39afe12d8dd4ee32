"""Standard output and error that take nothing, or not every character."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import threading
from collections.abc import Callable
from typing import Any

import pytest

from ferrygate.cli.streams import GuardedOutput, OutputFailedError, guarded_output
from ferrygate.cli.terminal import Terminal
from ferrygate.common.clock import Clock
from ferrygate.common.errors import NotFoundError
from ferrygate.common.message import message

Command = Callable[..., int]
Capture = pytest.CaptureFixture[str]

ADD = ("sites", "add", "Acme", "--host", "sftp.example.org")


class Failing(io.StringIO):
    """Takes what is written, and fails when it is to go on, as a full disk or a lost pipe does."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._error = OSError(number, os.strerror(number))
        self.tries = 0

    def flush(self) -> None:
        self.tries += 1
        raise self._error


def encoded(name: str) -> tuple[io.TextIOWrapper, io.BytesIO]:
    raw = io.BytesIO()
    return io.TextIOWrapper(raw, encoding=name, newline="\n"), raw


PRINTING = [
    ("sites", "list"),
    ("sites", "list", "--json"),
    ("sites", "show", "Acme"),
    ("sites", "show", "Acme", "--json"),
    ("sites", "export", "Acme"),
    ("--help",),
    ("--version",),
    ("ls", "--help"),
]


@pytest.mark.parametrize("words", PRINTING, ids=" ".join)
def test_a_full_output_is_one_sentence_and_a_failure(
    command: Command, capsys: Capture, words: tuple[str, ...]
) -> None:
    command(*ADD)
    capsys.readouterr()
    full = Failing(errno.ENOSPC)
    with contextlib.redirect_stdout(full):
        assert command(*words) == 1
    assert capsys.readouterr().err == (
        "What was to be printed could not be written: No space left on device.\n"
    )
    assert full.tries == 1, "it was tried again and again"


@pytest.mark.parametrize("words", [("sites", "list"), ("sites", "show", "Acme")], ids=" ".join)
def test_a_reader_that_wants_no_more_is_told_nothing(
    command: Command, capsys: Capture, words: tuple[str, ...]
) -> None:
    command(*ADD)
    capsys.readouterr()
    with contextlib.redirect_stdout(Failing(errno.EPIPE)):
        assert command(*words) == 1
    assert capsys.readouterr().err == ""


class FullDevice(io.RawIOBase):
    """Takes nothing, as /dev/full does."""

    def writable(self) -> bool:
        return True

    def write(self, _data: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def full_stream() -> io.TextIOWrapper:
    """Standard output or error on a full disk where the locale is C, for which click has a way."""
    return io.TextIOWrapper(io.BufferedWriter(FullDevice()), encoding="ascii")


def let_go(stream: io.TextIOWrapper) -> None:
    with contextlib.suppress(OSError):
        stream.close()


@pytest.mark.parametrize("words", [("--help",), ("ls", "--help"), ("--version",)], ids=" ".join)
def test_help_that_cannot_be_written_in_ascii_is_one_sentence(
    command: Command, capsys: Capture, words: tuple[str, ...]
) -> None:
    full = full_stream()
    with contextlib.redirect_stdout(full):
        assert command(*words) == 1
    let_go(full)
    assert capsys.readouterr().err == (
        "What was to be printed could not be written: No space left on device.\n"
    )


@pytest.mark.parametrize("words", [("none",), ("ls",), ("--nothing",)], ids=" ".join)
def test_wrong_usage_that_nobody_can_be_told_in_ascii_is_wrong_usage(
    command: Command, words: tuple[str, ...]
) -> None:
    full = full_stream()
    with contextlib.redirect_stderr(full):
        assert command(*words) == 2
    let_go(full)


def test_a_failure_keeps_its_own_status(command: Command, capsys: Capture) -> None:
    with contextlib.redirect_stdout(Failing(errno.ENOSPC)):
        assert command("sites", "show", "none", "--json") == 2
    assert capsys.readouterr().err.count("\n") == 2


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EPIPE, errno.EIO])
@pytest.mark.parametrize(
    ("words", "status"), [(ADD, 0), (("sites", "list"), 0), (("ls", "none"), 2), (("ls",), 2)]
)
def test_what_nobody_can_be_told_stops_nothing(
    command: Command, words: tuple[str, ...], status: int, number: int
) -> None:
    with contextlib.redirect_stderr(Failing(number)):
        assert command(*words) == status


@pytest.mark.parametrize(
    ("encoding", "printed"),
    [
        ("cp1252", b"Gr\xf6\\u8868\\U0001f6a2"),
        ("latin-1", b"Gr\xf6\\u8868\\U0001f6a2"),
        ("ascii", rb"Gr\xf6\u8868\U0001f6a2"),
        ("utf-8", "Grö表🚢".encode()),
    ],
)
def test_a_name_that_the_encoding_lacks_is_written_out(
    command: Command, encoding: str, printed: bytes
) -> None:
    assert command("sites", "add", "Grö表🚢", "--host", "sftp.example.org") == 0
    output, raw = encoded(encoding)
    told, raw_told = encoded(encoding)
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(told):
        assert command("sites", "list") == 0
        assert command("sites", "list", "--json") == 0
        assert command("sites", "remove", "Grö表🚢") == 0
    plain, record = raw.getvalue().splitlines()
    assert plain == printed
    assert json.loads(record)["name"] == "Grö表🚢"
    assert printed in raw_told.getvalue()


def test_a_byte_of_a_local_name_is_written_as_one_of_a_remote_name_is() -> None:
    output, raw = encoded("utf-8")
    assert GuardedOutput(output).write("caf\udce9\n") == len("caf\udce9\n")
    output.flush()
    assert raw.getvalue() == b"caf\\xe9\n"


def test_a_listing_ends_at_once_and_a_record_does_not(clock: Clock) -> None:
    terminal = Terminal(clock)
    terminal.as_json = True
    with contextlib.redirect_stdout(Failing(errno.ENOSPC)), guarded_output():
        terminal.fail(NotFoundError(message("There is none.")).problem)
        with pytest.raises(OutputFailedError):
            terminal.lines(["a", "b"])


def test_what_one_system_call_does_not_take_is_not_lost() -> None:
    """As with PYTHONUNBUFFERED, where Python writes only once."""
    reader, writer = os.pipe()
    raw: Any = io.FileIO(writer, "w")  # as Python makes it, against its own types
    with io.TextIOWrapper(raw, encoding="utf-8", write_through=True) as stream:
        guard = GuardedOutput(stream)

        def leave_early() -> None:
            os.read(reader, 1)
            os.close(reader)

        leaving = threading.Thread(target=leave_early)
        leaving.start()
        guard.write("x" * 1_000_000)
        guard.flush()
        leaving.join()
        assert isinstance(guard.failure, BrokenPipeError)


def test_nothing_is_left_for_pythons_last_flush() -> None:
    """Python's own flush at exit would print a traceback, and change the status."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", encoding="utf-8") as stream:
        guard = GuardedOutput(stream)
        guard.write("lost")
        guard.flush()
        assert isinstance(guard.failure, BrokenPipeError)
        guard.write("more")
