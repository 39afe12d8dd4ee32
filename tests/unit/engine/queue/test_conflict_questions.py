"""A question about taken names: the other files go on, and each answer holds for what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from ferrygate.common.entry import EntryKind
from ferrygate.common.errors import ConflictError, ConnectionLostError
from ferrygate.common.message import message
from ferrygate.engine.messages.transfers import AnswerConflict
from ferrygate.transfers.conflict import NotAFileError
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.name_conflict import FileFacts
from ferrygate.transfers.views import (
    BatchId,
    ConflictChoice,
    ConflictScope,
    Direction,
    SkipReason,
    TransferState,
)
from support.conflicts import EXISTING, taken
from support.queue_rig import FakeLane, QueueRig, files

State = TransferState
ASK = ConflictChoice.ASK
FOLDER = FileFacts(EntryKind.FOLDER)


@pytest.fixture
def rig(tmp_path: Path) -> QueueRig:
    return QueueRig(tmp_path)


def clash(rig: QueueRig, count: int, *, existing: FileFacts = EXISTING) -> BatchId:
    """Make a batch of files of which each has its name taken; all were met."""
    batch = rig.walked(*files(rig, count), on_conflict=ASK)
    (lane,) = rig.working
    for job in lane.begin_all():
        lane.fail(job, taken(existing=existing))
    rig.handle()
    close_lanes(rig)
    return batch


def answer(
    rig: QueueRig,
    batch: BatchId,
    choice: ConflictChoice,
    scope: ConflictScope = ConflictScope.ALL,
    count: int | None = None,
) -> None:
    """Answer the question as it was told last."""
    asked = rig.questions(batch)[-1]
    rig.queue.answer_conflict(
        AnswerConflict(batch, asked.question, choice, scope, count or asked.count)
    )


def handed_out(rig: QueueRig) -> list[FileJob]:
    return [job for lane in rig.working for job in lane.begin_all()]


def close_lanes(rig: QueueRig) -> None:
    for lane in rig.working:
        assert lane.end()
    rig.handle()


@pytest.mark.slow
def test_one_clash_of_two_thousand_keeps_none_of_the_others(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 2000), on_conflict=ASK)
    lane: FakeLane
    (lane, *_others) = rig.working
    first = lane.begin()
    assert isinstance(first, FileJob)
    lane.fail(first, taken())
    rig.handle()
    rig.work_off()
    assert rig.states(batch) == [State.WAITING] + [State.DELIVERED] * 1999
    assert rig.working == []  # no lane, so no channel, is held by what waits
    assert [question.count for question in rig.questions(batch)] == [1, 1]
    assert not rig.questions(batch)[-1].more_may_come
    answer(rig, batch, ConflictChoice.REPLACE)
    (job,) = handed_out(rig)
    assert (job.number, job.on_conflict) == (0, ConflictChoice.REPLACE)


def test_a_question_counts_and_shows_the_first_three_with_both_sides(rig: QueueRig) -> None:
    batch = clash(rig, 25)
    last = rig.questions(batch)[-1]
    assert (last.count, last.replaceable, last.direction) == (25, 25, Direction.UPLOAD)
    assert [example.name for example in last.examples] == ["000.bin", "001.bin", "002.bin"]
    assert last.examples[0].existing == EXISTING
    assert rig.batch_views(batch)[-1].files_asked == 25
    assert {question.question for question in rig.questions(batch)} == {1}


def test_a_question_is_told_at_once_and_then_ten_times_a_second_at_most(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 200), on_conflict=ASK)
    (lane,) = rig.working
    for job in lane.begin_all():
        rig.clock.time += 1 / 64
        lane.fail(job, taken())
        rig.handle()
    assert [question.count for question in rig.questions(batch)][:3] == [1, 8, 15]
    assert rig.questions(batch)[-1].count == 200


def test_a_walk_that_ends_last_ends_the_count_of_those_met_so_far(rig: QueueRig) -> None:
    batch = rig.upload(*files(rig, 3), on_conflict=ASK)
    (lane,) = rig.working
    lane.begin()
    walk = lane.find(rig.server)
    rig.handle()
    for job in lane.begin_all():
        lane.fail(job, taken())
    rig.handle()
    assert rig.questions(batch)[-1].more_may_come
    lane.end_walk(walk)
    rig.handle()
    last, view = rig.questions(batch)[-1], rig.batch_views(batch)[-1]
    assert (last.count, last.more_may_come) == (3, False)
    assert (view.files_asked, view.walking) == (3, False)


@pytest.mark.parametrize(
    ("scope", "settled"),
    [(ConflictScope.THIS_ONE, 1), (ConflictScope.MET, 3), (ConflictScope.ALL, 5)],
)
def test_an_answer_holds_for_this_one_those_met_or_all(
    rig: QueueRig, scope: ConflictScope, settled: int
) -> None:
    """Of those met, for those that the person was told of."""
    batch = clash(rig, 5)
    answer(rig, batch, ConflictChoice.KEEP_BOTH, scope, 3)
    jobs = handed_out(rig)
    assert [job.number for job in jobs] == list(range(settled))
    assert {job.on_conflict for job in jobs} == {ConflictChoice.KEEP_BOTH}
    assert rig.batch_views(batch)[-1].files_asked == 5 - settled
    rest = rig.questions(batch)[-1]
    is_new = (rest.question, rest.count, rest.examples[0].number) == (2, 5 - settled, settled)
    assert is_new is (settled < 5)


def test_files_under_way_when_all_are_answered_for_are_not_asked_about(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 3), on_conflict=ASK)
    (lane,) = rig.working
    first, *under_way = lane.begin_all()
    lane.fail(first, taken())
    rig.handle()
    answer(rig, batch, ConflictChoice.SKIP)
    for job in under_way:
        lane.fail(job, taken())
    rig.handle()
    assert len(rig.questions(batch)) == 1
    later = lane.begin_all()
    assert {job.number for job in later} == {0, 1, 2}
    assert {job.not_moved for job in later} == {SkipReason.OTHER_SIZE_THERE}


def test_files_found_after_all_were_answered_for_are_moved_by_that(rig: QueueRig) -> None:
    batch = clash(rig, 1)
    answer(rig, batch, ConflictChoice.KEEP_BOTH)
    job = FileJob(number=1, local="/late.csv", remote=b"/inbox/late.csv", on_conflict=ASK)
    rig.queue._batches[batch]._planned(job)
    choices = [job.on_conflict for job in handed_out(rig)]
    assert choices == [ConflictChoice.KEEP_BOTH] * 2


def test_who_skips_has_nothing_asked_again_of_the_server(rig: QueueRig) -> None:
    batch = clash(rig, 2, existing=FOLDER)
    answer(rig, batch, ConflictChoice.SKIP)
    assert [job.not_moved for job in handed_out(rig)] == [SkipReason.NAME_TAKEN] * 2


def test_a_folder_that_comes_later_is_asked_about_and_not_replaced(rig: QueueRig) -> None:
    batch = clash(rig, 1)
    answer(rig, batch, ConflictChoice.REPLACE)
    (lane,) = rig.working
    (job,) = lane.begin_all()
    lane.fail(job, NotAFileError(message("A folder."), FOLDER))  # it has come since
    rig.handle()
    assert rig.states(batch) == [State.WAITING]
    assert rig.questions(batch)[-1].question == 2
    assert rig.batch_views(batch)[-1].files_asked == 1


def test_an_answer_to_skip_holds_for_a_folder_that_comes_later(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 2), on_conflict=ASK)
    (lane,) = rig.working
    one, other = lane.begin_all()
    lane.fail(one, taken())
    rig.handle()
    answer(rig, batch, ConflictChoice.SKIP)
    lane.fail(other, taken(existing=FOLDER))
    rig.handle()
    assert len(rig.questions(batch)) == 1
    assert {job.number: job.not_moved for job in lane.begin_all()}[1] is SkipReason.NAME_TAKEN


def test_another_transfer_over_the_same_file_is_no_question(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 1), on_conflict=ASK)
    (lane,) = rig.working
    (job,) = lane.begin_all()
    lane.fail(job, ConflictError(message("Another transfer is sending it.")))
    rig.handle()
    assert rig.questions(batch) == []
    assert rig.states(batch) == [State.NEEDS_ATTENTION]


def test_without_a_wish_to_be_asked_a_folder_fails_its_file(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 1), on_conflict=ConflictChoice.REPLACE)
    (lane,) = rig.working
    (job,) = lane.begin_all()
    lane.fail(job, NotAFileError(message("A folder."), FOLDER))
    rig.handle()
    assert rig.questions(batch) == []
    assert rig.states(batch) == [State.NEEDS_ATTENTION]


def test_an_answer_is_taken_while_the_connection_is_away(rig: QueueRig) -> None:
    batch = clash(rig, 3)
    rig.queue.interrupt()
    answer(rig, batch, ConflictChoice.REPLACE, ConflictScope.THIS_ONE)
    assert rig.working == []
    assert rig.batch_views(batch)[-1].files_asked == 2
    rig.queue.resume(fresh=True)
    assert [job.number for job in handed_out(rig)] == [0]
    assert rig.questions(batch)[-1].count == 2  # and the rest still waits


def test_a_question_outlasts_a_lost_connection(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 2), on_conflict=ASK)
    (lane,) = rig.working
    one, other = lane.begin_all()
    lane.fail(one, taken())
    lane.fail(other, ConnectionLostError(message("Lost.")))
    lane.give_up()
    rig.handle()
    rig.queue.interrupt()
    rig.queue.resume(fresh=True)
    assert [job.number for job in handed_out(rig)] == [1]
    assert rig.batch_views(batch)[-1].files_asked == 1
    answer(rig, batch, ConflictChoice.KEEP_BOTH)
    assert [job.on_conflict for job in handed_out(rig)] == [ConflictChoice.KEEP_BOTH]


def test_an_answer_for_all_holds_after_another_try(rig: QueueRig) -> None:
    batch = clash(rig, 2)
    answer(rig, batch, ConflictChoice.REPLACE)
    rig.queue.cancel(batch)
    for lane in rig.working:
        lane.give_up()
    rig.handle()
    assert rig.states(batch) == [State.CANCELLED] * 2
    rig.queue.retry(batch)
    jobs = handed_out(rig)
    assert [job.on_conflict for job in jobs] == [ConflictChoice.REPLACE] * 2


def test_what_was_cancelled_in_a_question_is_asked_about_in_the_next_try(rig: QueueRig) -> None:
    batch = clash(rig, 2)
    rig.queue.cancel(batch)
    assert rig.states(batch) == [State.CANCELLED] * 2
    assert len(rig.ends(batch)) == 1
    rig.queue.retry(batch)
    assert rig.batch_views(batch)[-1].files_asked == 0
    (lane,) = rig.working
    for job in lane.begin_all():
        lane.fail(job, taken())
    rig.handle()
    last = rig.questions(batch)[-1]
    assert (last.question, last.count) == (2, 2)
    rig.queue.answer_conflict(AnswerConflict(batch, 1, ConflictChoice.REPLACE))  # of before
    assert rig.batch_views(batch)[-1].files_asked == 2


def test_signing_out_ends_what_waits_for_an_answer(rig: QueueRig) -> None:
    batch = clash(rig, 2)
    rig.queue.stop(ConnectionLostError(message("Signed out.")).problem)
    assert rig.states(batch) == [State.NEEDS_ATTENTION] * 2
    assert len(rig.ends(batch)) == 1


def test_batches_ask_each_for_themselves(rig: QueueRig) -> None:
    first = clash(rig, 1)
    second = clash(rig, 2)
    answer(rig, first, ConflictChoice.SKIP)
    assert rig.batch_views(first)[-1].files_asked == 0
    assert rig.batch_views(second)[-1].files_asked == 2
