"""Works off a lane's queue: many files in flight on one channel, and what failed uploads have left.

A lane is one SFTP channel with its thread. Each file on it is a coroutine, and so is each walk, the
search of a folder. They end one by one, and each end is reported, so that the engine hands out
more. The work as a whole can end before them:

* The connection is lost: each item in flight ends with that error, and the items that were not
  begun go back to the engine.
* The channel speaks no SFTP any more: each item in flight ends with that error, and work goes on
  over a new channel.
* The work is cancelled: uploads that have cut an existing file to nothing may finish, for five
  seconds, and everything else is stopped.
* An upload fails and leaves a part of its file: nothing more is begun, what is in flight finishes,
  and the channel is dropped without CLOSE, which would publish the part on an object store
  (:mod:`ferrygate.transfers.leftovers`). Work goes on over a new channel.
* An unforeseen error ends each item in flight, and is raised.
"""

from __future__ import annotations

import logging
from contextlib import closing
from functools import partial

import msgspec

from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import (
    Cancelled,
    ConnectionLostError,
    FerrygateError,
    SizeMismatchError,
)
from ferrygate.common.inbox import Callback
from ferrygate.common.local_disk import TooManyOpenFilesError
from ferrygate.sftp.channel import SftpChannel
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.tasks import AutoResetEvent
from ferrygate.transfers.checkpoint import UploadCheckpoint, UploadPhase
from ferrygate.transfers.download import download
from ferrygate.transfers.fetched_files import flush_then_report
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.item_in_flight import ItemInFlight
from ferrygate.transfers.kept_folders import KeptFolders
from ferrygate.transfers.late_check import without_late_check
from ferrygate.transfers.leftovers import Leftovers
from ferrygate.transfers.not_moved import outcome_without_moving
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.partial_uploads import possible_remains
from ferrygate.transfers.replacing import ReplaceSlots
from ferrygate.transfers.reports import Reports, UploadFailure
from ferrygate.transfers.schedule.in_flight_window import InFlightWindow
from ferrygate.transfers.schedule.lane import Lane, LaneRefusedError
from ferrygate.transfers.schedule.work_queue import Item, WorkQueue
from ferrygate.transfers.silence import errors_of
from ferrygate.transfers.transfer_channel import TransferChannel
from ferrygate.transfers.transfer_settings import TransferSettings
from ferrygate.transfers.upload import NotBeforeError, upload
from ferrygate.transfers.upload_claims import Claim
from ferrygate.transfers.views import Direction, TransferState

_LOG = logging.getLogger(__name__)

_MAX_FILES = 256  # in flight on one channel, if half of the server's handles are as many
_SMALL_BYTES = 1 << 16  # files up to that are checked too soon for CHECKING to be reported
_FINISH_SECONDS = 5.0  # that uploads over existing files may take after a cancel
_ROOM_SECONDS = 0.25  # before a file is begun again, if other lanes have too many open


class LaneWorker:
    """Moves the files and does the walks of one batch on one lane; runs on the lane's thread."""

    def __init__(
        self,
        direction: Direction,
        queue: WorkQueue,
        reports: Reports,
        settings: TransferSettings,
        cancel: CancelToken,
        *,
        slots: ReplaceSlots,
        late_check: bool,
    ) -> None:
        """Begin with nothing under way.

        Args:
            direction: which way its files go.
            queue: the files and walks.
            reports: told of their states and ends.
            settings: shared by all transfers of the session.
            cancel: ends all of them.
            slots: of the batch, for files that overwrite others.
            late_check: report a file as delivered only when no late part of it can come any more.
        """
        self._slots = slots
        self._late_check = late_check
        self._direction = direction
        self._queue = queue
        self._reports = reports
        self._settings = settings
        self._cancel = cancel
        self._in_flight: list[ItemInFlight] = []
        self._folders = KeptFolders(settings.disk, settings.clock.monotonic)
        self._leftovers = Leftovers(
            settings.clock,
            settings.threads,
            settings.late,
            reports.upload_failed,
            object_store=settings.object_store,
        )

    def work_off(self, lane: Lane) -> list[Item]:
        """Work until the queue is closed and empty, or until the connection or the work ends.

        Returns the items that are still in the queue.

        Raises:
            LaneRefusedError: the server grants no channel; nothing is under way.
            Exception: an unforeseen error; the end of all that was under way has been reported.
        """
        while True:
            try:
                with closing(self._folders):
                    lane.run(self._work, self._cancel)
            except ConnectionLostError as error:
                walking = any(not isinstance(one.item, FileJob) for one in self._in_flight)
                self._settings.concurrency.note_loss(walking=walking)
                lane.drop()  # before another lane goes on: no upload has two handles
                self._fail_all(error)
                break
            except Cancelled as error:
                self._fail_all(error)
                break
            except FerrygateError as error:  # the channel speaks no SFTP any more
                self._fail_all(error)
            except LaneRefusedError:
                raise
            except Exception as error:  # unforeseen; whatever waits for the items is told
                self._fail_all(error)
                lane.drop()
                self._leftovers.clear_away(lane)
                raise
            self._leftovers.clear_away(lane)
            if self._queue.closed and not self._queue.files:
                break
        self._leftovers.clear_away(lane)
        return self._queue.take_all()

    # ------------------------------------------------------------ on the channel

    async def _work(self, files: RemoteFiles) -> None:
        """Move files until the queue is closed, or a broken upload's channel is to be dropped."""
        sftp = files.channel
        changed = sftp.new_event()
        self._queue.changed = lambda: sftp.call_soon(changed.set)
        window = InFlightWindow(self._settings.line_estimator, self._settings.clock, sftp.new_event)
        settings = self._settings
        channel = TransferChannel(
            files,
            settings.disk,
            window,
            settings.limiter,
            settings.object_store,
            settings.late,
            self._slots,
            settings.listed_times,
            self._folders,
            settings.mark,
            settings.new_part_name,
            late_check=self._late_check,
        )
        _LOG.debug("the server's limits, in bytes and files: %s", tuple(sftp.limits))
        while True:
            max_files = min(_MAX_FILES, sftp.limits.handles // 2)
            max_files = max(1, min(max_files, sftp.gate.handles.max_open or max_files))
            while not self._leftovers and len(self._in_flight) < max_files:
                item = self._take()
                if item is None:
                    break
                in_flight = ItemInFlight.of(item)
                in_flight.is_counted = True
                self._in_flight.append(in_flight)
                in_flight.task = sftp.spawn(self._one(channel, in_flight, changed))
            if not self._in_flight and (self._leftovers or self._queue.closed):
                return
            try:
                await changed.wait()
            except Cancelled:
                await self._finish_replacing(sftp, changed)
                raise

    async def _finish_replacing(self, sftp: SftpChannel, changed: AutoResetEvent) -> None:
        """Let uploads that have cut existing files to nothing finish, for five seconds.

        Those files are lost either way; stopped, their uploads would leave parts in their place.
        Everything else is stopped now, though requests that are queued may still leave.
        """
        replacing = [one for one in self._in_flight if one.is_replacing]
        if not replacing:
            return
        for one in self._in_flight:
            if one.task is not None and not one.is_replacing:
                sftp.drop_task(one.task)
        deadline = sftp.spawn(sftp.sleep(_FINISH_SECONDS))
        deadline.then = lambda _none: changed.set()
        while not deadline.done and any(one in self._in_flight for one in replacing):
            await changed.wait()

    def _take(self) -> Item | None:
        """Take the next item, if the budgets let another one begin. A lane's first always may."""
        first = not self._in_flight
        if not self._settings.open_files.acquire(first=first):
            return None
        if not self._settings.concurrency.acquire(first=first):
            self._settings.open_files.release()
            return None
        item = self._queue.take()
        if item is None:
            self._settings.concurrency.release()
            self._settings.open_files.release()
        return item

    async def _one(
        self, channel: TransferChannel, in_flight: ItemInFlight, changed: AutoResetEvent
    ) -> None:
        """Move one item to its end. If it is stopped before, :meth:`_fail_all` ends the item."""
        try:
            if isinstance(in_flight.item, FileJob):
                report = await self._move(channel, in_flight, in_flight.item)
            else:
                await in_flight.item(channel.files)
                report = partial(self._reports.walked, None)
            in_flight.is_done = True
        except TooManyOpenFilesError as error:
            if self._settings.open_files.has_others:  # there is room once one of them has ended
                if not self._in_flight[1:]:  # all that are open are other lanes'
                    with self._settings.open_files.waiting():
                        await channel.sftp.sleep(_ROOM_SECONDS)
                self._take_back(in_flight)
                changed.set()
                return
            report = self._failure(in_flight, error)
        except Exception as error:  # noqa: BLE001  the others go on
            report = self._failure(in_flight, error)
        self._in_flight.remove(in_flight)
        self._end(in_flight, report)
        changed.set()

    def _take_back(self, in_flight: ItemInFlight) -> None:
        """Put an item back into the queue, as far as it came, and let fewer files be open."""
        self._settings.open_files.fewer()
        self._settings.open_files.release()
        self._settings.concurrency.release()
        self._in_flight.remove(in_flight)
        item = in_flight.item
        if isinstance(item, FileJob):
            self._slots.release(item.number)  # else uploads under way would wait for its slot
            if in_flight.checkpoint.phase is not UploadPhase.NOT_BEGUN:
                item = msgspec.structs.replace(item, resume_from=in_flight.checkpoint)
        self._queue.put_back(item)

    async def _move(
        self, channel: TransferChannel, in_flight: ItemInFlight, job: FileJob
    ) -> Callback:
        """Move a file; return the callback that reports its end."""

        def report(state: TransferState, moved: int) -> None:
            if (
                state is TransferState.CHECKING
                and moved <= _SMALL_BYTES
                and not channel.object_store
            ):
                return
            if state is in_flight.reported:
                self._reports.moved(job, moved)
            else:
                in_flight.reported = state
                self._reports.entered(job, state, moved)

        done = outcome_without_moving(job)
        if done is not None:
            return partial(self._reports.ended, job, done)
        if self._direction is Direction.DOWNLOAD:
            fetched = await download(channel, job, report, self._settings.flusher)
            return flush_then_report(job, fetched, self._reports, self._settings)
        try:
            with closing(await self._claim(channel, job)):
                outcome = await upload(channel, job, report, in_flight.checkpoint)
        except NotBeforeError as wait:
            return partial(self._reports.later, job, in_flight.checkpoint, wait.until, None)
        return self._sent(job, outcome, in_flight.checkpoint)

    async def _claim(self, channel: TransferChannel, job: FileJob) -> Claim:
        """Claim the name: on this computer to replace a file, in this session on object stores."""
        if not (job.replaces or channel.object_store):
            return Claim()
        sleep = channel.sftp.sleep
        return await self._settings.claims.acquire(job.remote, sleep, replaces=job.replaces)

    def _sent(
        self,
        job: FileJob,
        outcome: FileOutcome,
        checkpoint: UploadCheckpoint,
        error: BaseException | None = None,
    ) -> Callback:
        """Return the callback that reports a sent file as ended, or as to be checked later."""
        until = None
        if outcome.state is TransferState.DELIVERED:
            checkpoint.confirmed(outcome)
            late = self._settings.late
            # If another file was sent to that path since, only that one is checked.
            if not late.has_newer(outcome.remote, outcome.sha256):
                until = late.until(outcome.remote, checkpoint.version)
        if until is None:
            return partial(self._reports.ended, job, outcome)
        if self._late_check:
            return partial(self._reports.later, job, checkpoint, until, error)
        return partial(self._reports.ended, job, without_late_check(outcome))

    # ------------------------------------------------------------ ends

    def _end(self, in_flight: ItemInFlight, report: Callback) -> None:
        """Make room for another item, then report: the engine may hand one out in the report."""
        if in_flight.is_counted:
            self._settings.open_files.release()
            self._settings.concurrency.release(delivered=in_flight.is_done)
        self._queue.done(in_flight.item)
        report()

    def _fail_all(self, error: Exception) -> None:
        """End all items in flight: the channel is gone, or the work on it was cancelled.

        A channel that ended with none in flight fails the next item, or it would be tried for ever.
        """
        in_flight, self._in_flight = self._in_flight, []
        if not in_flight and not isinstance(error, Cancelled):
            item = self._queue.take()
            in_flight = [] if item is None else [ItemInFlight.of(item)]
        under_way = [(one.task, not isinstance(one.item, FileJob)) for one in in_flight]
        for one, own_error in zip(in_flight, errors_of(error, under_way), strict=True):
            self._end(one, self._failure(one, own_error))

    def _failure(self, in_flight: ItemInFlight, error: BaseException) -> Callback:
        """Return the callback that reports a failed item."""
        job, checkpoint = in_flight.item, in_flight.checkpoint
        if not isinstance(job, FileJob):
            return partial(self._reports.walked, error)
        if self._direction is Direction.DOWNLOAD:
            return partial(self._reports.failed, job, error)
        if checkpoint.delivered is not None and not isinstance(error, SizeMismatchError):
            return self._sent(job, checkpoint.delivered, checkpoint, error)
        if checkpoint.part_path is None or isinstance(error, ConnectionLostError):
            # Nothing to clear away here: the engine resumes it, or tells what may be left.
            self._leftovers.lose_handle(checkpoint)
            failure = UploadFailure(error, possible_remains(checkpoint), checkpoint)
            return partial(self._reports.upload_failed, job, failure)
        self._leftovers.add(job, checkpoint, error)
        return self._reports.room  # its end is reported once its part is cleared away
