"""AWS's rules are kept while everything moves at once and connections break under it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ferrygate.engine.messages.event import Event
from ferrygate.engine.messages.session import SessionChanged, SessionState
from ferrygate.engine.messages.transfers import Download, Upload
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.transfers.views import TransferState
from support.engine_rig import EngineRig, next_code, signed_in
from support.fake_clock import WallClock

MIB = 1 << 20
CUTS = [  # bytes sent, and bytes fetched, over a connection; what comes first ends it
    (2 * MIB, 64 * MIB),
    (6 * MIB, 3 * MIB),
    (MIB // 2, 64 * MIB),
    (10 * MIB, 5 * MIB),
    (20 * MIB, 64 * MIB),
]


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Make a folder of many small files."""
    return made(tmp_path / "many", (f"{number}.csv" for number in range(400)), 30_000)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Make a folder of files that have a channel each."""
    return made(tmp_path / "large", (f"{number}.bin" for number in range(3)), 12 * MIB)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Folders in folders."""
    places = (f"{row}/{column}/{depth}" for row in "abc" for column in "ab" for depth in range(9))
    return made(tmp_path / "tree", places, 5000)


def made(folder: Path, places: Iterator[str], size: int) -> Path:
    for place in places:
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(size))
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """All files below a folder, by their place."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def cut_again_and_again(
    rig: EngineRig, box: Sandbox, clock: WallClock, cuts: list[tuple[int, int]]
) -> None:
    """Each connection is cut after some bytes, until there are no more cuts."""
    left = list(cuts)

    def follow(event: Event) -> None:
        if not isinstance(event, SessionChanged):
            return
        if event.state is SessionState.RECONNECTING:
            next_code(clock)
        elif event.state is SessionState.SIGNED_IN and left:
            sent, fetched = left.pop(0)
            box.faults.cut_after(sent)
            box.faults.cut_after_sent(fetched)

    rig.listener.then = follow


@pytest.mark.parametrize(
    "cuts",
    [pytest.param(CUTS[:1], id="once"), pytest.param(CUTS, id="again", marks=pytest.mark.slow)],
)
def test_nothing_is_written_twice_at_a_time_or_out_of_order(  # noqa: PLR0917  its folders
    rig: EngineRig,
    box: Sandbox,
    clock: WallClock,
    many: Path,
    large: Path,
    tree: Path,
    tmp_path: Path,
    cuts: list[tuple[int, int]],
) -> None:
    remote = made(box.ready.root / "results", (f"{number}" for number in range(8)), 4 * MIB)
    cut_again_and_again(rig, box, clock, cuts)
    signed_in(rig, box, late_part_seconds=2)  # the sandbox cuts, and so has noticed at once
    folders = (many, large, tree)
    batches = [rig.send(Upload, (str(folder),), b"/inbox") for folder in folders]
    batches.append(rig.send(Download, (b"/results",), str(tmp_path / "back")))
    assert all(rig.problem_of(batch) is None for batch in batches)

    assert {view.state for view in rig.files().values()} == {TransferState.DELIVERED}
    for folder in folders:
        assert contents(box.ready.root / "inbox" / folder.name) == contents(folder)
    assert contents(tmp_path / "back" / "results") == contents(remote)
    counters = box.counters
    assert counters.connections == len(cuts) + 1
    assert counters.out_of_order_writes == 0
    assert counters.max_handles_on_one_upload == 1
    assert len(batches) <= counters.max_channels <= 10
    assert counters.refused_channels == 0
    sizes = {
        f"/inbox/{folder.name}/{place}": len(content)
        for folder in folders
        for place, content in contents(folder).items()
    }
    # None was closed before it was whole. One that was whole when its connection was cut, with its
    # CLOSE on the way, was published by the cut, and needs none.
    assert counters.closed.items() <= sizes.items()
    assert len(counters.closed) > len(sizes) / 2
    assert len({record.step for record in box.log}) == counters.connections
