"""A cancel is told within 200 ms however busy the channels are, and publishes nothing half-done."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ferrygate.engine.messages.event import Event
from ferrygate.engine.messages.session import OpenSite, SignIn
from ferrygate.engine.messages.transfers import BatchChanged, CancelBatch, Download, Upload
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.transfers.views import BatchId, LeftBehind, TransferState
from servers.rigs.rig import Rig
from servers.rigs.signing_in import by_key, site_of
from support.engine_rig import EngineRig

State = TransferState
GIB = 1 << 30
SOON = 0.2  # seconds
MANY, SMALL = 3000, 20_000  # files, and bytes in each


class Acknowledged:
    """When each batch was first told to be stopping."""

    def __init__(self, rig: EngineRig) -> None:
        self._rig = rig
        self._when: dict[BatchId, float] = {}
        rig.listener.then = self._note

    def _note(self, event: Event) -> None:
        if isinstance(event, BatchChanged) and event.view.stopping:
            self._when.setdefault(event.view.batch, time.monotonic())

    def after_cancel(self, batch: BatchId) -> float:
        """Cancel a batch; the seconds until that was told."""
        began = time.monotonic()
        self._rig.engine.send(CancelBatch(batch))
        self._rig.listener.wait(lambda _event: batch in self._when)
        return self._when[batch] - began


def sparse(path: Path) -> Path:
    """Make a file that takes longer than any test, and no room."""
    with path.open("wb") as file:
        file.truncate(GIB)
    return path


def moves(batch: BatchId) -> Callable[[Event], bool]:
    return lambda event: (
        isinstance(event, BatchChanged) and event.view.batch == batch and event.view.bytes_moved > 0
    )


def begin(
    rig: EngineRig, disk: Path, path: str, local: Path, *, up: int, down: int
) -> list[BatchId]:
    """Send and fetch so many large files, by a command each, until all are under way.

    The server has ``disk`` as ``path``, and a folder ``inbox`` in it.
    """
    batches = []
    for number in range(up):
        source = sparse(local / f"up {number}.bin")
        request = rig.send(Upload, (str(source),), f"{path}/inbox".encode())
        batches.append(rig.batch_of(request))
    for number in range(down):
        remote = sparse(disk / f"down {number}.bin")
        sources = (f"{path}/{remote.name}".encode(),)
        batches.append(rig.batch_of(rig.send(Download, sources, str(local / "back"))))
    for batch in batches:
        rig.listener.wait(moves(batch))
    return batches


def cancel_each(rig: EngineRig, batches: list[BatchId]) -> None:
    """Cancel one after the other; each is told soon, and comes to its end."""
    acknowledged = Acknowledged(rig)
    delays = [acknowledged.after_cancel(batch) for batch in batches]
    assert all(rig.end_of_batch(batch).view.problem is None for batch in batches)
    assert max(delays) < SOON, delays
    assert [view.state for view in rig.files().values()] == [State.CANCELLED] * len(batches)


def test_while_eight_channels_are_busy_up_and_down(
    session: EngineRig, box: Sandbox, tmp_path: Path
) -> None:
    root = box.ready.root
    cancel_each(session, begin(session, root, "", tmp_path, up=4, down=4))
    assert 8 <= box.counters.max_channels <= 10
    assert box.counters.refused_channels == 0
    assert box.counters.closed == {}
    assert list((root / "inbox").iterdir()) == list((tmp_path / "back").iterdir()) == []


@pytest.mark.parametrize(("up", "down"), [(4, 4), (8, 0)])
def test_with_openssh_whose_process_gives_a_channel_back_in_its_own_time(
    rig: EngineRig, openssh: Rig, tmp_path: Path, up: int, down: int
) -> None:
    root = openssh.home / f"{up} up"
    (root / "inbox").mkdir(parents=True)
    rig.do(OpenSite, site_of(openssh, by_key(openssh)))
    rig.do(SignIn)
    cancel_each(rig, begin(rig, root, str(root), tmp_path, up=up, down=down))
    left = [view.left_behind for view in rig.files().values()]
    assert left == [LeftBehind.NOTHING] * (up + down)
    assert list((root / "inbox").iterdir()) == []


def test_while_many_small_files_are_under_way(
    session: EngineRig, box: Sandbox, tmp_path: Path
) -> None:
    folder = tmp_path / "plates"
    folder.mkdir()
    (folder / "0").write_bytes(bytes(SMALL))
    for number in range(1, MANY):
        os.link(folder / "0", folder / f"{number}")
    batch = session.batch_of(session.send(Upload, (str(folder),), b"/inbox"))
    session.listener.wait(
        lambda event: isinstance(event, BatchChanged) and event.view.files_delivered > 0
    )
    delay = Acknowledged(session).after_cancel(batch)
    session.end_of_batch(batch)

    assert delay < SOON
    views = {path.rpartition(b"/")[2].decode(): view for path, view in session.files().items()}
    states = {name: view.state for name, view in views.items()}
    assert set(states.values()) == {State.DELIVERED, State.CANCELLED}
    assert set(box.counters.closed.values()) == {SMALL}  # none was closed half-done
    there = {path.name: path.stat().st_size for path in (box.ready.root / "inbox/plates").iterdir()}
    delivered = {name: SMALL for name, state in states.items() if state is State.DELIVERED}
    assert delivered.items() <= there.items()
    left = {views[name].left_behind for name in there.keys() - delivered.keys()}
    assert LeftBehind.NOTHING not in left
