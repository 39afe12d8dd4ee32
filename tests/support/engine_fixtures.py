"""Provides an engine and its sandbox, which share a simulated time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ferrygate.sandbox.sandbox import Sandbox
from support.engine_rig import EngineRig, signed_in
from support.fake_clock import WallClock
from support.sandbox_fixtures import MakeSandbox


@pytest.fixture
def clock() -> WallClock:
    return WallClock()


@pytest.fixture
def box(make_sandbox: MakeSandbox, clock: WallClock) -> Sandbox:
    """Run a sandbox in the tests' time, so that no test waits for a code."""
    return make_sandbox(clock=clock)


@pytest.fixture
def rig(tmp_path: Path, clock: WallClock) -> Iterator[EngineRig]:
    with contextlib.closing(EngineRig(tmp_path / "home", clock)) as rig:
        yield rig


@pytest.fixture
def session(rig: EngineRig, box: Sandbox) -> EngineRig:
    """Sign an engine in."""
    signed_in(rig, box)
    return rig
