"""One batch in the queue: what it has to do, how it stands, and what people are told of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

import msgspec

from ferrygate.common import remote_path
from ferrygate.common.clock import Clock
from ferrygate.common.display import display_name
from ferrygate.common.errors import (
    Cancelled,
    ConflictError,
    ConnectionLostError,
    Kind,
    Problem,
    error_for,
    problem_of,
)
from ferrygate.common.message import message
from ferrygate.engine.growth import Tally
from ferrygate.engine.inbox import Callback
from ferrygate.engine.lane import cause_of
from ferrygate.engine.leftovers import UploadFailure
from ferrygate.engine.load import Load
from ferrygate.engine.messages import (
    BatchChanged,
    ConflictChoice,
    ConflictQuestion,
    Direction,
    Done,
    Download,
    Event,
    Failed,
    FileChanged,
    FileView,
    LeftBehind,
    TransferState,
    Upload,
)
from ferrygate.engine.report_queue import ReportQueue
from ferrygate.engine.work_queue import Item
from ferrygate.sftp.broken import ServerSlowError
from ferrygate.sftp.files import RemoteFiles
from ferrygate.transfers.batch_files import BatchFiles
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.late_check import not_asked_again
from ferrygate.transfers.outcome import Outcome
from ferrygate.transfers.plan import Planner
from ferrygate.transfers.remains import what_is_left

_TELL = 0.1  # seconds between two reports of a batch's progress
_WALK = -1  # stands for the walk among the numbers of files
_TRIES = 3  # how often a file is begun on one connection


class Surroundings:
    """Holds what batches have around them."""

    def __init__(
        self,
        emit: Callable[[Event], None],
        reports: ReportQueue,
        clock: Clock,
        doubt: Callback,
        load: Load,
        *,
        object_store: bool,
    ) -> None:
        """``doubt`` is called when a lane says that the connection was lost."""
        self.emit = emit
        self.reports = reports
        self.clock = clock
        self.doubt = doubt
        self.load = load
        self.object_store = object_store
        self.tally = Tally()


class Batch:
    """Owned by the engine's thread, but for the reports, which come from lanes."""

    def __init__(self, command: Upload | Download, around: Surroundings, changed: Callback) -> None:
        """``changed`` is called when there may be something to hand out, or nothing more."""
        direction = Direction.UPLOAD if isinstance(command, Upload) else Direction.DOWNLOAD
        self._command = command
        self._around = around
        self._changed = changed
        self._files = BatchFiles(
            command.request, direction, _names(command), _target(command), around.clock
        )
        self._planner = Planner(  # one, so that a walk begun again announces nothing twice
            lambda job: around.reports.put(lambda: self._planned(job)),
            command.on_conflict,
            new_folders_are_empty=not around.object_store,
            links=command.links,
            most_at_a_time=lambda: around.load.most,
        )
        self._told_at = around.clock.monotonic()
        self._tries: dict[int, int] = {}  # by file, on this connection
        self._taken_back = False  # by a person
        self._reason = Cancelled(
            message("Cancelled.")
        ).problem  # why it was ended early, once it was
        self.number = command.request
        self.direction = direction
        self.cancel = self._files.cancel
        self.slots = self._files.slots
        self.late_check = not isinstance(command, Upload) or command.late_check
        around.emit(BatchChanged(self._files.view()))

    # ------------------------------------------------------------ for the queue

    @property
    def is_moving(self) -> bool:
        """Tell whether files are to be moved now: it waits for no person and no late part alone."""
        return self._files.is_moving

    @property
    def has_work(self) -> bool:
        """Tell whether there is something to hand out now."""
        return self._files.has_work

    def next_item(self) -> Item:
        """The next thing to hand out: the walk first; there must be one."""
        if self._files.walk_begun:
            return self._files.next_job()
        self._files.begin_walk()
        return self._walk

    def answer(self, choice: ConflictChoice) -> None:
        """A person said what to do with names that are taken."""
        self._files.answer(choice)

    def renew(self) -> None:
        """There is another connection, or the server is asked for less at a time."""
        self._tries.clear()

    def end(self, state: TransferState, reason: Problem) -> None:
        """Hand out nothing more, and take back what is under way."""
        at_once = not self.cancel.cancelled
        if at_once:
            self._reason = reason
        self._taken_back |= at_once and state is TransferState.CANCELLED
        for job in [*self._files.stop(reason), *self._files.take_late()]:
            self._end_waiting(job, state, reason)
        if not self._files.finished:  # what is under way takes its time to end
            self._tell(at_once=at_once)

    def _end_waiting(self, job: FileJob, state: TransferState, reason: Problem) -> None:
        """A file that waits is not handed out any more.

        Where it only waits for its late check, it is told as far as it is known. By a person's
        wish it is delivered, and not asked again. Where there is no connection any more, a person
        has to look.
        """
        delivered = None if job.resume_from is None else job.resume_from.delivered
        if delivered is None:
            self._show(self._files.fail(job.number, state, reason, what_is_left(job.resume_from)))
        elif reason.kind is Kind.CANCELLED:
            self._show(self._files.end(job.number, not_asked_again(delivered)))
        else:
            self._show(self._files.fail(job.number, state, reason, LeftBehind.LATE_PART))

    def put_back(self, items: list[Item]) -> None:
        """Take back what was handed out and not begun."""
        for item in reversed(items):
            if self.cancel.cancelled:
                self.refuse([item], Cancelled())
            elif isinstance(item, FileJob):
                self._files.not_begun(item.number)
            else:
                self._files.walk_again()

    def refuse(self, items: list[Item], error: BaseException) -> None:
        """Fail what was handed out and cannot be done."""
        for item in items:
            if isinstance(item, FileJob):
                cause = self._cause(error)
                self._end_waiting(item, _state_of(cause), problem_of(cause))
            else:
                self._walk_over(error)

    def settle(self) -> bool:
        """Tell everybody, once nothing more will happen; returns whether it is so."""
        files = self._files
        if not files.finished:
            return False
        self._around.emit(BatchChanged(files.view()))
        if files.problem is None:
            self._around.emit(Done(self.number))
        else:
            self._around.emit(Failed(self.number, files.problem))
        return True

    # ------------------------------------------------------------ reports, from any thread

    def progress(self, job: FileJob, state: TransferState, moved: int) -> None:
        """A file moved on."""
        self._around.reports.put(lambda: self._moved_on(job, state, moved))

    def walked(self, error: BaseException | None) -> None:
        """The folders were walked, or not to the end."""
        self._report(lambda: self._walk_over(error))

    def ended(self, job: FileJob, outcome: Outcome) -> None:
        """A file was delivered or skipped."""
        self._report(lambda: self._delivered(job, outcome))

    def failed(self, job: FileJob, error: BaseException) -> None:
        """A file was not fetched."""
        self._report(lambda: self._not_delivered(job, error))

    def upload_failed(self, job: FileJob, failure: UploadFailure) -> None:
        """A file was not sent."""
        self._report(
            lambda: self._not_delivered(job, failure.cause, failure.left_behind, failure.checkpoint)
        )

    def later(
        self, job: FileJob, checkpoint: UploadCheckpoint, until: float, error: BaseException | None
    ) -> None:
        """A file waits for the part of a connection that was lost."""
        self._report(lambda: self._wait_late(job, checkpoint, until, error))

    def room(self) -> None:
        """A lane could do with more."""
        self._around.reports.put(self._changed)

    def _report(self, report: Callback) -> None:
        def whole() -> None:
            report()
            self._changed()

        self._around.reports.put(whole)

    # ------------------------------------------------------------ dealing with them

    async def _walk(self, files: RemoteFiles) -> None:
        command = self._command
        if isinstance(command, Upload):
            await self._planner.plan_upload(files, command.sources, command.folder, command.name)
        else:
            await self._planner.plan_download(files, command.sources, command.folder)

    def _planned(self, job: FileJob) -> None:
        self._around.tally.found += 1
        self._show(self._files.add(job))
        if self.cancel.cancelled:
            self.end(TransferState.CANCELLED, Cancelled().problem)
        self._changed()

    def _walk_over(self, error: BaseException | None) -> None:
        if isinstance(error, ConnectionLostError) and self._goes_on(_WALK, error):
            self._files.walk_again()
            return
        cause = None if error is None else self._cause(error)
        problem = None
        if cause is not None and not isinstance(cause, Cancelled):
            problem = problem_of(cause)
        self._files.walk_over(problem)

    def _moved_on(self, job: FileJob, state: TransferState, moved: int) -> None:
        before = self._files.file(job.number)
        self._around.tally.bytes += max(0, moved - before.moved)
        view = self._files.progress(job.number, state, moved)
        if before.state is state:
            self._tell()
        else:
            self._show(view)

    def _delivered(self, job: FileJob, outcome: Outcome) -> None:
        tally = self._around.tally
        tally.files += 1
        tally.bytes += max(0, outcome.size - self._files.file(job.number).moved)
        self._show(self._files.end(job.number, outcome))

    def _wait_late(
        self, job: FileJob, checkpoint: UploadCheckpoint, until: float, error: BaseException | None
    ) -> None:
        if isinstance(error, ConnectionLostError):
            self._around.doubt()
        job = msgspec.structs.replace(job, resume_from=checkpoint)
        if self.cancel.cancelled:
            self._show(self._files.wait_late(job.number, checkpoint, until))
            for late in self._files.take_late():
                self._end_waiting(late, TransferState.CANCELLED, self._reason)
        elif error is None or self._may_try_again(job.number):
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
        if isinstance(cause, ConnectionLostError) and self._goes_on(job.number, cause):
            self._show(self._files.interrupt(job.number, checkpoint))
        elif isinstance(cause, ConflictError) and self._may_ask(job):
            self._show(self._files.wait_again(job.number))
            self._ask(job)
        else:
            state, problem = _state_of(cause), problem_of(cause)
            self._show(self._files.fail(job.number, state, problem, left_behind))

    def _cause(self, error: BaseException) -> BaseException:
        cause = cause_of(error, taken_back=self._taken_back)
        if isinstance(cause, Cancelled) and self.cancel.cancelled and not self._taken_back:
            return error_for(self._reason)  # no person's wish: the connection was given up, say
        return cause

    def _goes_on(self, number: int, cause: ConnectionLostError) -> bool:
        """Tell whether a file that was cut begins again; not for ever if its channel breaks.

        Behind a server that is too slow nothing of the batch does: each try takes minutes.
        """
        if self.cancel.cancelled:
            return False
        if isinstance(cause, ServerSlowError):
            self.end(TransferState.NEEDS_ATTENTION, cause.problem)
            return False
        self._around.doubt()
        return self._may_try_again(number)

    def _may_try_again(self, number: int) -> bool:
        self._tries[number] = self._tries.get(number, 0) + 1
        return self._tries[number] < _TRIES

    def _may_ask(self, job: FileJob) -> bool:
        return job.on_conflict is ConflictChoice.ASK and not self.cancel.cancelled

    def _ask(self, job: FileJob) -> None:
        if self._files.ask():
            self._around.emit(
                ConflictQuestion(
                    batch=self.number,
                    name=display_name(remote_path.basename(job.remote)),
                    replace_is_final=self._around.object_store
                    and self.direction is Direction.UPLOAD,
                )
            )

    # ------------------------------------------------------------ telling

    def _show(self, view: FileView) -> None:
        self._around.emit(FileChanged(self.number, view))
        self._tell(at_once=self._files.only_waits_late)  # nothing else may come for minutes

    def _tell(self, *, at_once: bool = False) -> None:
        now = self._around.clock.monotonic()
        if at_once or now - self._told_at >= _TELL:
            self._told_at = now
            self._around.emit(BatchChanged(self._files.view()))


def _state_of(cause: BaseException) -> TransferState:
    if isinstance(cause, Cancelled):
        return TransferState.CANCELLED
    return TransferState.NEEDS_ATTENTION


def _names(command: Upload | Download) -> list[str]:
    """Name what is asked for, as people know it."""
    return [
        display_name(remote_path.basename(source) or b"/")
        if isinstance(source, bytes)
        else PurePath(source).name or source
        for source in command.sources
    ]


def _target(command: Upload | Download) -> str:
    if isinstance(command, Upload):
        return display_name(command.folder)
    return command.folder
