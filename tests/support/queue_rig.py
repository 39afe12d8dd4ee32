"""Runs a transfer queue whose lanes take one step at a time, as a test says."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from ferrygate.common.errors import Cancelled, ConnectionLostError, Problem, UnsupportedError
from ferrygate.common.inbox import Callback
from ferrygate.common.message import message
from ferrygate.common.open_files import OpenFiles, room
from ferrygate.common.system_disk import SystemDisk
from ferrygate.common.threads import SystemThreads
from ferrygate.engine.messages.event import Event
from ferrygate.engine.messages.transfers import (
    BatchChanged,
    BatchStarted,
    ConflictQuestion,
    FileChanged,
    Upload,
)
from ferrygate.engine.queue.batch import Batch
from ferrygate.engine.queue.ended_batches import EndedBatches
from ferrygate.engine.queue.transfer_queue import TransferQueue
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.flush import Flusher
from ferrygate.transfers.late_parts import LateParts
from ferrygate.transfers.listed_times import ListedTimes
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.partial_uploads import possible_remains
from ferrygate.transfers.reports import UploadFailure
from ferrygate.transfers.schedule.concurrency_limit import ConcurrencyLimit
from ferrygate.transfers.schedule.lane import Lane, LaneRefusedError
from ferrygate.transfers.schedule.line_estimator import LineEstimator
from ferrygate.transfers.schedule.rate_limiter import RateLimiter
from ferrygate.transfers.schedule.work_queue import Item, WorkQueue
from ferrygate.transfers.transfer_settings import TransferSettings
from ferrygate.transfers.upload_claims import UploadClaims
from ferrygate.transfers.views import (
    BatchId,
    BatchView,
    ConflictChoice,
    Direction,
    FileView,
    TransferState,
)
from support.fake_clock import ManualClock
from support.no_marks import no_marks
from support.scripted_sftp import ScriptedServer, ScriptedSftp

T = TypeVar("T")

LARGE = 9 << 20  # bytes; such a file has a lane to itself


class FakeLane(Lane):
    """Has no thread and no channel: a test takes from its queue, and says how each item ends.

    It reports in the order in which a worker does.

    Attributes:
        in_flight: the items that it has begun.
        dropped: how often it was told to let go of its channel.
        stopped: it was told to end.
    """

    def __init__(self, name: str) -> None:  # the base would start a thread
        self.name = name
        self.in_flight: list[Item] = []
        self.dropped = 0
        self.stopped = False
        self._work: deque[tuple[Any, Callable[[Any], None], Callable[[BaseException], None]]]
        self._work = deque()

    # ------------------------------------------------------------ for the queue

    def submit(
        self,
        job: Callable[[Lane], T],
        done: Callable[[T], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        assert not self.stopped
        self._work.append((job, done, failed))

    def drop_later(self) -> None:
        self.dropped += 1

    def stop(self) -> None:
        self.stopped = True

    # ------------------------------------------------------------ for the test

    @property
    def working(self) -> bool:
        """Tell whether the lane has a queue, empty or not."""
        return bool(self._work)

    @property
    def queue(self) -> WorkQueue:
        queue: WorkQueue = self._worker._queue
        return queue

    @property
    def batch(self) -> Batch:
        """Return the batch that takes the reports."""
        batch: Batch = self._worker._reports
        return batch

    @property
    def _worker(self) -> Any:
        return self._work[0][0].__self__  # the method is a worker's

    def begin(self, *, told: bool = True) -> Item | None:
        """Take the next item off the queue; it is ``told`` to move, unless it is only asked."""
        item = self.queue.take()
        if item is not None:
            self.in_flight.append(item)
            if isinstance(item, FileJob) and told:
                self.batch.entered(item, self.moving, 0)
        return item

    @property
    def moving(self) -> TransferState:
        up = self.batch.direction is Direction.UPLOAD
        return TransferState.SENDING if up else TransferState.RECEIVING

    def begin_all(self, *, told: bool = True) -> list[FileJob]:
        """Take all that is on the queue; returns the files."""
        begun = []
        while (item := self.begin(told=told)) is not None:
            begun += [item] if isinstance(item, FileJob) else []
        return begun

    def walk(self, server: ScriptedServer) -> None:
        """Do the walk that is under way."""
        self.end_walk(self.find(server))

    def find(self, server: ScriptedServer) -> Item:
        """Have the walk that is under way find all there is; it is not over yet."""
        (walk,) = (item for item in self.in_flight if not isinstance(item, FileJob))
        rig = ScriptedSftp(server)
        rig.run(walk(rig.files))
        return walk

    def end_walk(self, walk: Item) -> None:
        self._over(walk)
        self.batch.walked(None)

    def deliver(self, job: FileJob, state: TransferState = TransferState.DELIVERED) -> None:
        size = job.size or 0 if state is TransferState.DELIVERED else 0
        if state is TransferState.DELIVERED:
            self.batch.entered(job, TransferState.CHECKING, size)
        outcome = FileOutcome(state=state, local=job.local, remote=job.remote, size=size)
        self._over(job)
        self.batch.ended(job, outcome)

    def later(
        self,
        job: FileJob,
        checkpoint: UploadCheckpoint,
        until: float,
        error: BaseException | None = None,
    ) -> None:
        if checkpoint.delivered is not None:
            self.batch.entered(job, TransferState.CHECKING, job.size or 0)
        self._over(job)
        self.batch.later(job, checkpoint, until, error)

    def fail(
        self, item: Item, error: BaseException, checkpoint: UploadCheckpoint | None = None
    ) -> None:
        self._over(item)
        if not isinstance(item, FileJob):
            self.batch.walked(error)
        elif self.batch.direction is Direction.UPLOAD:
            checkpoint = checkpoint or item.resume_from or UploadCheckpoint()
            self.batch.upload_failed(
                item, UploadFailure(error, possible_remains(checkpoint), checkpoint)
            )
        else:
            self.batch.failed(item, error)

    def _over(self, item: Item) -> None:
        self.in_flight.remove(item)
        self.queue.done(item)

    def give_up(self, error: BaseException | None = None) -> list[Item]:
        """End the channel, or cancel the batch; return the work that was not begun.

        What the engine puts on the queue after this is for the engine to find.
        """
        if error is None:
            cancelled = self.batch.cancel.cancelled
            error = Cancelled() if cancelled else ConnectionLostError(message("Lost."))
        for item in list(self.in_flight):
            self.fail(item, error)
        left = self.queue.take_all()
        self._work.popleft()[1](left)
        return left

    def refuse(self) -> None:
        """There is no channel for it; nothing was begun."""
        self.break_down(LaneRefusedError(UnsupportedError(message("No further channel."))))

    def break_down(self, error: BaseException) -> None:
        """End the lane with an error, with no work begun."""
        assert not self.in_flight
        self._work.popleft()[2](error)

    def end(self) -> bool:
        """Hand in the queue, if it is closed and worked off; true then."""
        if not (self.working and self.queue.closed and not self.queue.files):
            return False
        self._work.popleft()[1]([])
        return True


class QueueRig:
    """Holds a queue, its lanes and their results; each step is taken by the test."""

    def __init__(
        self, folder: Path, *, object_store: bool = False, ended: EndedBatches | None = None
    ) -> None:
        self.folder = folder
        self.clock = ManualClock(1000.0)
        self.server = ScriptedServer({}, b"/inbox")
        self.events: list[Event] = []
        self.posted: deque[Callback] = deque()
        self.lanes: list[FakeLane] = []
        self.doubts = 0
        self.ended = ended or EndedBatches()
        self._names = itertools.count(1)
        self._requests = itertools.count(1)
        self.queue = TransferQueue(
            self.events.append,
            self.posted.append,
            self._new_lane,
            TransferSettings(
                clock=self.clock,
                threads=SystemThreads(),
                disk=SystemDisk(),
                flusher=Flusher(self.clock, "0123abcd", SystemDisk(), SystemThreads()),
                limiter=RateLimiter(self.clock, SystemThreads(), None),
                line_estimator=LineEstimator(48 << 20, SystemThreads()),
                object_store=object_store,
                open_files=OpenFiles(SystemThreads(), room),
                concurrency=ConcurrencyLimit(SystemThreads()),
                late=LateParts(self.clock.monotonic, 330, SystemThreads()),
                claims=UploadClaims(
                    SystemDisk(), self.folder / "replacing", "account", SystemThreads()
                ),
                mark=no_marks(),
                new_part_name=lambda: ".ferrygate-0123abcd-00.part",
                listed_times=ListedTimes(),
            ),
            self._doubt,
            new_id=lambda: BatchId(f"batch-{next(self._names)}"),
            ended=self.ended,
        )

    def _new_lane(self, name: str) -> Lane:
        self.lanes.append(FakeLane(name))
        return self.lanes[-1]

    def _doubt(self) -> None:
        """Handle as a session does: hand out no work before all ends are known."""
        self.doubts += 1
        self.queue.hold()

    def file(self, name: str, size: int = 0) -> str:
        """Make a local file, with nothing but a size."""
        path = self.folder / name
        with path.open("wb") as file:
            file.truncate(size)
        return str(path)

    def upload(self, *sources: str, on_conflict: ConflictChoice = ConflictChoice.FAIL) -> BatchId:
        """Begin a batch; returns its name."""
        request = next(self._requests)
        self.queue.take(Upload(request, sources, b"/inbox", on_conflict))
        (started,) = [
            event
            for event in self.events
            if isinstance(event, BatchStarted) and event.request == request
        ]
        return started.batch

    def handle(self, max_events: int | None = None) -> None:
        """Do what was posted to the engine, and what comes of it; or so many of it."""
        while self.posted and max_events != 0:
            self.posted.popleft()()
            max_events = None if max_events is None else max_events - 1

    def walked(self, *sources: str, on_conflict: ConflictChoice = ConflictChoice.FAIL) -> BatchId:
        """Begin a batch, and have its walk done by the lane that has it."""
        batch = self.upload(*sources, on_conflict=on_conflict)
        lane = next(lane for lane in self.working if lane.batch.id == batch)
        lane.begin()
        lane.walk(self.server)
        self.handle()
        return batch

    @property
    def working(self) -> list[FakeLane]:
        """Return the lanes that have a queue."""
        return [lane for lane in self.lanes if lane.working]

    def work_off(self) -> None:
        """Have every lane do all it has and gets, until nothing is left."""
        while self.working:
            for lane in self.working:
                lane.begin_all()
                for item in list(lane.in_flight):
                    if isinstance(item, FileJob):
                        lane.deliver(item)
                    else:
                        lane.walk(self.server)
                lane.end()
            self.handle()

    def ends(self, batch: BatchId) -> list[Problem | None]:
        """Return the ends of a batch, each with its problem: one, unless it is tried again."""
        return [view.problem for view in self.batch_views(batch) if view.finished]

    def questions(self, batch: BatchId) -> list[ConflictQuestion]:
        """Return every question of a batch as it was asked."""
        questions = [event for event in self.events if isinstance(event, ConflictQuestion)]
        return [question for question in questions if question.batch == batch]

    def views(self, batch: BatchId) -> list[FileView]:
        """Return the last state of each file of a batch."""
        changes = [event for event in self.events if isinstance(event, FileChanged)]
        last = {change.view.number: change.view for change in changes if change.batch == batch}
        return [last[number] for number in sorted(last)]

    def states(self, batch: BatchId) -> list[TransferState]:
        return [view.state for view in self.views(batch)]

    def batch_views(self, batch: BatchId) -> list[BatchView]:
        changes = [event for event in self.events if isinstance(event, BatchChanged)]
        return [change.view for change in changes if change.view.batch == batch]


def files(rig: QueueRig, count: int, size: int = 0) -> list[str]:
    """Make a number of files to send, each of a size in bytes."""
    return [rig.file(f"{number:03}.bin", size) for number in range(count)]
