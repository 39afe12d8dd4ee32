"""Follows one batch: the work it has left, the state of its files, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import (
    Cancelled,
    ConnectionLostError,
    Kind,
    Problem,
    problem_of,
)
from ferrygate.common.inbox import Callback
from ferrygate.engine.messages.transfers import (
    AnswerConflict,
    BatchChanged,
    Download,
    FileChanged,
    Upload,
)
from ferrygate.engine.queue.asked_for import source_names, target_name
from ferrygate.engine.queue.batch_context import BatchContext
from ferrygate.engine.queue.batch_question import BatchQuestion, may_ask, name_conflict
from ferrygate.engine.queue.early_end import EarlyEnd, cause_of_failure, problem_of_walk, state_of
from ferrygate.engine.queue.report_pace import ReportPace
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.server_silence import ServerSlowError
from ferrygate.transfers.batch_files import BatchFiles
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.late_check import without_late_check
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.partial_uploads import possible_remains
from ferrygate.transfers.plan import Planner
from ferrygate.transfers.reports import UploadFailure
from ferrygate.transfers.schedule.work_queue import Item
from ferrygate.transfers.views import (
    BatchId,
    Direction,
    FileView,
    LeftBehind,
    TransferState,
)

_TRIES = 3  # how often a file is begun on one connection


class Batch:
    """Owned by the engine's thread, but for the reports, which come from lanes."""

    def __init__(self, batch: BatchId, command: Upload | Download, context: BatchContext) -> None:
        direction = Direction.UPLOAD if isinstance(command, Upload) else Direction.DOWNLOAD
        self._command = command
        self._context = context
        self._files = BatchFiles(
            batch,
            direction,
            source_names(command),
            target_name(command),
            context.clock,
            context.threads,
            remote_folder=command.folder if isinstance(command, Upload) else b"",
        )
        self._planner = Planner(  # one, so that a walk begun again announces nothing twice
            context.disk,
            lambda job: self._context.reports.put(lambda: self._planned(job)),
            command.on_conflict,
            new_folders_are_empty=not context.object_store,
            links=command.links,
            max_at_a_time=lambda: self._context.concurrency.max_files,
            begun=lambda: self._files.begun,
        )
        self._question = BatchQuestion(batch, direction, self._files)
        self._pace = ReportPace(context.clock)
        # Bytes by file, as lanes have counted since it was told: an entry has one lane that writes
        # it, and each step is one for the interpreter.
        self._moved: dict[int, int] = {}
        self._early_end: EarlyEnd | None = None
        self.id = batch
        self.direction = direction
        self.slots = self._files.slots
        self.late_check = not isinstance(command, Upload) or command.late_check
        context.emit(BatchChanged(self._files.view()))

    # ------------------------------------------------------------ for the queue

    @property
    def cancel(self) -> CancelToken:
        """Return what takes back the work on it that begins now."""
        return self._files.cancel

    @property
    def is_moving(self) -> bool:
        """Tell whether files are to be moved now: it waits for no person and no late part alone."""
        return self._files.is_moving

    @property
    def has_work(self) -> bool:
        """Tell whether there is something to hand out now."""
        return self._files.has_work

    def next_item(self) -> Item:
        """Return the next thing to hand out: the walk first; there must be one."""
        if self._files.walk.has_begun:
            return self._files.next_job()
        self._files.walk.begin()
        return self._walk

    def answer(self, answer: AnswerConflict) -> None:
        """Take a person's answer about names that are taken."""
        self._files.answer(answer.question, answer.choice, answer.scope, answer.count)
        self._tell(at_once=True)

    def renew(self) -> None:
        """There is another connection, or the server is asked for less at a time."""
        self._files.renew()

    def end(self, state: TransferState, reason: Problem) -> None:
        """Hand out nothing more, and take back what is under way."""
        at_once = not self.cancel.cancelled
        if at_once:
            self._early_end = EarlyEnd(reason, is_wished=state is TransferState.CANCELLED)
        for job in [*self._files.stop(reason), *self._files.take_late()]:
            self._end_waiting(job, state, reason)
        if not self._files.finished:  # what is under way takes its time to end
            self._tell(at_once=at_once)

    def _end_waiting(self, job: FileJob, state: TransferState, reason: Problem) -> None:
        """End a file that waits.

        One that waits for its late check alone is told as delivered and not asked again, if a
        person wished it so; if there is no connection any more, a person has to look.
        """
        delivered = None if job.resume_from is None else job.resume_from.delivered
        if delivered is None:
            left = possible_remains(job.resume_from)
            self._show(self._files.fail(job.number, state, reason, left, job.resume_from))
        elif reason.kind is Kind.CANCELLED:
            self._show(self._files.end(job.number, without_late_check(delivered)))
        else:
            late = LeftBehind.LATE_PART
            self._show(self._files.fail(job.number, state, reason, late, job.resume_from))

    def put_back(self, items: list[Item]) -> None:
        """Put items back that were handed out and not begun."""
        for item in reversed(items):
            if self.cancel.cancelled:
                self.fail_items([item], Cancelled())
            elif isinstance(item, FileJob):
                self._files.not_begun(item.number)
            else:
                self._files.walk.begin_anew()

    def fail_items(self, items: list[Item], error: BaseException) -> None:
        """Fail items that were handed out and cannot be done."""
        for item in items:
            if isinstance(item, FileJob):
                cause = self._cause(error)
                self._end_waiting(item, state_of(cause), problem_of(cause))
            else:
                self._walk_over(error)

    def settle(self) -> bool:
        """Tell everybody, once nothing more will happen by itself; returns whether it is so."""
        if not self._files.finished:
            return False
        self._context.emit(BatchChanged(self._files.view()))
        return True

    # ------------------------------------------------------------ once it has ended

    @property
    def can_retry(self) -> bool:
        """Tell whether there is something to try again."""
        return self._files.can_retry

    @property
    def file_count(self) -> int:
        """Count the files that memory is kept for."""
        return self._files.count

    def retry(self, context: BatchContext) -> None:
        """Begin again what was not delivered, in what may be another session."""
        self._context = context
        self._early_end = None
        waiting = self._files.retry()
        self._tell(at_once=True)
        for view in waiting:
            self._show(view)

    def let_go(self) -> None:
        """Tell that it cannot be tried again any more."""
        self._files.is_kept = False
        self._context.emit(BatchChanged(self._files.view()))

    # ------------------------------------------------------------ reports, from any thread

    def entered(self, job: FileJob, state: TransferState, moved: int) -> None:
        """Note that a file entered another state."""
        self._moved.pop(job.number, None)
        self._context.reports.put(lambda: self._entered(job, state, moved))

    def moved(self, job: FileJob, moved: int) -> None:
        """Note that a file moved on; the engine's thread hears of it when people are to be told."""
        self._moved[job.number] = moved
        if self._pace.claim_report():
            self._context.reports.put(self._tell_progress)

    def walked(self, error: BaseException | None) -> None:
        """Note that the folders were walked, or not to the end."""
        self._report(lambda: self._walk_over(error))

    def ended(self, job: FileJob, outcome: FileOutcome) -> None:
        """Note that a file was delivered or skipped."""
        self._report_end(job, lambda: self._delivered(job, outcome))

    def failed(self, job: FileJob, error: BaseException) -> None:
        """Note that a file was not fetched."""
        self._report_end(job, lambda: self._not_delivered(job, error))

    def upload_failed(self, job: FileJob, failure: UploadFailure) -> None:
        """Note that a file was not sent."""
        cause, left, checkpoint = failure.cause, failure.left_behind, failure.checkpoint
        self._report_end(job, lambda: self._not_delivered(job, cause, left, checkpoint))

    def later(
        self, job: FileJob, checkpoint: UploadCheckpoint, until: float, error: BaseException | None
    ) -> None:
        """Note that a file waits for the part of a connection that was lost."""
        self._report_end(job, lambda: self._wait_late(job, checkpoint, until, error))

    def room(self) -> None:
        """Note that a lane could do with more, and has no end to report."""
        self._context.reports.put(lambda: self._context.changed(self.id))

    def _report_end(self, job: FileJob, report: Callback) -> None:
        self._moved.pop(job.number, None)
        self._report(report)

    def _report(self, report: Callback) -> None:
        def whole() -> None:
            report()
            self._context.changed(self.id)

        self._context.reports.put(whole)

    # ------------------------------------------------------------ dealing with them

    async def _walk(self, files: RemoteFiles) -> None:
        command = self._command
        if isinstance(command, Upload):
            await self._planner.plan_upload(files, command.sources, command.folder, command.name)
        else:
            await self._planner.plan_download(files, command.sources, command.folder)

    def _planned(self, job: FileJob) -> None:
        self._context.totals.found += 1
        self._show(self._files.add(job))
        if self.cancel.cancelled:
            self.end(TransferState.CANCELLED, Cancelled().problem)
        self._context.changed(self.id)

    def _walk_over(self, error: BaseException | None) -> None:
        if isinstance(error, ConnectionLostError) and self._goes_on(
            error, self._files.walk.count_try
        ):
            self._files.walk.begin_anew()
            return
        self._files.walk.end(problem_of_walk(error, self._early_end))
        self._tell(at_once=self._files.only_waits)  # as of a file

    def _entered(self, job: FileJob, state: TransferState, moved: int) -> None:
        self._count(job.number, moved)
        self._show(self._files.progress(job.number, state, moved))

    def _count(self, number: int, moved: int) -> None:
        file = self._files.file(number)
        self._context.totals.bytes += max(0, moved - (file.moved if file else moved))

    def _delivered(self, job: FileJob, outcome: FileOutcome) -> None:
        self._context.totals.files += 1
        self._count(job.number, outcome.size)
        self._show(self._files.end(job.number, outcome))

    def _wait_late(
        self, job: FileJob, checkpoint: UploadCheckpoint, until: float, error: BaseException | None
    ) -> None:
        if isinstance(error, ConnectionLostError):
            self._context.doubt()
        job = msgspec.structs.replace(job, resume_from=checkpoint)
        if self._early_end is not None:
            self._show(self._files.wait_late(job.number, checkpoint, until))
            for late in self._files.take_late():
                self._end_waiting(late, TransferState.CANCELLED, self._early_end.reason)
        elif error is None or self._files.count_try(job.number) < _TRIES:
            self._show(self._files.wait_late(job.number, checkpoint, until))
        else:  # or it would be asked about without an end
            self._end_waiting(job, TransferState.NEEDS_ATTENTION, problem_of(self._cause(error)))

    def _not_delivered(
        self,
        job: FileJob,
        error: BaseException,
        left_behind: LeftBehind = LeftBehind.NOTHING,
        checkpoint: UploadCheckpoint | None = None,
    ) -> None:
        cause = self._cause(error)
        if isinstance(cause, ConnectionLostError) and self._goes_on(
            cause, lambda: self._files.count_try(job.number)
        ):
            self._show(self._files.interrupt(job.number, checkpoint))
        elif not self.cancel.cancelled and may_ask(cause, self._command, job):
            self._show(self._files.meet(name_conflict(self._command, job, cause)))
        else:
            state, problem = state_of(cause), problem_of(cause)
            self._show(self._files.fail(job.number, state, problem, left_behind, checkpoint))

    def _cause(self, error: BaseException) -> BaseException:
        return cause_of_failure(error, self._early_end)

    def _goes_on(self, cause: ConnectionLostError, count: Callable[[], int]) -> bool:
        """Tell whether a file or walk that was cut begins again, as ``count`` says of its tries.

        Behind a server that is too slow nothing of the batch does: each try takes minutes.
        """
        if self.cancel.cancelled:
            return False
        if isinstance(cause, ServerSlowError):
            self.end(TransferState.NEEDS_ATTENTION, cause.problem)
            return False
        self._context.doubt()
        return count() < _TRIES

    # ------------------------------------------------------------ telling

    def _show(self, view: FileView) -> None:
        self._context.emit(FileChanged(self.id, view))
        # Where all that is left only waits, nothing else may come for minutes.
        self._tell(at_once=self._files.only_waits or self._question.is_new)

    def _tell(self, *, at_once: bool = False) -> None:
        if self._files.finished:  # its end is told once, by settle
            return
        if at_once or self._pace.is_due:
            self._take_in_moved()
            self._pace.reported()
            self._context.emit(BatchChanged(self._files.view()))
            self._question.tell(self._context.emit)

    def _tell_progress(self) -> None:
        self._pace.report_begins()  # before it is made: what is counted now comes with the next
        self._tell()

    def _take_in_moved(self) -> None:
        for number in list(self._moved):
            moved = self._moved.pop(number, None)  # a lane may have taken its own back
            file = self._files.file(number)
            if moved is not None and file is not None and not file.state.has_ended:
                self._count(number, moved)
                self._files.progress(number, file.state, moved)
