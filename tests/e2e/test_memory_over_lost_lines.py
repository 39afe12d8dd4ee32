"""The memory of a ``put`` over a line that comes and goes: 200 MiB at most, however often."""

from __future__ import annotations

import contextlib
import faulthandler
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from e2e.program import Program, connection_file, program_for, sparse, wait_until, watched
from servers.rigs.rig import Rig
from servers.rigs.signing_in import by_key, site_of
from support.cutting_proxy import CuttingProxy
from support.sandbox_fixtures import MakeSandbox
from support.sandbox_site import site_of as sandbox_site_of

MIB = 1 << 20
MOST = 200 * MIB
SETTLES = 20.0  # seconds until walk, channels and windows have what they need
LASTS = 40.0  # seconds from then on
KEPT = MIB // 2  # bytes that a lost line may leave, on average: Python looks for circles seldom
SLACK = 8 * MIB  # bytes that come and go
BEGUN = 1 << 16  # bytes after which the first sign-in is over
PAUSE = 0.05  # seconds that a slow line takes for each piece
EVERY = 2.0  # seconds between two cuts
WITH_CODES = 4.0  # seconds between them where each sign-in waits for a code
NOTICED = 30.0  # seconds until a line that fell silent is given up
LIMIT = "--limit-rate", "2M"  # of small files, which a quick machine has sent before the end
SOON = 60.0  # seconds in which an interrupted command ends, over a silent line too

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

Make = Callable[[Path], Path]
Cut = Callable[[CuttingProxy], None]
CLOSED, RESET, SILENT = CuttingProxy.cut_all, CuttingProxy.reset_all, CuttingProxy.stall


@pytest.fixture(autouse=True)
def _patiently() -> None:
    """Minutes are what the test takes: no stacks are to be shown after one."""
    faulthandler.cancel_dump_traceback_later()


class SlowReader:
    """Counts the bytes that pass, and takes its time over them when told to."""

    def __init__(self) -> None:
        self.total = 0
        self.slow, self.over = threading.Event(), threading.Event()

    def __call__(self, count: int) -> None:
        self.total += count
        if self.slow.is_set():
            self.over.wait(PAUSE)


@contextlib.contextmanager
def coming_and_going(proxy: CuttingProxy, cut: Cut, every: float) -> Iterator[None]:
    """Cut a line again and again once files move; ``every`` is the seconds between two cuts.

    In the second half of them it is slow, so that what is to be sent has to wait.
    """
    proxy.passed = reader = SlowReader()

    def go() -> None:
        while not reader.over.wait(every / 2):
            reader.slow.set()
            if reader.over.wait(every / 2):
                break
            cut(proxy)
            reader.slow.clear()

    wait_until(lambda: reader.total > BEGUN, SOON)
    thread = threading.Thread(target=go, name="cuts")
    thread.start()
    try:
        yield
    finally:
        reader.over.set()
        thread.join()


def large(folder: Path) -> Path:
    """Make one file that is never through between two cuts."""
    folder.mkdir()
    return sparse(folder / "scan.bin", 64 << 30)


def several(folder: Path) -> Path:
    """Make so many of them that each channel has one at any time."""
    folder.mkdir()
    for number in range(16):
        sparse(folder / f"{number}.bin", 64 << 30)
    return folder


def many(folder: Path) -> Path:
    """Make small files, more than :data:`LIMIT` lets through before the end."""
    folder.mkdir()
    for number in range(40_000):
        (folder / f"{number}.csv").write_bytes(bytes(4096))
    return folder


def check_memory_of_a_put(
    program: Program, site: Path, source: Path, target: str, line: tuple[CuttingProxy, Cut, float]
) -> None:
    """Compare the memory of a ``put``, interrupted in the end, with what it may have."""
    proxy, cut, every = line
    limit = LIMIT if source.name == many.__name__ else ()
    with watched(program, "put", site, source, target, "--json", *limit) as (process, memory):
        seen = []
        with coming_and_going(proxy, cut, every):
            for seconds in (SETTLES, LASTS):
                with pytest.raises(subprocess.TimeoutExpired):
                    raise AssertionError(process.communicate(timeout=seconds)[1])
                seen.append((proxy.connections, memory.peak))
            process.send_signal(signal.SIGTERM)
        _output, told = process.communicate(timeout=SOON)
    assert process.returncode == 130, told
    (lines_before, before), (lines, _peak) = seen
    more = lines - lines_before
    summary = f"{lines} lines, {before / MIB:.0f} MiB, then {memory.peak / MIB:.0f} MiB"
    print(summary)  # noqa: T201  pytest shows it with -s, and where a test fails
    assert more >= LASTS / (NOTICED if cut is SILENT else 3 * every) - 1, summary
    assert memory.peak < MOST, summary
    assert memory.peak - before < more * KEPT + SLACK, summary


@pytest.mark.parametrize(
    ("make", "cut"),
    [
        pytest.param(large, CLOSED, id="large-closed"),
        pytest.param(large, RESET, id="large-reset"),
        pytest.param(large, SILENT, id="large-silent"),
        pytest.param(several, RESET, id="several-reset"),
        pytest.param(many, CLOSED, id="many-closed"),
    ],
)
def test_a_put_to_openssh_over_a_line_that_comes_and_goes(
    bare: Program, openssh: Rig, tmp_path: Path, make: Make, cut: Cut
) -> None:
    source, target = make(tmp_path / make.__name__), openssh.home / make.__name__
    with CuttingProxy(openssh.port, []) as proxy:
        site = connection_file(tmp_path, site_of(openssh, by_key(openssh)), port=proxy.port)
        check_memory_of_a_put(bare, site, source, str(target), (proxy, cut, EVERY))
    shutil.rmtree(target)  # at once: it may be large


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("make", "cut"),
    [pytest.param(large, RESET, id="large-reset"), pytest.param(many, CLOSED, id="many-closed")],
)
def test_a_put_to_an_object_store_over_a_line_that_comes_and_goes(
    bare: Program, make_sandbox: MakeSandbox, tmp_path: Path, make: Make, cut: Cut
) -> None:
    del bare  # its environment
    ready = make_sandbox(period=2).ready
    source = make(tmp_path / make.__name__)
    with CuttingProxy(ready.port, []) as proxy:
        site = connection_file(tmp_path, sandbox_site_of(ready), port=proxy.port)
        line = proxy, cut, WITH_CODES
        check_memory_of_a_put(program_for(ready), site, source, "/inbox", line)
