"""The command within the files that it may have open, and beside another run of itself."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from e2e.program import PROGRAM, Program, connection_file
from servers.rigs.openssh import openssh_rig
from servers.rigs.rig import Rig
from servers.rigs.signing_in import by_key, site_of

FILES = 1500
LIMIT = 160  # files, for everything


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with openssh_rig(tmp_path_factory.mktemp("openssh")) as rig:
        yield rig


@pytest.fixture
def site(rig: Rig, tmp_path: Path) -> Path:
    return connection_file(tmp_path, site_of(rig, by_key(rig)))


def limited(program: Program, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command that may have few files open, and cannot raise that."""
    command = shlex.join([*PROGRAM, *map(str, arguments)])
    return subprocess.run(
        ["sh", "-c", f"ulimit -n {LIMIT}; exec {command}"],  # noqa: S607  found by its name
        env=program.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


@pytest.mark.slow
@pytest.mark.timeout(200)
def test_many_small_files_both_ways_with_few_open_files(
    bare: Program, rig: Rig, site: Path, tmp_path: Path
) -> None:
    source = tmp_path / "plates"
    source.mkdir()
    for number in range(FILES):
        (source / f"{number}.csv").write_text(f"{number}")
    sent = limited(bare, "put", site, source, str(rig.home))
    assert sent.returncode == 0, sent.stderr
    fetched = limited(bare, "get", site, f"{rig.home}/plates", tmp_path / "back")
    assert fetched.returncode == 0, fetched.stderr
    back = {path.name: path.read_text() for path in (tmp_path / "back" / "plates").iterdir()}
    assert back == {f"{number}.csv": f"{number}" for number in range(FILES)}


class FileLine(msgspec.Struct):
    """Holds the line of a command with ``--json`` about one file."""

    event: str
    state: str = ""


@pytest.mark.slow
@pytest.mark.timeout(200)
def test_two_runs_that_replace_one_file_leave_one_of_theirs(
    bare: Program, rig: Rig, site: Path, tmp_path: Path
) -> None:
    contents = [bytes([65 + number]) * (24 << 20) for number in range(2)]
    for number, content in enumerate(contents):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "report.bin").write_bytes(content)
    for _round in range(3):
        commands = [
            subprocess.Popen(
                [
                    *(*PROGRAM, "put", site, tmp_path / str(number) / "report.bin", rig.home),
                    *("--on-conflict", "replace", "--json"),
                ],
                env=bare.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            for number in range(2)
        ]
        for command in commands:
            output, _nothing = command.communicate(timeout=60)
            lines = [msgspec.json.decode(line, type=FileLine) for line in output.splitlines()]
            assert [line.state for line in lines if line.event == "file"] == ["delivered"]
        assert (rig.home / "report.bin").read_bytes() in contents


@pytest.mark.slow
@pytest.mark.timeout(200)
@pytest.mark.parametrize("rates", [(None, None), ("12M", "48M"), ("48M", "12M")], ids=str)
@pytest.mark.parametrize("lengths", [(16, 16), (16, 12), (12, 16)], ids=str)
def test_a_mixture_of_two_computers_files_is_told_by_one_of_them(
    bare: Program,
    rig: Rig,
    site: Path,
    tmp_path: Path,
    lengths: tuple[int, int],
    rates: tuple[str | None, str | None],
) -> None:
    """Each has a FERRYGATE_HOME of its own, so neither sees the other's claims."""
    contents = [bytes([65 + number]) * (length << 20) for number, length in enumerate(lengths)]
    (rig.home / "report.bin").write_bytes(b"what stood there")
    commands = []
    for number, content in enumerate(contents):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "report.bin").write_bytes(content)
        rate = rates[number]
        commands.append(
            subprocess.Popen(
                [
                    *(*PROGRAM, "put", site, folder / "report.bin", rig.home),
                    *("--on-conflict", "replace", "--json"),
                    *(() if rate is None else ("--limit-rate", rate)),
                ],
                env={**bare.environment, "FERRYGATE_HOME": str(folder / "home")},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        )
    ends = []
    for command in commands:
        output, _nothing = command.communicate(timeout=60)
        lines = [msgspec.json.decode(line, type=FileLine) for line in output.splitlines()]
        (state,) = (line.state for line in lines if line.event == "file")
        assert command.returncode == (0 if state == "delivered" else 1)
        ends.append(state)
    is_whole = (rig.home / "report.bin").read_bytes() in contents
    assert is_whole or "needs-attention" in ends
