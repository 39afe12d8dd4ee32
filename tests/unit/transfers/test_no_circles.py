"""A file that has ended leaves no circle of objects, which Python would look for only seldom.

A thousand files a second are sent; a circle for each of them fills megabytes until then.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

import pytest

from ferrygate.common.errors import ConnectionLostError
from ferrygate.sftp.tasks import Future
from ferrygate.transfers.file_job import FileJob
from support.scripted_sftp import CLOSE, OPEN, WRITE, Held
from support.transfer_rig import TransferRig


@pytest.fixture
def futures() -> Iterator[Callable[[], int]]:
    """Count the futures made since, while Python looks for no circles."""
    gc.collect()
    gc.disable()
    before = count()
    yield lambda: count() - before
    gc.enable()


def count() -> int:
    return sum(isinstance(one, Future) for one in gc.get_objects())


@pytest.mark.parametrize("object_store", [True, False])
def test_a_file_that_was_sent(
    desk: TransferRig, job: FileJob, futures: Callable[[], int], *, object_store: bool
) -> None:
    desk.send(job, object_store=object_store)
    desk.rig.channel.close()
    assert futures() == 0


def test_a_file_that_was_fetched(
    desk: TransferRig, job: FileJob, futures: Callable[[], int]
) -> None:
    desk.send(job)
    desk.fetch(FileJob(number=1, local=f"{job.local}.back", remote=job.remote))
    desk.rig.channel.close()
    assert futures() == 0


@pytest.mark.parametrize("kind", [OPEN, WRITE, CLOSE])
def test_a_file_whose_line_was_lost(
    desk: TransferRig, job: FileJob, futures: Callable[[], int], kind: int
) -> None:
    desk.server.instead[kind] = Held(desk.server)

    def end() -> None:
        desk.rig.stream.ended = True

    desk.rig.stream.after = end
    with pytest.raises(ConnectionLostError):
        desk.send(job)
    desk.rig.channel.close()
    assert futures() == 0
