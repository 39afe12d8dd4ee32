"""A transfer that a person, or the system, breaks off: everybody hears what became of each file."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from cutting_proxy import CuttingProxy
from e2e.program import Program, after_waiting, connection_file, wait_until
from e2e.screen import at_a_terminal
from ferrygate.sandbox.sandbox import Sandbox
from sandbox_site import site_of

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(120)]

_MEGABYTE = 1024 * 1024
_INTERRUPTED = 130
_STOPPING = "Stopping. What is under way is being cleared away.\n"


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Too large to be through before an interrupt comes."""
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        file.truncate(2048 * _MEGABYTE)
    return path


@pytest.fixture
def under_way(sandbox: Sandbox) -> Callable[[], bool]:
    """Whether the server has taken some of a large file."""
    parts = sandbox.ready.root.parent / ".uploads"
    return lambda: any(part.stat().st_size > 4 * _MEGABYTE for part in parts.iterdir())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_put_leaves_no_part_of_a_new_file(
    ferrygate: Program,
    site: Path,
    sandbox: Sandbox,
    large: Path,
    under_way: Callable[[], bool],
    number: signal.Signals,
) -> None:
    with ferrygate.running("put", site, large, "/inbox") as process:
        wait_until(under_way)
        process.send_signal(number)
        _output, told = process.communicate(timeout=30)
    assert process.returncode == _INTERRUPTED, told
    assert after_waiting(told)[-3:] == [
        "0 files delivered, 0 bytes. Cancelled: 1.",
        "With --on-conflict skip, the same command does the rest.",
        "Interrupted.",
    ]
    assert not (sandbox.ready.root / "inbox" / "large.bin").exists()
    wait_until(lambda: not list((sandbox.ready.root.parent / ".uploads").iterdir()))


def test_an_interrupted_replacing_put_says_what_it_may_have_destroyed(
    ferrygate: Program, site: Path, sandbox: Sandbox, large: Path, under_way: Callable[[], bool]
) -> None:
    standing = sandbox.ready.root / "inbox" / "large.bin"
    standing.write_bytes(bytes(9 * _MEGABYTE))
    options = "--on-conflict", "replace", "--json"
    with ferrygate.running("put", site, large, "/inbox", *options) as process:
        wait_until(under_way)
        process.send_signal(signal.SIGINT)
        output, told = process.communicate(timeout=30)
    assert process.returncode == _INTERRUPTED, told
    (record,) = map(json.loads, output.splitlines())
    assert record["state"] == "cancelled"
    assert record["problem"]["kind"] == "cancelled"
    note = "The file that was there may have been overwritten by an incomplete one."
    assert record["note"] == note
    assert after_waiting(told)[-4:] == [
        f"{large}: Cancelled. {note}",
        "0 files delivered, 0 bytes. Cancelled: 1.",
        "Send what was cut again with --on-conflict replace; skip would keep the part.",
        "Interrupted.",
    ]


def test_an_interrupted_put_names_every_file_and_skip_does_the_rest(
    ferrygate: Program, site: Path, sandbox: Sandbox, tmp_path: Path
) -> None:
    names = {f"{number:03}.csv" for number in range(300)}
    folder, inbox = tmp_path / "many", sandbox.ready.root / "inbox" / "many"
    folder.mkdir()
    for name in names:
        (folder / name).write_bytes(name.encode() * 1000)
    slowly = "--limit-rate", "500K", "--json"
    with ferrygate.running("put", site, folder, "/inbox", *slowly) as process:
        wait_until(lambda: inbox.exists() and len(list(inbox.iterdir())) > 40)
        process.send_signal(signal.SIGINT)
        output, told = process.communicate(timeout=30)
    assert process.returncode == _INTERRUPTED, told
    ends = {
        Path(file["local"]).name: file["state"] for file in map(json.loads, output.splitlines())
    }
    assert ends.keys() == names
    delivered = {name for name, state in ends.items() if state == "delivered"}
    assert {path.name for path in inbox.iterdir()} == delivered
    assert {ends[name] for name in names - delivered} == {"cancelled"}
    assert f"{len(delivered)} files delivered" in told
    assert f"Cancelled: {len(names - delivered)}." in told
    assert "many/" not in told, "no line for each file that nothing is left of"
    again = ferrygate("put", site, folder, "/inbox", "--on-conflict", "skip")
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

    def under_way() -> bool:
        return any(path.stat().st_size > 4 * _MEGABYTE for path in here.iterdir())

    options = "--on-conflict", "replace", "--json"
    with ferrygate.running("get", site, "/inbox/large.bin", here, *options) as process:
        wait_until(under_way)
        process.send_signal(signal.SIGINT)
        output, told = process.communicate(timeout=30)
    assert process.returncode == _INTERRUPTED, told
    (record,) = map(json.loads, output.splitlines())
    assert (record["state"], record["note"]) == ("cancelled", "")
    assert after_waiting(told)[-2:] == [
        "0 files delivered, 0 bytes. Cancelled: 1.",
        "Interrupted.",
    ]
    assert {path.name: path.read_bytes() for path in here.iterdir()} == {"large.bin": b"old"}


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
        screen.wait_for("(r, k, s):")
        wait_until((inbox / "c.csv").exists)
        screen.interrupt()
        assert screen.end() == _INTERRUPTED
    lines = screen.text.splitlines()
    assert lines[-2:] == ["1 file delivered, 3 bytes. Cancelled: 2.", "Interrupted."]
    assert {path.name: path.read_bytes() for path in inbox.iterdir()} == {
        "a.csv": b"old",
        "b.csv": b"old",
        "c.csv": b"new",
    }


def test_a_second_interrupt_waits_for_no_server(
    ferrygate: Program,
    sandbox: Sandbox,
    large: Path,
    under_way: Callable[[], bool],
    tmp_path: Path,
) -> None:
    with CuttingProxy(sandbox.ready.port, []) as proxy:
        site = connection_file(tmp_path, site_of(sandbox.ready), port=proxy.port)
        with ferrygate.running("put", site, large, "/inbox", "--json") as process:
            wait_until(under_way)
            proxy.stall()
            process.send_signal(signal.SIGINT)
            assert process.stderr is not None
            told = list(iter(process.stderr.readline, _STOPPING))
            process.send_signal(signal.SIGINT)
            output, rest = process.communicate(timeout=30)
    assert process.returncode == _INTERRUPTED, (told, rest)
    (record,) = map(json.loads, output.splitlines())
    assert (record["state"], record["note"]) == ("cancelled", "Nobody looked what is left of it.")
    assert "Cancelled: 1." in rest
