"""Servers that grant next to nothing, and faults that nobody foresaw."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bundle_rig import BundleRig
from ferrygate.sftp.wire import Limits
from ferrygate.transfers.outcome import Outcome
from ferrygate.transfers.views import Direction
from scripted_sftp import OPEN, Request


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[BundleRig]:
    with contextlib.closing(BundleRig(tmp_path)) as rig:
        yield rig


@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize("handles", [1, 2, 3])
def test_a_server_of_hardly_any_handles_gets_one_file_at_a_time(
    rig: BundleRig, handles: int, direction: Direction
) -> None:
    rig.limits = Limits(handles=handles)
    rig.direction = direction
    most = 0

    def count(_request: Request) -> None:
        nonlocal most
        most = max(most, 1 + len(rig.server.open_handles))

    rig.server.instead[OPEN] = count
    assert rig.work_off(*(rig.job(f"{number}.csv") for number in range(5))) == []
    assert all(isinstance(end, Outcome) for end in rig.told.ends.values())
    assert len(rig.told.ends) == 5
    assert most == 1
