"""A command holds 200 MiB at the most, whatever the size of files and folders."""

from __future__ import annotations

import faulthandler
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from e2e import eight_channels
from e2e.program import Program, connection_file, sparse, wait_until, watched
from servers.rigs import inventing_sftp
from servers.rigs.openssh import openssh_rig
from servers.rigs.rig import Rig
from servers.rigs.signing_in import by_key, site_of
from support.resident_memory import ResidentMemory

MIB, GIB = 1 << 20, 1 << 30
MOST = 200 * MIB
LEFT_FREE = 4 * GIB  # of the disk, for everybody else

LONG = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """OpenSSH with an SFTP server behind it that invents files and folders."""
    command = f"{sys.executable} -S {inventing_sftp.__file__}"
    with openssh_rig(tmp_path_factory.mktemp("openssh"), extra={"ForceCommand": command}) as rig:
        yield rig


@pytest.fixture
def site(rig: Rig, tmp_path: Path) -> Path:
    return connection_file(tmp_path, site_of(rig, by_key(rig)))


class Moved(msgspec.Struct):
    """Holds the line of a command with ``--json`` about one file."""

    state: str
    size: int
    sha256: str
    confirmed: bool


def moved(program: Program, *arguments: str | Path) -> tuple[list[Moved], int]:
    """Run a command that has to end well; give its result, and the most memory it had."""
    with watched(program, *arguments, "--json") as (process, memory):
        output, told = process.communicate()
        assert process.returncode == 0, told
    files = [line for line in output.splitlines() if b'"event": "file"' in line]
    return [msgspec.json.decode(line, type=Moved) for line in files], memory.peak


def zeros(size: int) -> Moved:
    """Make the line that is expected for a file of so many zeros."""
    digest, block = hashlib.sha256(), bytes(4 * MIB)
    for _block in range(size // len(block)):
        digest.update(block)
    assert size % len(block) == 0
    return Moved("delivered", size, digest.hexdigest(), confirmed=True)


def test_memory_is_seen_in_the_whole_tree() -> None:
    """Watch a process of 60 MiB that starts one of 100, and outlives it."""
    child = "bytearray(100 << 20)"
    parent = (
        "import subprocess, sys; held = bytearray(60 << 20);"
        f"subprocess.run([sys.executable, '-c', 'import sys; held = {child}; print(1, flush=True);"
        " sys.stdin.read()']); print(2, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        with ResidentMemory(process.pid) as memory:
            assert process.stdout.readline() == b"1\n"
            memory.look()
        process.communicate()
    assert 160 * MIB < memory.peak < 220 * MIB


# ---------------------------------------------------------------- folders


def stands_still(process: int) -> Callable[[], bool]:
    """Tell whether a process has done nothing for ten looks in a row."""
    seen: list[str] = []

    def look() -> bool:
        # proc(5): utime and stime are fields 14 and 15; the name before them may hold blanks.
        stat = Path("/proc", str(process), "stat").read_text("utf-8").rpartition(")")[2]
        seen.append(" ".join(stat.split()[11:13]))
        return len(seen) >= 10 and len(set(seen[-10:])) == 1

    return look


def listed(program: Program, site: Path, path: str, *, slowly: bool = False) -> tuple[int, int]:
    """Count the names that were printed, in their order; give the most memory it took as well.

    A slow reader lets the command run into what it has not read, and only then goes on.
    """
    number = 0
    with watched(program, "ls", site, path, "--unsorted") as (process, memory):
        assert process.stdout is not None
        for line in process.stdout:
            assert line == b"file-%07d\n" % number
            if number == 0 and slowly:
                wait_until(stands_still(process.pid), 60.0)
            number += 1
        assert process.wait() == 0
    return number, memory.peak


@pytest.mark.parametrize(
    ("total", "block"),
    [
        pytest.param(100_000, 100, id="packets"),
        pytest.param(100_000, 100_000, id="one packet"),
        pytest.param(270_000, 270_000, id="the largest packet"),
    ],
)
def test_a_large_folder(bare: Program, site: Path, total: int, block: int) -> None:
    count, peak = listed(bare, site, f"/{total}x{block}")
    assert count == total
    assert peak < MOST


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("slowly", [False, True], ids=["at once", "slowly"])
def test_a_folder_of_a_million(bare: Program, site: Path, *, slowly: bool) -> None:
    count, peak = listed(bare, site, "/1000000x100", slowly=slowly)
    assert count == 1_000_000
    assert peak < MOST


def test_a_folder_in_a_packet_beyond_measure_is_refused_in_words(bare: Program, site: Path) -> None:
    with watched(bare, "ls", site, "/300000x300000", "--unsorted") as (process, memory):
        output, told = process.communicate()
    assert (process.returncode, output) == (1, b"")
    assert b"something that is not part of a file transfer" in told
    assert memory.peak < MOST


# ---------------------------------------------------------------- files


@pytest.fixture
def patiently() -> None:
    """Minutes are what the test takes: no stacks are to be shown after one."""
    faulthandler.cancel_dump_traceback_later()


@pytest.mark.usefixtures("patiently")
@pytest.mark.parametrize("size", [256 * MIB, pytest.param(20 * GIB, marks=LONG)])
def test_a_large_file_is_sent(bare: Program, site: Path, tmp_path: Path, size: int) -> None:
    source = sparse(tmp_path / "scan.bin", size)
    told, peak = moved(bare, "put", site, source, "/inbox")
    assert told == [zeros(size)]
    assert peak < MOST


@pytest.mark.usefixtures("patiently")
@pytest.mark.parametrize("size", [256 * MIB, pytest.param(20 * GIB, marks=LONG)])
def test_a_large_file_is_fetched(bare: Program, site: Path, tmp_path: Path, size: int) -> None:
    if shutil.disk_usage(tmp_path).free < size + LEFT_FREE:
        pytest.skip(f"The disk has no room to spare for a file of {size // MIB} MiB.")
    try:
        told, peak = moved(bare, "get", site, f"/zeros/{size}", tmp_path / "back")
        assert (tmp_path / "back" / str(size)).stat().st_size == size
    finally:
        shutil.rmtree(tmp_path / "back", ignore_errors=True)  # at once: it is large
    assert told == [zeros(size)]
    assert peak < MOST


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("patiently")
def test_very_many_files_are_sent(bare: Program, site: Path, tmp_path: Path) -> None:
    source = tmp_path / "many"
    source.mkdir()
    for number in range(100_000):
        sparse(source / f"{number}.csv", 4096)
    told, peak = moved(bare, "put", site, source, "/inbox")
    assert len(told) == 100_000
    assert all(file.state == "delivered" for file in told)
    print(f"{peak / MIB:.0f} MiB")  # noqa: T201  pytest shows it with -s, and where a test fails
    assert peak < MOST


@pytest.mark.parametrize("size", [8 * MIB, pytest.param(64 * MIB, marks=LONG)])
def test_eight_busy_channels(
    bare: Program, rig: Rig, site: Path, tmp_path: Path, size: int
) -> None:
    """Four send and four fetch, at the same time: a file each, and then another."""
    sources = [sparse(tmp_path / f"{number}.bin", size) for number in range(8)]
    before = rig.server.log().count("Starting session")
    back = tmp_path / "back"
    command = (sys.executable, eight_channels.__file__)
    with watched(bare, site, str(size), back, *sources, command=command) as (process, memory):
        output, told = process.communicate()
    assert (process.returncode, output) == (0, b"16\n"), told
    assert rig.server.log().count("Starting session") - before == 8
    assert {path.stat().st_size for path in back.iterdir()} == {size}
    assert memory.peak < MOST
