"""A connection that stands and passes nothing on is noticed within 30 s, and comes back.

What was sent again meanwhile stays whole when the server has noticed too, which takes it longer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from e2e.program import wait_until
from ferrygate.engine.messages.codes import UseCodeSecret
from ferrygate.engine.messages.event import Event
from ferrygate.engine.messages.files import ListFolder
from ferrygate.engine.messages.session import (
    OpenSite,
    SessionChanged,
    SessionState,
    SignIn,
    UsePassword,
)
from ferrygate.engine.messages.transfers import BatchChanged, CancelBatch, Upload
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sandbox.settings import Settings
from ferrygate.transfers.views import TransferState
from support.cutting_proxy import CuttingProxy
from support.engine_rig import EngineRig
from support.fake_clock import FastClock
from support.sandbox_fixtures import MakeSandbox
from support.sandbox_site import code_secret_of, site_of

MIB = 1 << 20
NOTICED = 30.0  # seconds
PATIENCE = 30.0  # the server's, by the engine's clock
LATE_PART = 40  # seconds, more than that; the defaults are 300 and 330


@dataclass(frozen=True)
class Line:
    """A signed-in engine, with a proxy between it and the sandbox."""

    rig: EngineRig
    sandbox: Sandbox
    proxy: CuttingProxy

    def end_stalled(self) -> None:
        """Have the server give up the line that is silent, if it has not yet."""
        self.proxy.end_stalled()
        wait_until(lambda: not self.sandbox.counters.open_uploads)

    def stall(self) -> float:
        """Stall, and give the seconds until the engine noticed, by its own clock."""
        began = self.rig.clock.monotonic()
        self.proxy.stall()
        self.rig.listener.wait(is_state(SessionState.RECONNECTING), 2 * NOTICED)
        return self.rig.clock.monotonic() - began


def is_state(state: SessionState) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, SessionChanged) and event.state is state


def codes_sent(line: Line) -> int:
    """Count the different codes that the server has seen."""
    return len({record.step for record in line.sandbox.log})


def has_moved(event: Event) -> bool:
    return isinstance(event, BatchChanged) and event.view.bytes_moved > 0


@pytest.fixture(params=[10, pytest.param(1, marks=[pytest.mark.slow, pytest.mark.timeout(120)])])
def line(
    request: pytest.FixtureRequest, make_sandbox: MakeSandbox, tmp_path: Path
) -> Iterator[Line]:
    """Run the engine's time ten times faster, but for the slow tests."""
    sandbox = make_sandbox(
        period=2, settings=Settings(unresponsive_seconds=PATIENCE / request.param)
    )
    with ExitStack() as running:
        proxy = running.enter_context(CuttingProxy(sandbox.ready.port, []))
        rig = EngineRig(tmp_path / "home", FastClock(request.param))
        running.enter_context(closing(rig))
        rig.do(OpenSite, site_of(sandbox.ready, port=proxy.port, late_part_seconds=LATE_PART))
        rig.do(UsePassword, sandbox.ready.password)
        rig.do(UseCodeSecret, code_secret_of(sandbox.ready))
        rig.do(SignIn)
        yield Line(rig, sandbox, proxy)


def test_browsing_goes_on(line: Line) -> None:
    line.rig.do(ListFolder, b"/")
    assert line.stall() < NOTICED
    line.rig.do(ListFolder, b"/")
    assert line.proxy.connections == 2
    assert codes_sent(line) == line.proxy.connections


@pytest.mark.slow
def test_uploads_go_on(line: Line, tmp_path: Path) -> None:
    """Four at a time: more than the system takes for a peer that does not read."""
    folder = tmp_path / "plates"
    folder.mkdir()
    for number in range(4):
        folder.joinpath(f"{number}.bin").write_bytes(b"well " * MIB)
    upload = line.rig.send(Upload, (str(folder),), b"/inbox")
    line.rig.listener.wait(has_moved)
    assert line.stall() < NOTICED
    assert line.rig.problem_of(upload, 4 * NOTICED) is None
    line.end_stalled()
    for source in folder.iterdir():
        arrived = line.sandbox.ready.root / "inbox" / folder.name / source.name
        assert arrived.read_bytes() == source.read_bytes()
    assert codes_sent(line) == line.proxy.connections


@pytest.mark.slow
def test_a_cancelled_upload_ends_with_the_line(line: Line, tmp_path: Path) -> None:
    source = tmp_path / "plate.bin"
    source.write_bytes(b"well " * (20 * MIB))
    upload = line.rig.send(Upload, (str(source),), b"/inbox")
    line.rig.listener.wait(has_moved)
    line.proxy.stall()
    line.rig.engine.send(CancelBatch(line.rig.batch_of(upload)))
    line.rig.end_of(upload, 2 * NOTICED)
    (view,) = line.rig.files().values()
    assert view.state is TransferState.CANCELLED
