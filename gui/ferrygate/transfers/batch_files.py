"""Keeps the files of one batch, which is one upload or download, and the state of each."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.errors import Problem
from ferrygate.common.threads import Threads
from ferrygate.transfers.batch_walk import BatchWalk
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.conflicts import Conflicts
from ferrygate.transfers.file_counts import FileCounts
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.file_queue import FileQueue
from ferrygate.transfers.file_record import FileRecord
from ferrygate.transfers.name_conflict import NameConflict
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.recent_speed import RecentSpeed
from ferrygate.transfers.replacing import ReplaceSlots
from ferrygate.transfers.views import (
    MOVES,
    BatchId,
    BatchView,
    ConflictChoice,
    ConflictScope,
    Direction,
    FileView,
    LateCheck,
    LeftBehind,
    TransferState,
)


class BatchFiles:
    """Knows states and sums of a batch, and moves nothing itself; owned by one thread.

    What was delivered or skipped is in the sums alone: a batch may have a million files.

    Attributes:
        batch: names the batch.
        cancel: set by :meth:`stop`, looked at by lanes; another one after :meth:`retry`.
        walk: the search for its files.
        conflicts: its files whose names are taken.
        slots: for its files that overwrite others; each is given back when its file has ended.
        is_kept: :meth:`retry` may be called once it is finished.
    """

    def __init__(
        self,
        batch: BatchId,
        direction: Direction,
        names: Sequence[str],
        target: str,
        clock: Clock,
        threads: Threads,
        *,
        remote_folder: bytes = b"",
    ) -> None:
        self._threads = threads
        self.batch = batch
        self.cancel = CancelToken(threads)
        self.walk = BatchWalk()
        self.slots = ReplaceSlots(threads)
        self.is_kept = True
        self.conflicts = Conflicts()
        self._direction = direction
        self._names = names
        self._target = target
        self._remote_folder = remote_folder
        self._clock = clock
        self._records: dict[int, FileRecord] = {}  # by number; of what may change yet
        self._queue = FileQueue(clock.monotonic)
        self._counts = FileCounts()
        self._moved = self._total = 0  # bytes
        self._speed = RecentSpeed(clock)
        self._finished_at: float | None = None

    # ------------------------------------------------------------ taken back, and tried again

    def stop(self, reason: Problem) -> list[FileJob]:
        """Have what is under way come to its end; return files that waited, but for late parts.

        The walk fails for this reason if it is not over.
        """
        self.cancel.cancel()
        self.walk.stop(reason)
        waiting = [*self._queue.take_all(), *self.conflicts.take_all()]
        return [self._records[number].job for number in waiting]

    def take_late(self) -> list[FileJob]:
        """Take what waits for late parts off the queue."""
        return [self._records[number].job for number in self._queue.take_late()]

    def retry(self) -> list[FileView]:
        """Begin again what was not delivered, and the walk where it was not whole.

        An upload goes on from its checkpoint. Returns the files that wait now.
        """
        assert self.finished  # noqa: S101  else a file would be in two hands
        self.cancel = CancelToken(self._threads)
        self._finished_at = None
        self.walk.retry()
        self.renew()
        again = [record for record in self._records.values() if record.may_be_retried]
        return [self._wait_anew(record) for record in again]

    def _wait_anew(self, record: FileRecord) -> FileView:
        number, moved = record.view.number, record.view.moved
        # Much may have happened to its name since.
        record.job = msgspec.structs.replace(record.job, known_absent=False)
        self._queue.wait(number)
        self._moved -= moved
        return self._change(
            number, TransferState.WAITING, moved=0, problem=None, left_behind=LeftBehind.NOTHING
        )

    @property
    def can_retry(self) -> bool:
        """Tell whether :meth:`retry` would have something to do."""
        if not (self.is_kept and self.finished):
            return False
        has_file = any(record.may_be_retried for record in self._records.values())
        return has_file or self.walk.problem is not None

    # ------------------------------------------------------------ tries on one connection

    def count_try(self, number: int) -> int:
        """Count that a file's connection was lost under it; returns how often that was by now."""
        record = self._records[number]
        record.tries += 1
        return record.tries

    def renew(self) -> None:
        """Count tries anew, as there is another connection."""
        self.walk.renew()
        for record in self._records.values():
            record.tries = 0

    # ------------------------------------------------------------ names that are taken

    def meet(self, conflict: NameConflict) -> FileView:
        """Have a file whose name is taken wait for a person's answer, unless there is one."""
        number = conflict.number
        self.slots.release(number)
        decision = self.conflicts.meet(conflict)
        if decision is not None:
            self._records[number].decision = decision
            self._queue.wait_first(number)
        self._moved -= self._records[number].view.moved
        return self._change(number, TransferState.WAITING, moved=0)

    def answer(
        self, question: int, choice: ConflictChoice, scope: ConflictScope, shown: int | None
    ) -> None:
        """Take a person's answer, as :meth:`Conflicts.answer`; the files it settles go on first."""
        settled = self.conflicts.answer(question, choice, scope, shown)
        for number, decision in reversed(settled):
            self._records[number].decision = decision
            self._queue.wait_first(number)

    # ------------------------------------------------------------ files

    def add(self, job: FileJob) -> FileView:
        """Take in a file that a walk has found."""
        view = FileView(
            number=job.number,
            local=job.local,
            remote=job.remote,
            state=TransferState.WAITING,
            size=job.size,
        )
        self._records[job.number] = FileRecord(job, view)
        self._counts.find(view.state)
        self._queue.wait(job.number)
        self._total += job.size or 0
        return view

    def next_job(self) -> FileJob:
        """Take the next waiting file off the queue; there must be one."""
        return self._records[self._queue.take()].decided_job(self.conflicts.for_all)

    def progress(self, number: int, state: TransferState, moved: int) -> FileView:
        """Note the state of a file, and the bytes of it that were moved."""
        self._moved += moved - self._records[number].view.moved
        return self._change(number, state, moved=moved)

    def not_begun(self, number: int) -> None:
        """Put a file that was handed out back to where it was."""
        if self._records[number].view.state is TransferState.INTERRUPTED:
            self._queue.go_on_first(number, has_slot=self.slots.has(number))
        else:
            self._queue.wait_first(number)

    def interrupt(self, number: int, checkpoint: UploadCheckpoint | None) -> FileView:
        """Have a file go on first once there is a connection again, as it was lost under the file.

        ``checkpoint`` is how far its upload came; without one, what was known before stays.
        """
        self._queue.go_on(number, has_slot=self.slots.has(number))
        if checkpoint is not None:
            self._remember(number, checkpoint)
        self._moved -= self._records[number].view.moved
        return self._change(number, TransferState.INTERRUPTED, moved=0)

    def _remember(self, number: int, checkpoint: UploadCheckpoint | None) -> None:
        """Keep how far an upload came, for when it is handed out again."""
        record = self._records[number]
        record.job = msgspec.structs.replace(record.job, resume_from=checkpoint)

    def wait_late(self, number: int, checkpoint: UploadCheckpoint, due: float) -> FileView:
        """Hand a file out again at ``due``, on the steady clock: a part of it may come before.

        A delivered file is asked about then; another one is sent, and nothing of it before.
        """
        self._queue.wait_until(due, number)
        self._remember(number, checkpoint)
        self.slots.release(number)
        view, delivered = self._records[number].view, checkpoint.delivered
        moved = 0 if delivered is None else delivered.size
        self._moved += moved - view.moved
        return self._change(
            number,
            TransferState.INTERRUPTED if delivered is None else TransferState.CHECKING,
            moved=moved,
            late_check=LateCheck.DUE,
            asked_again_at=self._on_the_wall(due),
        )

    def end(self, number: int, outcome: FileOutcome) -> FileView:
        """Note that a file was delivered or skipped, and keep nothing of it but sums."""
        self.slots.release(number)
        view = self._records[number].view
        self._moved += outcome.size - view.moved
        self._total += outcome.size - (view.size or 0)
        ended = self._change(
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
        self._counts.remark(ended)
        del self._records[number]
        return ended

    def fail(
        self,
        number: int,
        state: TransferState,
        problem: Problem,
        left: LeftBehind,
        checkpoint: UploadCheckpoint | None = None,
    ) -> FileView:
        """Note that a file needs attention, or was cancelled.

        ``checkpoint`` is how far its upload came, for the case that it is tried again. If nothing
        is left of it, the checkpoint is dropped: a file of that name is another's then.
        """
        self.slots.release(number)
        if left is LeftBehind.NOTHING:
            self._remember(number, None)
        elif checkpoint is not None:
            self._remember(number, checkpoint)
        return self._change(
            number,
            state,
            problem=problem,
            left_behind=left,
            late_check=LateCheck.NOT_NEEDED,
            asked_again_at=None,
        )

    @property
    def begun(self) -> int:
        """Count the files that were begun, or wait for something else than that; for any thread."""
        return self._counts.found - self._queue.not_begun

    @property
    def has_work(self) -> bool:
        """Tell whether there is something to hand out now."""
        return not self.walk.has_begun or bool(self._queue)

    @property
    def is_moving(self) -> bool:
        """Tell whether files are to be moved now, and not all wait for a person or a late part."""
        return not (self.only_waits or self.finished)

    @property
    def only_waits(self) -> bool:
        """Tell whether nothing is left to do before an answer, or before no late part can come."""
        waiting = self._queue.late + len(self.conflicts)
        return 0 < waiting == self._counts.found - self._counts.ended and not self.walk.goes_on

    def file(self, number: int) -> FileView | None:
        """Return the view of a file; ``None`` if it was delivered or skipped."""
        record = self._records.get(number)
        return None if record is None else record.view

    @property
    def count(self) -> int:
        """Count the files found; the walk remembers the names of those delivered as well."""
        return self._counts.found

    @property
    def finished(self) -> bool:
        """Tell whether every file has ended and no more can come."""
        return not self.walk.goes_on and self._counts.ended == self._counts.found

    def view(self) -> BatchView:
        """Return the view of the batch."""
        if self.finished and self._finished_at is None:
            self._finished_at = self._clock.now()
        return BatchView(
            batch=self.batch,
            direction=self._direction,
            name=self._names[0] if self._names else "",
            sources=len(self._names),
            target=self._target,
            remote_folder=self._remote_folder,
            files_total=self._counts.found,
            files_finished=self._counts.ended,
            files_delivered=self._counts[TransferState.DELIVERED],
            files_skipped=self._counts[TransferState.SKIPPED],
            files_left_out=self._counts.left_out,
            files_size_differs=self._counts.size_differs,
            files_confirmed=self._counts.confirmed,
            files_cancelled=self._counts[TransferState.CANCELLED],
            files_asked=len(self.conflicts),
            files_interrupted=self._counts[TransferState.INTERRUPTED],
            files_late=self._queue.late,
            late_until=self._on_the_wall(self._queue.late_until),
            bytes_total=self._total,
            bytes_moved=self._moved,
            bytes_per_second=0.0 if self.finished else self._speed.at(self._moved),
            walking=self.walk.goes_on,
            stopping=self.cancel.cancelled,
            finished=self.finished,
            finished_at=self._finished_at,
            problem=self.walk.problem,
            can_retry=self.can_retry,
        )

    def _on_the_wall(self, due: float | None) -> float | None:
        return None if due is None else self._clock.now() + max(0.0, due - self._clock.monotonic())

    def _change(self, number: int, state: TransferState, **changes: object) -> FileView:
        record = self._records[number]
        before = record.view
        if state is not before.state:
            if state not in MOVES[before.state]:
                raise AssertionError(f"a file cannot go from {before.state} to {state}")
            self._counts.move(before.state, state)
        record.view = msgspec.structs.replace(before, state=state, **changes)
        return record.view
