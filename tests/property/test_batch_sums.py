"""Whatever files do, in whatever order, the sums of their batch are theirs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.common.threads import SystemThreads
from ferrygate.transfers.batch_files import BatchFiles
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.views import (
    MOVES,
    BatchId,
    Confirmation,
    ConflictChoice,
    ConflictScope,
    Direction,
    FileView,
    LeftBehind,
    SkipReason,
    TransferState,
)
from support.conflicts import conflict
from support.fake_clock import ManualClock

S = TransferState
NOT_CONFIRMED = Confirmation.NO_SIZES
ENDED = {S.DELIVERED, S.SKIPPED, S.NEEDS_ATTENTION, S.CANCELLED}
RETRIED = {S.NEEDS_ATTENTION, S.CANCELLED}
SIZES = st.lists(st.none() | st.integers(0, 10_000), min_size=1, max_size=6)


@given(SIZES, st.data())
def test_sums(sizes: list[int | None], data: st.DataObject) -> None:
    clock = ManualClock()
    batch = BatchFiles(BatchId("1"), Direction.UPLOAD, "", "", clock, SystemThreads())
    batch.walk.begin()
    batch.walk.end()
    views = [
        batch.add(FileJob(number=number, local="", remote=b"", size=size))
        for number, size in enumerate(sizes)
    ]
    for _step in range(data.draw(st.integers(0, 40))):
        if batch.can_retry and data.draw(st.booleans()):
            retried = batch.retry()
            assert {view.number for view in retried} == {
                v.number for v in views if v.state in RETRIED
            }
            for view in retried:
                views[view.number] = view
            assert {view.state for view in retried} == {S.WAITING}
            check(batch, views)
            continue
        number = data.draw(st.integers(0, len(sizes) - 1))
        after = MOVES[views[number].state]
        if not after or views[number].state.has_ended:
            continue
        clock.time += data.draw(st.floats(0, 5))
        state = data.draw(st.sampled_from(sorted(after, key=lambda state: state.value)))
        size = data.draw(st.integers(0, 10_000))
        views[number] = move(batch, number, state, size)
        check(batch, views)


def move(batch: BatchFiles, number: int, state: TransferState, size: int) -> FileView:
    """Move a file on; what it is then, which the batch knows no more where it ended well."""
    match state:
        case S.DELIVERED | S.SKIPPED:
            is_whole = state is S.DELIVERED
            outcome = FileOutcome(
                state=state,
                local="",
                remote=b"",
                size=size if is_whole else 0,
                confirmation=Confirmation.CONFIRMED if is_whole and size % 2 else NOT_CONFIRMED,
                skip_reason=None if is_whole else list(SkipReason)[size % len(SkipReason)],
            )
            return batch.end(number, outcome)
        case S.NEEDS_ATTENTION | S.CANCELLED:
            batch.fail(
                number, state, Problem(kind=Kind.INTERNAL, sentence=message("")), LeftBehind.NOTHING
            )
        case S.INTERRUPTED:
            batch.interrupt(number, UploadCheckpoint())
        case S.WAITING:
            batch.meet(conflict(number=number))
            assert batch.view().files_asked == (batch.conflicts.for_all is None)
            asked = batch.conflicts.question
            batch.answer(asked, ConflictChoice.KEEP_BOTH, ConflictScope.ALL, None)
        case _:
            batch.progress(number, state, size)
    file = batch.file(number)
    assert file is not None
    return file


def check(batch: BatchFiles, files: list[FileView]) -> None:
    kept = [None if file.state in {S.DELIVERED, S.SKIPPED} else file for file in files]
    assert [batch.file(file.number) for file in files] == kept
    assert batch.count == len(files)
    view = batch.view()
    assert view.files_total == len(files)
    assert view.bytes_moved == sum(file.moved for file in files)
    assert view.bytes_total == sum(file.size or 0 for file in files)
    assert view.files_finished == sum(file.state in ENDED for file in files)
    assert view.files_delivered == sum(file.state is S.DELIVERED for file in files)
    assert view.files_skipped == sum(file.state is S.SKIPPED for file in files)
    assert view.files_confirmed == sum(file.confirmed for file in files)
    assert view.files_left_out == sum(file.is_left_out for file in files)
    assert view.files_size_differs == sum(file.size_differs for file in files)
    assert view.files_cancelled == sum(file.state is S.CANCELLED for file in files)
    assert view.files_asked == 0
    assert view.files_interrupted == sum(file.state is S.INTERRUPTED for file in files)
    assert view.can_retry == (view.finished and any(file.state in RETRIED for file in files))
    assert view.finished == all(file.state in ENDED for file in files)
    assert view.bytes_per_second >= 0
