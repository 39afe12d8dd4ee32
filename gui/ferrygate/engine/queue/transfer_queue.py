"""Takes batches of uploads and downloads, hands their work to lanes, and tells how they go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ferrygate.common.errors import Cancelled, Problem, UsageError
from ferrygate.common.inbox import Callback
from ferrygate.common.message import message
from ferrygate.engine.messages.event import Event
from ferrygate.engine.messages.transfers import (
    AnswerConflict,
    BatchStarted,
    CancelBatch,
    Download,
    LimitRate,
    RetryBatch,
    TransferCommand,
    Upload,
)
from ferrygate.engine.queue.batch import Batch
from ferrygate.engine.queue.batch_context import BatchContext
from ferrygate.engine.queue.ended_batches import EndedBatches
from ferrygate.engine.queue.report_queue import ReportQueue
from ferrygate.engine.reply import Answered, Reply
from ferrygate.transfers.lane_worker import LaneWorker
from ferrygate.transfers.schedule.lane import Lane, LaneRefusedError
from ferrygate.transfers.schedule.lane_pool import Assignment, LanePool
from ferrygate.transfers.schedule.lane_scaling import TransferTotals
from ferrygate.transfers.schedule.rate_limiter import RateLimiter
from ferrygate.transfers.schedule.work_queue import Item
from ferrygate.transfers.transfer_settings import TransferSettings
from ferrygate.transfers.views import BatchId, TransferState


class TransferQueue:
    """Hands out the work of all batches. Owned by the engine's thread; lanes report by ``post``.

    While the connection is away nothing is handed out; what was under way goes on afterwards.
    """

    def __init__(
        self,
        emit: Callable[[Event], None],
        post: Callable[[Callback], object],
        new_lane: Callable[[str], Lane],
        settings: TransferSettings,
        doubt: Callback,
        *,
        new_id: Callable[[], BatchId],
        ended: EndedBatches,
    ) -> None:
        """Begin with nothing to do.

        Args:
            emit: told of every event.
            post: has something done on the engine's thread.
            new_lane: makes a lane of that name.
            settings: what transfers need to know beside the file.
            doubt: called when a lane says that the connection was lost.
            new_id: names a batch, as no other is named.
            ended: keeps batches that have ended, of the sessions before this one too.
        """
        self._emit = emit
        self._new_id = new_id
        self._ended = ended
        self._reports = ReportQueue(post)
        self._settings = settings
        self._context = BatchContext(emit, self._reports, settings, doubt, self._go_on)
        self._connected = True
        self._batches: dict[BatchId, Batch] = {}
        self._lanes = LanePool(
            new_lane, settings.line_estimator, settings.clock, self.totals, settings.concurrency
        )

    @property
    def totals(self) -> TransferTotals:
        """Return what was done so far, over all batches."""
        return self._context.totals

    @property
    def is_moving(self) -> bool:
        """Tell whether files are to be moved now, in any batch."""
        return any(batch.is_moving for batch in self._batches.values())

    # ------------------------------------------------------------ commands

    def take(self, command: Upload | Download) -> None:
        """Begin a batch: its folders are walked on a lane, its files moved as they are found."""
        name = self._new_id()
        self._emit(BatchStarted(command.request, name))
        self._begin(Batch(name, command, self._context))

    def retry(self, name: BatchId) -> None:
        """Begin again what a batch did not deliver.

        Raises:
            UsageError: it is not kept.
        """
        batch = self._ended.take(name)
        if batch is None:
            raise UsageError(
                message("This transfer cannot be tried again."), next_step=message("Start it anew.")
            )
        batch.retry(self._context)
        self._begin(batch)

    def _begin(self, batch: Batch) -> None:
        if not self._batches:
            self._lanes.begin()
        self._batches[batch.id] = batch
        self._feed()

    def answer_conflict(self, answer: AnswerConflict) -> None:
        """Do what a person said about names that are taken."""
        if answer.batch in self._batches:
            self._batches[answer.batch].answer(answer)
            self._lanes.begin()
            self._feed()

    def cancel(self, name: BatchId) -> None:
        """Stop a batch, where it is under way."""
        if name in self._batches:
            self._end(self._batches[name], TransferState.CANCELLED, Cancelled().problem)

    def _end(self, batch: Batch, state: TransferState, reason: Problem) -> None:
        batch.end(state, reason)
        self._close_idle(batch)
        self._settle(batch.id)

    def hold(self) -> None:
        """Hand out nothing until :meth:`resume`."""
        self._connected = False

    def interrupt(self) -> None:
        """Hand out nothing, and let go of the lanes' channels: the connection was lost."""
        self.hold()
        self._lanes.drop_channels()

    def resume(self, *, fresh: bool) -> None:
        """Go on, over a fresh connection or the one there was."""
        self._connected = True
        self._settings.late.connected()
        fewer = self._settings.concurrency.renew()
        if fresh:
            self._lanes.renew()
        if fresh or fewer:  # what was cut is worth trying again
            for batch in self._batches.values():
                batch.renew()
        self._feed()

    def stop(self, reason: Problem) -> None:
        """End every batch for this reason, and the lanes after what they do now."""
        for batch in list(self._batches.values()):
            self._end(batch, TransferState.NEEDS_ATTENTION, reason)
        self._lanes.stop()

    def look(self) -> None:
        """Hand out work that waits, called now and then: another lane may be worth it by now."""
        if any(batch.has_work for batch in self._batches.values()):
            self._feed()

    # ------------------------------------------------------------ handing out

    def _feed(self) -> None:
        """Hand out work while lanes have room for it.

        Batches without a lane come first, then those with one; among equals the oldest. Otherwise a
        small file would wait for the end of a large folder that was asked for before it.
        """
        batches = list(self._batches.values())
        if len(batches) > 1:
            batches.sort(key=self._has_lane)
        for batch in batches:
            while self._connected and batch.has_work:
                assignment = self._lanes.with_room(batch.id)
                if assignment is not None:
                    assignment.queue.put(batch.next_item())
                    continue
                assignment = self._lanes.another(batch.id, batch.direction)
                if assignment is None:
                    break
                assignment.queue.put(batch.next_item())
                self._set_to_work(batch, assignment)
            self._close_idle(batch)

    def _has_lane(self, batch: Batch) -> bool:
        return any(self._lanes.of(batch.id))

    def _set_to_work(self, batch: Batch, assignment: Assignment) -> None:
        worker = LaneWorker(
            batch.direction,
            assignment.queue,
            batch,
            self._settings,
            batch.cancel,
            slots=batch.slots,
            late_check=batch.late_check,
        )
        put = self._reports.put
        assignment.lane.submit(
            worker.work_off,
            lambda left: put(lambda: self._over(batch, assignment, left)),
            lambda error: put(lambda: self._lane_failed(batch, assignment, error)),
        )

    def _close_idle(self, batch: Batch) -> None:
        """Let lanes go that have worked off what they had."""
        for assignment in self._lanes.of(batch.id):
            if not assignment.queue.files and not assignment.queue.closed:
                assignment.queue.close()

    def _over(self, batch: Batch, assignment: Assignment, left: list[Item]) -> None:
        """Take back a lane that has worked off its queue, or has given up with something left.

        It may have been given more in the moment between.
        """
        self._lanes.release(assignment)
        batch.put_back([*left, *assignment.queue.take_all()])
        self._go_on(batch.id)

    def _lane_failed(self, batch: Batch, assignment: Assignment, error: BaseException) -> None:
        """Go on with fewer lanes, if there are any: the server grants this one no channel."""
        left = assignment.queue.take_all()
        if not isinstance(error, LaneRefusedError):  # unforeseen: the lane can do more
            self._lanes.release(assignment)
            batch.fail_items(left, error)
        elif self._lanes.refused(assignment):
            batch.put_back(left)
        else:
            batch.fail_items(left, error)
        self._go_on(batch.id)

    def _go_on(self, name: BatchId) -> None:
        self._settle(name)
        self._feed()

    def _settle(self, name: BatchId) -> None:
        batch = self._batches.get(name)
        if batch is not None and batch.settle():
            del self._batches[batch.id]
            self._close_idle(batch)
            self._ended.keep(batch)


class QueueingSession(Protocol):
    """Describes a session as far as transfers are concerned."""

    @property
    def queue(self) -> TransferQueue:
        """Return its queue."""
        ...


class TransferCommands:
    """Hands commands to the queue of the session that there is. Owned by the engine's thread."""

    def __init__(
        self,
        session: Callable[[], QueueingSession | None],
        required: Callable[[], QueueingSession],
        limiter: RateLimiter,
    ) -> None:
        """Take what is needed.

        Args:
            session: gives the session, if there is one.
            required: gives the session; raises where there is none.
            limiter: limits the rate of all sessions.
        """
        self._session = session
        self._required = required
        self._limiter = limiter

    def obey(self, command: TransferCommand) -> Reply:
        """Carry out a command.

        Raises:
            FerrygateError: there is no session, or what is asked makes no sense.
        """
        match command:
            case Upload() | Download():
                self._required().queue.take(command)
                return Answered.BY_BATCH_STARTED
            case RetryBatch():
                self._required().queue.retry(command.batch)
            case LimitRate():
                self._limit(command.bytes_per_second)
            case AnswerConflict() | CancelBatch():
                self._tell_queue(command)
        return None

    def _tell_queue(self, command: AnswerConflict | CancelBatch) -> None:
        session = self._session()
        if session is None:  # the batch has ended with it
            return
        if isinstance(command, AnswerConflict):
            session.queue.answer_conflict(command)
        else:
            session.queue.cancel(command.batch)

    def _limit(self, bytes_per_second: int | None) -> None:
        if bytes_per_second is not None and bytes_per_second < 1:
            raise UsageError(message("A rate is at least one byte a second."))
        self._limiter.limit(bytes_per_second)
