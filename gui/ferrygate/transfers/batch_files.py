"""A batch: the files of one upload or download, and how they stand."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Sequence

import msgspec

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.errors import Problem
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.outcome import Outcome
from ferrygate.transfers.replacing import ReplaceSlots
from ferrygate.transfers.views import (
    MOVES,
    BatchView,
    ConflictChoice,
    Direction,
    FileView,
    LateCheck,
    LeftBehind,
    TransferState,
)

_SPEED_SPAN = 3.0  # seconds over which the speed is taken


class BatchFiles:
    """Owned by one thread; knows states and sums, moves nothing itself.

    Attributes:
        number: tells it apart.
        cancel: set by :meth:`stop`; looked at by whoever works for it, on any thread.
        problem: why the walk ended early.
        slots: for its files that overwrite others; each is given back when its file has ended.
    """

    def __init__(
        self,
        number: int,
        direction: Direction,
        names: Sequence[str],
        target: str,
        clock: Clock,
    ) -> None:
        self.number = number
        self.cancel = CancelToken()
        self.problem: Problem | None = None
        self.slots = ReplaceSlots()
        self._asking = False  # a person has to say what to do with taken names
        self._on_conflict: ConflictChoice | None = None  # the answer, once given
        self._walk_begun = False
        self._walking = True  # more files may come
        self._direction = direction
        self._names = names
        self._target = target
        self._clock = clock
        self._jobs: list[FileJob] = []
        self._files: list[FileView] = []
        self._replacing: deque[int] = deque()  # those of these that have a slot go on first
        self._interrupted: deque[int] = deque()  # these go on before others begin
        self._waiting: deque[int] = deque()
        self._late: list[tuple[float, int]] = []  # a heap: when each is handed out again
        self._moved = self._total = self._finished = self._delivered = 0
        self._samples: deque[tuple[float, int]] = deque([(clock.monotonic(), 0)])
        self._finished_at: float | None = None

    # ------------------------------------------------------------ the walk

    @property
    def walk_begun(self) -> bool:
        """Tell whether somebody walks its folders, or has walked them."""
        return self._walk_begun

    def begin_walk(self) -> None:
        """Somebody walks its folders now."""
        self._walk_begun = True

    def walk_again(self) -> None:
        """The walk was not begun after all, or was cut: it has to be begun anew."""
        self._walk_begun = False

    def walk_over(self, problem: Problem | None = None) -> None:
        """No more files come; with a problem where some may be missing."""
        self._walking = False
        self.problem = problem or self.problem

    def stop(self, reason: Problem) -> list[FileJob]:
        """Have what is under way come to its end; returns what waited, which is handed out no more.

        What waits for late parts is left to :meth:`take_late`.

        The walk fails for this reason where it is not over: nobody has seen what it would find.
        """
        self.cancel.cancel()
        self._asking = False
        if self._walking and self.problem is None:
            self.problem = reason
        if not self._walk_begun:
            self._walk_begun, self._walking = True, False
        queues = (self._replacing, self._interrupted, self._waiting)
        waiting = [self._jobs[number] for queue in queues for number in queue]
        self._replacing.clear()
        self._interrupted.clear()
        self._waiting.clear()
        return waiting

    def take_late(self) -> list[FileJob]:
        """Take what waits for late parts off the queue."""
        late, self._late = self._late, []
        return [self._jobs[number] for _due, number in late]

    # ------------------------------------------------------------ names that are taken

    def ask(self) -> bool:
        """Hand out nothing until a person's :meth:`answer`; false where that was asked before."""
        if self._asking or self._on_conflict is not None:
            return False
        self._asking = True
        return True

    def answer(self, choice: ConflictChoice) -> None:
        """Take a person's answer, for the files still to come; nothing where none was asked."""
        if self._asking:
            self._asking = False
            asked_back = choice is ConflictChoice.ASK  # the question would come for ever
            self._on_conflict = ConflictChoice.FAIL if asked_back else choice

    # ------------------------------------------------------------ files

    def add(self, job: FileJob) -> FileView:
        """Take in a file the plan has found."""
        view = FileView(
            number=job.number,
            local=job.local,
            remote=job.remote,
            state=TransferState.WAITING,
            size=job.size,
        )
        self._jobs.append(job)
        self._files.append(view)
        self._waiting.append(job.number)
        self._total += job.size or 0
        return view

    def next_job(self) -> FileJob:
        """Take the next waiting file off the queue; there must be one."""
        if self._late_is_due and not (self._replacing or self._interrupted):
            _due, number = heapq.heappop(self._late)
        else:
            number = (self._replacing or self._interrupted or self._waiting).popleft()
        job = self._jobs[number]
        if self._on_conflict is not None:
            job = msgspec.structs.replace(job, on_conflict=self._on_conflict)
        return job

    def progress(self, number: int, state: TransferState, moved: int) -> FileView:
        """A file moved on."""
        view = self._files[number]
        self._moved += moved - view.moved
        return self._change(number, state, moved=moved)

    def wait_again(self, number: int) -> FileView:
        """A file goes back to the head of the queue."""
        self._waiting.appendleft(number)
        self._moved -= self._files[number].moved
        return self._change(number, TransferState.WAITING, moved=0)

    def not_begun(self, number: int) -> None:
        """A file that was handed out goes back to where it was."""
        if self._files[number].state is TransferState.INTERRUPTED:
            self._interrupted_queue(number).appendleft(number)
        else:
            self._waiting.appendleft(number)

    def _interrupted_queue(self, number: int) -> deque[int]:
        """Return the queue for an interrupted file: one with a slot first, others wait for it."""
        return self._replacing if self.slots.has(number) else self._interrupted

    def interrupt(self, number: int, checkpoint: UploadCheckpoint | None) -> FileView:
        """The connection was lost under a file: it goes on first once there is one again.

        ``checkpoint`` is how far its upload came; without it stays known what was known before.
        """
        self._interrupted_queue(number).append(number)
        if checkpoint is not None:
            self._jobs[number] = msgspec.structs.replace(self._jobs[number], resume_from=checkpoint)
        self._moved -= self._files[number].moved
        return self._change(number, TransferState.INTERRUPTED, moved=0)

    def wait_late(self, number: int, checkpoint: UploadCheckpoint, due: float) -> FileView:
        """A file is handed out again then, on the steady clock: a part of it may come until then.

        One that is delivered is asked about; of another nothing may be sent before.
        """
        heapq.heappush(self._late, (due, number))
        self._jobs[number] = msgspec.structs.replace(self._jobs[number], resume_from=checkpoint)
        self.slots.give_back(number)
        view, delivered = self._files[number], checkpoint.delivered
        moved = 0 if delivered is None else delivered.size
        self._moved += moved - view.moved
        return self._change(
            number,
            TransferState.INTERRUPTED if delivered is None else TransferState.CHECKING,
            moved=moved,
            late_check=LateCheck.DUE,
            asked_again_at=self._clock.now() + max(0.0, due - self._clock.monotonic()),
        )

    def end(self, number: int, outcome: Outcome) -> FileView:
        """A file was delivered or skipped."""
        self.slots.give_back(number)
        view = self._files[number]
        self._moved += outcome.size - view.moved
        self._total += outcome.size - (view.size or 0)
        self._finished += 1
        self._delivered += outcome.state is TransferState.DELIVERED
        return self._change(
            number,
            outcome.state,
            local=outcome.local,
            remote=outcome.remote,
            size=outcome.size,
            moved=outcome.size,
            confirmation=outcome.confirmation,
            not_told=outcome.not_told,
            skip_reason=outcome.skip_reason,
            sha256=outcome.sha256,
            late_check=outcome.late_check,
            asked_again_at=None,
        )

    def fail(
        self, number: int, state: TransferState, problem: Problem, left: LeftBehind
    ) -> FileView:
        """A file needs attention, or was cancelled."""
        self.slots.give_back(number)
        self._finished += 1
        return self._change(
            number,
            state,
            problem=problem,
            left_behind=left,
            late_check=LateCheck.NOT_NEEDED,
            asked_again_at=None,
        )

    @property
    def has_work(self) -> bool:
        """Tell whether there is something to hand out now."""
        waits = bool(self._replacing or self._interrupted or self._waiting) or self._late_is_due
        return (not self._walk_begun or waits) and not self._asking

    @property
    def is_moving(self) -> bool:
        """Tell whether files are to be moved now: it waits for no person and no late part alone."""
        return not (self._asking or self.only_waits_late or self.finished)

    @property
    def only_waits_late(self) -> bool:
        """Tell whether nothing is left to do before a part can come no more."""
        late = len(self._late)
        return late > 0 and not self._walking and self._finished + late == len(self._files)

    @property
    def _late_is_due(self) -> bool:
        return bool(self._late) and self._late[0][0] <= self._clock.monotonic()

    def file(self, number: int) -> FileView:
        """One file as it stands."""
        return self._files[number]

    @property
    def finished(self) -> bool:
        """Tell whether every file is in a final state and no more can come."""
        return not self._walking and self._finished == len(self._files)

    def view(self) -> BatchView:
        """The batch as it stands."""
        if self.finished and self._finished_at is None:
            self._finished_at = self._clock.now()
        return BatchView(
            batch=self.number,
            direction=self._direction,
            name=self._names[0] if self._names else "",
            sources=len(self._names),
            target=self._target,
            files_total=len(self._files),
            files_finished=self._finished,
            files_delivered=self._delivered,
            files_late=len(self._late),
            late_until=self._late_until,
            bytes_total=self._total,
            bytes_moved=self._moved,
            bytes_per_second=self._speed(),
            walking=self._walking,
            stopping=self.cancel.cancelled,
            finished=self.finished,
            finished_at=self._finished_at,
        )

    @property
    def _late_until(self) -> float | None:
        if not self._late:
            return None
        last = max(due for due, _number in self._late)
        return self._clock.now() + max(0.0, last - self._clock.monotonic())

    def _change(self, number: int, state: TransferState, **changes: object) -> FileView:
        before = self._files[number]
        if state is not before.state and state not in MOVES[before.state]:
            raise AssertionError(f"a file cannot go from {before.state} to {state}")
        self._files[number] = msgspec.structs.replace(before, state=state, **changes)
        return self._files[number]

    def _speed(self) -> float:
        if self.finished:
            return 0.0
        now = self._clock.monotonic()
        samples = self._samples
        samples.append((now, self._moved))
        while now - samples[0][0] > _SPEED_SPAN and len(samples) > 2:  # noqa: PLR2004  a span has two ends
            samples.popleft()
        start, moved = samples[0]
        span = now - start
        return max(0.0, (self._moved - moved) / span) if span > 0 else 0.0
