"""The queue of transfers: takes batches in, hands files to lanes, and says how they stand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

import msgspec

from ferrygate.common import remote_path
from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.errors import (
    Cancelled,
    ConflictError,
    ConnectionLostError,
    Problem,
    problem_of,
)
from ferrygate.common.i18n import _, ngettext
from ferrygate.common.names import display_name
from ferrygate.engine.inbox import Callback
from ferrygate.engine.jobs import TransferSettings, UploadFailedError, fetch_file, send_file
from ferrygate.engine.lane import Lane, LaneRefusedError
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
    TransferState,
    Upload,
)
from ferrygate.transfers.batch import Batch
from ferrygate.transfers.outcome import FileJob, Outcome
from ferrygate.transfers.plan import Planner
from ferrygate.transfers.upload import what_is_left

_TELL = 0.1  # seconds between two reports of a batch's progress
_MOST_LANES = 4
_WALK = -1  # stands for the walk among the numbers of files
_TRIES = 3  # how often a file is begun on one connection


class _QueuedBatch(msgspec.Struct):
    """A batch in the queue."""

    batch: Batch
    command: Upload | Download
    cancel: CancelToken
    planner: Planner  # one for the batch, so that a walk begun again announces nothing twice
    told_at: float
    asking: bool = False  # a person has to say what to do with taken names
    tries: dict[int, int] = msgspec.field(default_factory=dict)  # by file, on this connection


class _Throttle:
    """Lets a lane's reports through ten times a second, and at every change of state."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._state: TransferState | None = None
        self._at = 0.0

    def lets_through(self, state: TransferState) -> bool:
        now = self._clock.monotonic()
        if state is self._state and now - self._at < _TELL:
            return False
        self._state, self._at = state, now
        return True


class TransferQueue:
    """Owned by the engine's thread; lanes report back through ``post``.

    While the connection is away nothing is handed out; what was under way goes on afterwards.
    """

    def __init__(
        self,
        emit: Callable[[Event], None],
        post: Callable[[Callback], None],
        new_lane: Callable[[str], Lane],
        around: TransferSettings,
        doubt: Callback,
    ) -> None:
        """Begin; ``doubt`` is called when a lane says that the connection was lost."""
        self._emit = emit
        self._post = post
        self._new_lane = new_lane
        self._clock = around.clock
        self._around = around
        self._doubt = doubt
        self._connected = True
        self._entries: dict[int, _QueuedBatch] = {}
        self._lanes: list[Lane] = []
        self._idle: list[Lane] = []
        self._most_lanes = _MOST_LANES
        self.bytes_moved = 0  # over all batches, for ever growing
        self.files_ended = 0

    # ------------------------------------------------------------ commands

    def take(self, command: Upload | Download) -> None:
        """Begin a batch: its folders are walked on a lane, its files moved as they are found."""
        batch = Batch(
            command.request,
            Direction.UPLOAD if isinstance(command, Upload) else Direction.DOWNLOAD,
            _title(command),
            _target(command),
            self._clock,
        )
        planner = Planner(
            lambda job: self._post(lambda: self._planned(entry, job)), command.on_conflict
        )
        entry = _QueuedBatch(batch, command, CancelToken(), planner, self._clock.monotonic())
        self._entries[command.request] = entry
        self._emit(BatchChanged(batch.view()))
        self._feed()

    def answer_conflict(self, number: int, choice: ConflictChoice) -> None:
        """A person said what to do with names that are taken."""
        entry = self._entries.get(number)
        if entry is not None and entry.asking:
            entry.asking = False
            asked_back = choice is ConflictChoice.ASK  # the question would come for ever
            entry.batch.on_conflict = ConflictChoice.FAIL if asked_back else choice
            self._feed()

    def cancel(self, number: int) -> None:
        """Stop a batch, where there is one of that number."""
        entry = self._entries.get(number)
        if entry is not None:
            self._end(entry, TransferState.CANCELLED, Cancelled(_("Cancelled.")).problem)

    def _end(self, entry: _QueuedBatch, state: TransferState, reason: Problem) -> None:
        entry.cancel.cancel()
        for job in entry.batch.take_waiting():
            left = what_is_left(job.again)
            self._show(entry, entry.batch.fail(job.number, state, reason, left))
        if entry.batch.walking and entry.batch.problem is None:
            entry.batch.problem = reason  # files may be missing that nobody has seen
        if not entry.batch.planned:
            entry.batch.planned, entry.batch.walking = True, False
        entry.asking = False
        self._settle(entry)

    def hold(self) -> None:
        """Hand out nothing until :meth:`resume`."""
        self._connected = False

    def interrupt(self) -> None:
        """The connection is away: lanes let go of their channels on it."""
        self.hold()
        for lane in self._lanes:
            lane.drop_later()

    def resume(self, *, fresh: bool) -> None:
        """Go on, over a fresh connection or the one there was."""
        self._connected = True
        for entry in self._entries.values():
            if fresh:
                entry.tries.clear()
        self._feed()

    def stop(self, reason: Problem) -> None:
        """End every batch for this reason, and the lanes after what they do now."""
        for entry in list(self._entries.values()):
            self._end(entry, TransferState.NEEDS_ATTENTION, reason)
        for lane in self._lanes:
            lane.stop()

    # ------------------------------------------------------------ handing out

    def _feed(self) -> None:
        """Hand out work, oldest batch first, while there is a lane for it."""
        if not self._connected:
            return
        for entry in self._entries.values():
            while entry.batch.has_work and not entry.asking:
                lane = self._free_lane()
                if lane is None:
                    return
                if entry.batch.planned:
                    self._move(entry, lane)
                else:
                    self._plan(entry, lane)

    def _free_lane(self) -> Lane | None:
        if self._idle:
            return self._idle.pop()
        if len(self._lanes) >= self._most_lanes:
            return None
        lane = self._new_lane(f"transfer-{len(self._lanes) + 1}")
        self._lanes.append(lane)
        return lane

    def _plan(self, entry: _QueuedBatch, lane: Lane) -> None:
        entry.batch.planned = True
        command, post = entry.command, self._post

        def plan(lane: Lane) -> None:
            if isinstance(command, Upload):
                sources, folder = command.sources, command.folder
                lane.run(lambda f: entry.planner.plan_upload(f, sources, folder), entry.cancel)
            else:
                paths, local = command.sources, command.folder
                lane.run(lambda f: entry.planner.plan_download(f, paths, local), entry.cancel)

        lane.submit(
            plan,
            lambda _result: post(lambda: self._walked(entry, lane, None)),
            lambda error: post(lambda: self._walked(entry, lane, error)),
        )

    def _move(self, entry: _QueuedBatch, lane: Lane) -> None:
        job = entry.batch.next_job()
        post, upload = self._post, isinstance(entry.command, Upload)
        first = TransferState.SENDING if upload else TransferState.RECEIVING
        self._show(entry, entry.batch.progress(job.number, first, 0))
        throttle = _Throttle(self._clock)

        def report(state: TransferState, moved: int) -> None:
            if throttle.lets_through(state):
                post(lambda: self._progress(entry, job, state, moved))

        move = send_file if upload else fetch_file
        lane.submit(
            lambda lane: move(lane, job, report, entry.cancel, self._around),
            lambda outcome: post(lambda: self._moved(entry, lane, job, outcome)),
            lambda error: post(lambda: self._failed(entry, lane, job, error)),
        )

    # ------------------------------------------------------------ reports from lanes

    def _planned(self, entry: _QueuedBatch, job: FileJob) -> None:
        self._show(entry, entry.batch.add(job))
        if entry.cancel.cancelled:
            self.cancel(entry.batch.number)
        else:
            self._feed()

    def _walked(self, entry: _QueuedBatch, lane: Lane, error: BaseException | None) -> None:
        if self._refused(entry, lane, error):
            entry.batch.planned = False
        elif self._walks_on(entry, error):
            entry.batch.planned = False
            self._idle.append(lane)
        else:
            entry.batch.walking = False
            if error is not None and not isinstance(error, Cancelled):
                entry.batch.problem = problem_of(_cause(error))
            self._idle.append(lane)
        self._go_on(entry)

    def _walks_on(self, entry: _QueuedBatch, error: BaseException | None) -> bool:
        if not isinstance(error, ConnectionLostError) or entry.cancel.cancelled:
            return False
        return self._try_again(entry, _WALK)

    def _progress(
        self, entry: _QueuedBatch, job: FileJob, state: TransferState, moved: int
    ) -> None:
        before = entry.batch.file(job.number)
        self.bytes_moved += max(0, moved - before.moved)
        changed = before.state is not state
        view = entry.batch.progress(job.number, state, moved)
        if changed:
            self._show(entry, view)
        else:
            self._tell(entry)

    def _moved(self, entry: _QueuedBatch, lane: Lane, job: FileJob, outcome: Outcome) -> None:
        self.files_ended += 1
        self._show(entry, entry.batch.end(job.number, outcome))
        self._idle.append(lane)
        self._go_on(entry)

    def _failed(self, entry: _QueuedBatch, lane: Lane, job: FileJob, error: BaseException) -> None:
        if self._refused(entry, lane, error):
            self._show(entry, entry.batch.wait_again(job.number))
            self._go_on(entry)
            return
        self._idle.append(lane)
        if self._goes_on(entry, job, error):
            opened = error.opened if isinstance(error, UploadFailedError) else None
            self._show(entry, entry.batch.interrupt(job.number, opened))
        elif isinstance(_cause(error), ConflictError):
            self._taken(entry, job, _cause(error))
        else:
            self._fail(entry, job, error)
        self._go_on(entry)

    def _goes_on(self, entry: _QueuedBatch, job: FileJob, error: BaseException) -> bool:
        """Whether the file is begun again; not for ever where only its channel breaks down."""
        if not isinstance(_cause(error), ConnectionLostError) or entry.cancel.cancelled:
            return False
        return self._try_again(entry, job.number)

    def _try_again(self, entry: _QueuedBatch, number: int) -> bool:
        self._doubt()
        entry.tries[number] = entry.tries.get(number, 0) + 1
        return entry.tries[number] < _TRIES

    def _taken(self, entry: _QueuedBatch, job: FileJob, error: BaseException) -> None:
        if job.on_conflict is not ConflictChoice.ASK or entry.cancel.cancelled:
            self._fail(entry, job, error)
            return
        self._show(entry, entry.batch.wait_again(job.number))
        if entry.batch.on_conflict is None and not entry.asking:
            entry.asking = True
            self._emit(
                ConflictQuestion(
                    batch=entry.batch.number,
                    name=display_name(remote_path.basename(job.remote)),
                    replace_is_final=self._around.object_store
                    and isinstance(entry.command, Upload),
                )
            )

    def _fail(self, entry: _QueuedBatch, job: FileJob, error: BaseException) -> None:
        left = error.left if isinstance(error, UploadFailedError) else ""
        cause = _cause(error)
        state = TransferState.NEEDS_ATTENTION
        if isinstance(cause, Cancelled):
            state = TransferState.CANCELLED
        self._show(entry, entry.batch.fail(job.number, state, problem_of(cause), left))

    def _refused(self, entry: _QueuedBatch, lane: Lane, error: BaseException | None) -> bool:
        """The server grants this lane no channel: go on with fewer, if there are any."""
        if not isinstance(error, LaneRefusedError) or entry.cancel.cancelled:
            return False
        if len(self._lanes) == 1:
            return False
        self._lanes.remove(lane)
        self._most_lanes = len(self._lanes)
        lane.stop()
        return True

    # ------------------------------------------------------------ telling

    def _go_on(self, entry: _QueuedBatch) -> None:
        self._settle(entry)
        self._feed()

    def _settle(self, entry: _QueuedBatch) -> None:
        batch = entry.batch
        if not batch.finished or batch.number not in self._entries:
            return
        del self._entries[batch.number]
        self._emit(BatchChanged(batch.view()))
        if batch.problem is None:
            self._emit(Done(batch.number))
        else:
            self._emit(Failed(batch.number, batch.problem))

    def _show(self, entry: _QueuedBatch, view: FileView) -> None:
        self._emit(FileChanged(entry.batch.number, view))
        self._tell(entry)

    def _tell(self, entry: _QueuedBatch) -> None:
        now = self._clock.monotonic()
        if now - entry.told_at >= _TELL:
            entry.told_at = now
            self._emit(BatchChanged(entry.batch.view()))


def _cause(error: BaseException) -> BaseException:
    if isinstance(error, (UploadFailedError, LaneRefusedError)):
        return error.cause
    return error


def _title(command: Upload | Download) -> str:
    if len(command.sources) > 1:
        return ngettext("{count} item", "{count} items", len(command.sources)).format(
            count=len(command.sources)
        )
    (source,) = command.sources or ("",)
    if isinstance(source, bytes):
        return display_name(remote_path.basename(source) or b"/")
    return PurePath(source).name or source


def _target(command: Upload | Download) -> str:
    if isinstance(command, Upload):
        return display_name(command.folder)
    return command.folder
