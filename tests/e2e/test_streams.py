"""Commands whose standard streams are closed, full, left by their reader, or hung up."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest

from e2e.program import PROGRAM, Completed, Program, connection_file, wait_until
from servers.rigs.rig import Rig
from servers.rigs.signing_in import by_key, site_of

SENTENCE = "What was to be printed could not be written: No space left on device.\n"
CLOSED = "<&- >&- 2>&-"


@pytest.fixture
def site(openssh: Rig, tmp_path: Path) -> Path:
    """Signed in to by key, so that no test waits for a code."""
    return connection_file(tmp_path, site_of(openssh, by_key(openssh)))


@pytest.fixture
def many(openssh: Rig) -> Path:
    """Make a folder of more names than a pipe holds."""
    folder = openssh.home / "many"
    folder.mkdir(exist_ok=True)
    for number in range(3000):
        (folder / f"{number:04} {'long ' * 20}").touch()
    return folder


def in_a_shell(program: Program, line: str, *arguments: str | Path) -> Completed:
    """Run ``ferrygate`` with arguments, and the redirections or the pipe of a shell."""
    return subprocess.run(
        ["/bin/bash", "-c", f'set -o pipefail; "$@" {line}', "sh", *PROGRAM, *map(str, arguments)],
        env=program.environment,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


@pytest.mark.parametrize("streams", [CLOSED, "<&-", "2>&-"])
def test_closed_streams_are_as_if_nobody_listened(
    bare: Program, openssh: Rig, site: Path, tmp_path: Path, streams: str
) -> None:
    (tmp_path / "a.csv").write_bytes(b"12345")
    target = openssh.home / "closed"
    put = "put", site, tmp_path / "a.csv", target, "--on-conflict", "replace"
    assert in_a_shell(bare, streams, *put).returncode == 0
    assert (target / "a.csv").read_bytes() == b"12345"
    get = "get", site, target / "a.csv", tmp_path / "back", "--json"
    assert in_a_shell(bare, streams, *get).returncode == 0
    assert (tmp_path / "back" / "a.csv").read_bytes() == b"12345"


def test_a_listing_nobody_hears_is_no_failure(bare: Program, site: Path) -> None:
    assert in_a_shell(bare, CLOSED, "ls", site, "/").returncode == 0


@pytest.mark.parametrize("option", ["--json", "-l", "--unsorted"])
def test_a_listing_onto_a_full_disk_is_one_sentence(bare: Program, site: Path, option: str) -> None:
    outcome = in_a_shell(bare, ">/dev/full", "ls", site, "/", option)
    assert (outcome.returncode, outcome.stderr) == (1, SENTENCE)


def test_a_transfer_is_finished_though_its_lines_cannot_be_written(
    bare: Program, openssh: Rig, site: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for number in range(20):
        (folder / f"{number}.csv").write_bytes(b"12345")
    target = openssh.home / "full"
    outcome = in_a_shell(bare, ">/dev/full", "put", site, folder, target, "--json")
    assert outcome.returncode == 1
    assert outcome.stderr == f"20 files delivered, 100 bytes.\n{SENTENCE}"
    assert len(list((target / "folder").iterdir())) == 20
    get = "get", site, target / "folder", tmp_path / "back", "--json"
    told = in_a_shell(bare, "2>/dev/full", *get)
    assert told.returncode == 0
    assert json.loads(told.stdout.splitlines()[-1])["counts"]["delivered"] == 20


@pytest.mark.parametrize("options", [("--json", "--unsorted"), ()], ids=" ".join)
def test_a_reader_that_leaves_sees_no_traceback(
    bare: Program, site: Path, many: Path, options: tuple[str, ...]
) -> None:
    outcome = in_a_shell(bare, "| head -1", "ls", site, many, *options)
    assert outcome.stderr == ""
    assert outcome.stdout.count("\n") == 1
    assert outcome.returncode == 1


@pytest.mark.parametrize(
    ("ignored", "rate"),  # the one that is hung up would take twelve seconds
    [pytest.param(False, "20K", id="hung up"), pytest.param(True, "200K", id="nohup")],
)
def test_a_closed_terminal_ends_a_transfer_unless_it_was_to_outlive_it(
    bare: Program, openssh: Rig, site: Path, tmp_path: Path, rate: str, *, ignored: bool
) -> None:
    target, folder = openssh.home / f"hung up {ignored}", tmp_path / "slow"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number}.bin").write_bytes(bytes(20_000))
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored else signal.SIG_DFL)
    try:
        put = bare.running("put", site, folder, target, "--json", "--limit-rate", rate)
        with put as process:
            wait_until((target / "slow" / "0.bin").exists)
            process.send_signal(signal.SIGHUP)
            output, told = process.communicate(timeout=30)
    finally:
        signal.signal(signal.SIGHUP, before)
    summary = json.loads(output.splitlines()[-1])
    assert process.returncode == summary["exit"] == (0 if ignored else 130), told
    sizes = [path.stat().st_size for path in (target / "slow").iterdir()]
    if ignored:
        assert sizes == [20_000] * 12
    else:  # one that was asked for, and not answered yet, may be left empty; that is told
        assert set(sizes) <= {0, 20_000}
        assert 0 not in sizes or "A part of the file may be left on the server." in told
