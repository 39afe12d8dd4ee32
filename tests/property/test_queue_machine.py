"""The queue of transfers, whatever lanes, connections and people do: no file is lost or done twice.

Every batch ends once, and once more each time that it is tried again; every file moves by the table
of states and comes to an end; the sums of a batch are those of its files; no lane keeps work.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ferrygate.common.entry import EntryKind
from ferrygate.common.errors import (
    Cancelled,
    ConnectionLostError,
    FerrygateError,
    LocalFileError,
    UsageError,
)
from ferrygate.common.message import message
from ferrygate.engine.messages.transfers import AnswerConflict, BatchChanged, FileChanged
from ferrygate.engine.queue.batch import Batch
from ferrygate.transfers.conflict import NotAFileError
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.name_conflict import FileFacts
from ferrygate.transfers.schedule.work_queue import Item
from ferrygate.transfers.views import (
    MOVES,
    BatchId,
    BatchView,
    ConflictChoice,
    ConflictScope,
    TransferState,
)
from support.checkpoints import cut
from support.conflicts import taken
from support.queue_rig import LARGE, FakeLane, QueueRig

SCOPES = st.sampled_from(list(ConflictScope))
FOLDER = FileFacts(EntryKind.FOLDER)
CHOICES = st.sampled_from(list(ConflictChoice))
SIZES = st.one_of(
    st.lists(st.sampled_from([0, 10, LARGE]), max_size=7),
    st.lists(st.just(LARGE), min_size=5, max_size=9),  # more than there are lanes at once
)
ENDS = ("delivered", "skipped", "failed", "taken", "folder", "lost")


class QueueMachine(RuleBasedStateMachine):
    """Steps of the engine, of lanes and of people, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.rig = QueueRig(Path(self.folder.name))
        self.queue = self.rig.queue
        self.batches: list[BatchId] = []
        self.retries: Counter[BatchId] = Counter()
        self.seen = 0  # events that were looked at
        self.states: dict[tuple[BatchId, int], TransferState] = {}
        self.made = 0

    # ------------------------------------------------------------ people

    @precondition(lambda self: len(self.batches) < 4)
    @rule(sizes=SIZES, on_conflict=CHOICES, well=st.booleans())
    def upload(self, sizes: list[int], on_conflict: ConflictChoice, *, well: bool) -> None:
        sources = []
        for size in sizes:
            self.made += 1
            sources.append(self.rig.file(f"{self.made}", size))
        self.batches.append(self.rig.upload(*sources, on_conflict=on_conflict))
        if well:  # its walk is done by the next lane that comes to it
            self.move_on(2)

    @precondition(lambda self: self.batches)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        self.queue.cancel(data.draw(st.sampled_from(self.batches)))

    @precondition(lambda self: self.batches)
    @rule(data=st.data(), well=st.booleans())
    def retry(self, data: st.DataObject, *, well: bool) -> None:
        """Refused while a batch is under way, and where there is nothing to try again."""
        batch = data.draw(st.sampled_from(self.batches))
        before = self.rig.batch_views(batch)[-1]
        try:
            self.queue.retry(batch)
        except UsageError:
            assert not before.can_retry
        else:
            assert before.can_retry
            self.retries[batch] += 1
        if well:
            self.move_on(2)

    @precondition(lambda self: self.batches)
    @rule(data=st.data(), choice=CHOICES, scope=SCOPES, count=st.none() | st.integers(1, 4))
    def answer(
        self,
        data: st.DataObject,
        choice: ConflictChoice,
        scope: ConflictScope,
        count: int | None,
    ) -> None:
        """Answer the question that was told last, which may have had an answer since."""
        batch = data.draw(st.sampled_from(self.batches))
        asked = max((q.question for q in self.rig.questions(batch)), default=1)
        self.queue.answer_conflict(AnswerConflict(batch, asked, choice, scope, count))

    # ------------------------------------------------------------ the engine

    @rule(count=st.integers(1, 3), seconds=st.sampled_from([0.0, 0.2]))
    def handle(self, count: int, seconds: float) -> None:
        self.rig.clock.time += seconds
        self.rig.handle(count)

    @rule()
    def interrupt(self) -> None:
        self.queue.interrupt()

    @rule(fresh=st.booleans())
    def resume(self, *, fresh: bool) -> None:
        self.rig.clock.time += 1
        self.queue.resume(fresh=fresh)

    # ------------------------------------------------------------ lanes

    def lane(self, data: st.DataObject) -> FakeLane:
        return data.draw(st.sampled_from(self.rig.working))

    @precondition(lambda self: self.rig.working)
    @rule(data=st.data(), count=st.integers(1, 4))
    def begin(self, data: st.DataObject, count: int) -> None:
        lane = self.lane(data)
        for _item in range(count):
            lane.begin()

    @precondition(lambda self: any(lane.in_flight for lane in self.rig.working))
    @rule(data=st.data(), end=st.sampled_from(ENDS))
    def end_item(self, data: st.DataObject, end: str) -> None:
        lane = data.draw(st.sampled_from([lane for lane in self.rig.working if lane.in_flight]))
        self.end(lane, data.draw(st.sampled_from(lane.in_flight)), end)

    @precondition(lambda self: self.rig.working)
    @rule(data=st.data())
    def give_up(self, data: st.DataObject) -> None:
        self.lane(data).give_up()

    @precondition(lambda self: self.rig.working)
    @rule(data=st.data())
    def give_up_behind_an_item(self, data: st.DataObject) -> None:
        """Tell that there is room on a queue that nobody works off any more."""
        lane = self.lane(data)
        lane.begin()
        for item in list(lane.in_flight):
            self.end(lane, item, "delivered")
        lane.give_up()

    @rule(turns=st.integers(1, 3))
    def move_on(self, turns: int) -> None:
        """All goes well for a while."""
        for _turn in range(turns):
            for lane in self.rig.working:
                lane.begin()
                for item in lane.in_flight[:1]:
                    self.end(lane, item, "delivered")
            self.rig.handle()

    @precondition(lambda self: self.rig.working)
    @rule(data=st.data())
    def end_lane(self, data: st.DataObject) -> None:
        self.lane(data).end()

    @precondition(lambda self: any(not lane.in_flight for lane in self.rig.working))
    @rule(data=st.data())
    def refuse(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from([ln for ln in self.rig.working if not ln.in_flight])).refuse()

    def end(self, lane: FakeLane, item: Item, end: str) -> None:
        if not isinstance(item, FileJob):
            if end == "delivered":
                lane.walk(self.rig.server)
            else:
                lane.fail(item, self.error(end))
        elif end == "delivered":
            lane.deliver(item)
        elif end == "skipped":
            lane.deliver(item, TransferState.SKIPPED)
        else:
            lane.fail(item, self.error(end), cut(item.remote, 1))

    @staticmethod
    def error(end: str) -> FerrygateError:
        match end:
            case "lost":
                return ConnectionLostError(message("Lost."))
            case "taken":
                return taken()
            case "folder":
                return NotAFileError(message("A folder."), FOLDER)
            case _:
                return LocalFileError(message("Gone."))

    # ------------------------------------------------------------ what holds

    @invariant()
    def nothing_is_in_two_hands(self) -> None:
        held = [
            (lane.batch.id, item.number if isinstance(item, FileJob) else "walk")
            for lane in self.rig.working
            for item in (*lane.in_flight, *lane.queue._items)
        ]
        assert len(held) == len(set(held))

    @invariant()
    def no_batch_ends_twice(self) -> None:
        for batch in self.batches:
            assert len(self.rig.ends(batch)) <= 1 + self.retries[batch]

    @invariant()
    def who_waits_for_an_answer_is_in_no_hand_and_the_others_go_on(self) -> None:
        for batch, asked in self.asked().items():
            waiting = batch._files.conflicts
            assert not asked & self.handed_out(batch)
            assert batch._files.view().files_asked == len(waiting) == len(asked)
            question = self.rig.questions(batch.id)[-1]
            assert question.question <= waiting.question
            if question.question == waiting.question and batch._files.only_waits:
                assert (question.count, question.more_may_come) == (len(waiting), False)

    def asked(self) -> dict[Batch, set[int]]:
        """Collect the files that wait for an answer, by batch, if there are any."""
        batches = self.queue._batches.values()
        waiting = {batch: set(batch._files.conflicts._waiting) for batch in batches}
        return {batch: numbers for batch, numbers in waiting.items() if numbers}

    def handed_out(self, batch: Batch) -> set[int]:
        return {
            item.number
            for lane in self.rig.working
            if lane.batch is batch
            for item in (*lane.in_flight, *lane.queue._items)
            if isinstance(item, FileJob)
        } | set(batch._files._queue._waiting)

    @invariant()
    def files_move_by_the_table_and_sums_are_theirs(self) -> None:
        events, self.seen = self.rig.events[self.seen :], len(self.rig.events)
        for event in events:
            if isinstance(event, FileChanged):
                file = (event.batch, event.view.number)
                before = self.states.get(file, TransferState.WAITING)
                after = self.states[file] = event.view.state
                assert after is before or after in MOVES[before]
            elif isinstance(event, BatchChanged) and event.view.finished:
                self.check_sums(event.view)

    def check_sums(self, view: BatchView) -> None:
        states = [state for (batch, _file), state in self.states.items() if batch == view.batch]
        assert all(state.has_ended for state in states)
        assert view.files_total == view.files_finished == len(states)
        assert view.files_delivered == states.count(TransferState.DELIVERED)
        assert view.files_skipped == states.count(TransferState.SKIPPED)
        assert view.files_cancelled == states.count(TransferState.CANCELLED)
        is_due = view.problem is not None or any(state.may_be_retried for state in states)
        assert view.can_retry is is_due

    @invariant()
    def there_are_eight_lanes_at_most(self) -> None:
        assert len(self.rig.lanes) <= 8 + sum(lane.stopped for lane in self.rig.lanes)

    def teardown(self) -> None:
        try:
            self.finish()
            for batch in self.batches:
                assert len(self.rig.ends(batch)) == 1 + self.retries[batch], f"{batch} hangs"
                assert all(state.has_ended for state in self.rig.states(batch))
                assert self.rig.batch_views(batch)[-1].finished
        finally:
            self.folder.cleanup()

    def finish(self) -> None:
        """From now on all goes well; or somebody signs out."""
        if self.made % 5 == 4:
            self.queue.stop(Cancelled(message("Signed out.")).problem)
        for _round in range(200):
            self.rig.handle()
            self.queue.resume(fresh=True)
            for batch in self.batches:
                for asked in self.rig.questions(batch)[-1:]:
                    skip = AnswerConflict(batch, asked.question, ConflictChoice.SKIP)
                    self.queue.answer_conflict(skip)
            working = self.rig.working
            if not working and not self.rig.posted:
                return
            for lane in working:
                if lane.batch.cancel.cancelled:
                    lane.give_up()
                    continue
                lane.begin_all()
                for item in list(lane.in_flight):
                    self.end(lane, item, "delivered")
                lane.end()
        raise AssertionError("it does not come to an end")


QueueMachine.TestCase.settings = settings(max_examples=50, stateful_step_count=50)
TestQueueMachine = QueueMachine.TestCase
