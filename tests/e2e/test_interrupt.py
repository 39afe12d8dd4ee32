"""A transfer that a person, or the system, breaks off: everybody hears what became of each file."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from e2e.program import Program, after_waiting, connection_file, wait_until
from e2e.screen import at_a_terminal
from ferrygate.sandbox.sandbox import Sandbox
from support.cutting_proxy import CuttingProxy
from support.sandbox_site import site_of

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(120)]

_MEGABYTE = 1024 * 1024
_INTERRUPTED = 130
_LATER = 0.6  # seconds after which an interrupt is another one
_REPLACE = "With --on-conflict replace, the same command does the rest."
_STOPPING = "Stopping. What is under way is being cleared away.\n"


def growing(folder: Path) -> Callable[[], bool]:
    """Tell whether some of a large file has come into a folder."""
    return lambda: any(path.stat().st_size > 4 * _MEGABYTE for path in folder.iterdir())


def uploads(sandbox: Sandbox) -> Path:
    """Where the sandbox keeps what is not closed yet."""
    (staging,) = sandbox.ready.root.parent.glob(".uploads-*")
    return staging


def interrupted(
    program: Program,
    when: Callable[[], bool],
    *arguments: str | Path,
    number: signal.Signals = signal.SIGINT,
) -> tuple[list[dict[str, Any]], list[str]]:
    """Give the lines of a command that is interrupted: JSON objects before the sum, or text."""
    with program.running(*arguments, "--json") as process:
        wait_until(when)
        process.send_signal(number)
        output, told = process.communicate(timeout=30)
    assert process.returncode == _INTERRUPTED, told
    *records, summary = [json.loads(line) for line in output.splitlines()]
    assert (summary["event"], summary["exit"]) == ("summary", _INTERRUPTED)
    return records, after_waiting(told)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Too large to be through before an interrupt comes."""
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        file.truncate(2048 * _MEGABYTE)
    return path


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_put_leaves_no_part_of_a_new_file(
    ferrygate: Program, site: Path, sandbox: Sandbox, large: Path, number: signal.Signals
) -> None:
    begun = growing(uploads(sandbox))
    (record,), told = interrupted(ferrygate, begun, "put", site, large, "/inbox", number=number)
    assert (record["state"], record["left_behind"]) == ("cancelled", "nothing")
    assert told[-3:] == [
        "0 files delivered, 0 bytes. Cancelled: 1.",
        "With --on-conflict skip, the same command does the rest.",
        "Interrupted.",
    ]
    assert not (sandbox.ready.root / "inbox" / "large.bin").exists()
    wait_until(lambda: not list(uploads(sandbox).iterdir()))


@pytest.mark.slow
def test_an_interrupted_replacing_put_says_what_it_may_have_destroyed(
    ferrygate: Program, site: Path, sandbox: Sandbox, large: Path
) -> None:
    standing = sandbox.ready.root / "inbox" / "large.bin"
    standing.write_bytes(bytes(9 * _MEGABYTE))
    put = "put", site, large, "/inbox", "--on-conflict", "replace"
    (record,), told = interrupted(ferrygate, growing(uploads(sandbox)), *put)
    assert record["state"] == "cancelled"
    assert record["problem"]["kind"] == "cancelled"
    note = "The file that was there may have been overwritten by an incomplete one."
    assert record["left_behind"] == "overwritten"
    assert told[-4:] == [
        f"{large}: Cancelled. {note}",
        "0 files delivered, 0 bytes. Cancelled: 1.",
        _REPLACE,
        "Interrupted.",
    ]


@pytest.mark.slow
def test_an_interrupted_put_names_every_file_and_skip_does_the_rest(
    ferrygate: Program, site: Path, sandbox: Sandbox, tmp_path: Path
) -> None:
    names = {f"{number:03}.csv" for number in range(300)}
    folder, inbox = tmp_path / "many", sandbox.ready.root / "inbox" / "many"
    folder.mkdir()
    for name in names:
        (folder / name).write_bytes(name.encode() * 1000)

    def begun() -> bool:
        return inbox.exists() and len(list(inbox.iterdir())) > 40

    put = "put", site, folder, "/inbox"
    files, told = interrupted(ferrygate, begun, *put, "--limit-rate", "500K")
    ends = {Path(file["local"]).name: file["state"] for file in files}
    assert ends.keys() == names
    delivered = {name for name, state in ends.items() if state == "delivered"}
    assert {path.name for path in inbox.iterdir()} == delivered
    assert {ends[name] for name in names - delivered} == {"cancelled"}
    assert f"{len(delivered)} files delivered" in told[-3]
    assert f"Cancelled: {len(names - delivered)}." in told[-3]
    assert not any("Cancelled. " in line for line in told), "nothing is left of any"
    again = ferrygate(*put, "--on-conflict", "skip")
    assert again.returncode == 0, again.stderr
    assert {path.name: path.read_bytes() for path in inbox.iterdir()} == {
        name: name.encode() * 1000 for name in names
    }


def test_an_interrupted_replacing_get_leaves_the_file_there_was(
    ferrygate: Program, site: Path, sandbox: Sandbox, large: Path, tmp_path: Path
) -> None:
    large.rename(sandbox.ready.root / "inbox" / "large.bin")
    here = tmp_path / "here"
    here.mkdir()
    (here / "large.bin").write_bytes(b"old")
    get = "get", site, "/inbox/large.bin", here, "--on-conflict", "replace"
    (record,), told = interrupted(ferrygate, growing(here), *get)
    assert (record["state"], record["left_behind"]) == ("cancelled", "nothing")
    assert told[-3:] == ["0 files delivered, 0 bytes. Cancelled: 1.", _REPLACE, "Interrupted."]
    assert {path.name: path.read_bytes() for path in here.iterdir()} == {"large.bin": b"old"}


def test_what_else_has_failed_is_told_as_well(
    ferrygate: Program, site: Path, sandbox: Sandbox, large: Path, tmp_path: Path
) -> None:
    inbox, here = sandbox.ready.root / "inbox", tmp_path / "here"
    (inbox / "sub").mkdir()
    here.mkdir()
    (here / "sub").write_bytes(b"in the way")
    large.rename(inbox / "large.bin")
    # So slow that the second has failed long before enough of the first has come.
    get = "get", site, "/inbox/large.bin", "/inbox/sub", here, "--limit-rate", "4M"
    (record, error), told = interrupted(ferrygate, growing(here), *get)
    assert record["state"] == "cancelled"
    assert "sub" in error["error"]["sentence"]
    assert "0 files delivered, 0 bytes. Cancelled: 1." in told
    assert told[-1] == "Interrupted."


def test_a_question_is_left_by_an_interrupt(
    ferrygate: Program, site: Path, sandbox: Sandbox, tmp_path: Path
) -> None:
    inbox = sandbox.ready.root / "inbox"
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes(b"new")
        (inbox / name).write_bytes(b"old")
    (tmp_path / "c.csv").write_bytes(b"new")
    files = [tmp_path / name for name in ("a.csv", "b.csv", "c.csv")]
    with at_a_terminal(ferrygate, "put", site, *files, "/inbox") as screen:
        screen.wait_for("(r, k, s, c):")
        wait_until((inbox / "c.csv").exists)
        assert screen.interrupt() == _INTERRUPTED
    lines = screen.text.splitlines()
    assert lines[-3:] == [
        "1 file delivered, 3 bytes. Cancelled: 2.",
        "The same command does the rest, and asks again about files already there.",
        "Interrupted.",
    ]
    assert "Stopping" not in screen.text
    assert {path.name: path.read_bytes() for path in inbox.iterdir()} == {
        "a.csv": b"old",
        "b.csv": b"old",
        "c.csv": b"new",
    }


@pytest.mark.slow
def test_a_second_interrupt_waits_for_no_server(
    ferrygate: Program, sandbox: Sandbox, large: Path, tmp_path: Path
) -> None:
    with CuttingProxy(sandbox.ready.port, []) as proxy:
        site = connection_file(tmp_path, site_of(sandbox.ready), port=proxy.port)
        with ferrygate.running("put", site, large, "/inbox", "--json") as process:
            wait_until(growing(uploads(sandbox)))
            proxy.stall()
            process.send_signal(signal.SIGINT)
            assert process.stderr is not None
            told = list(iter(process.stderr.readline, _STOPPING))
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(_LATER)
            process.send_signal(signal.SIGINT)
            output, rest = process.communicate(timeout=30)
    assert process.returncode == _INTERRUPTED, (told, rest)
    record, summary = map(json.loads, output.splitlines())
    assert summary["counts"]["cancelled"] == 1
    assert (record["state"], record["left_behind"]) == ("cancelled", "unknown")
    assert "Cancelled: 1." in rest
