"""Works off a lane's queue: many files in flight on one channel, and what is left."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import Protocol

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
from ferrygate.engine.fetched_files import reporting
from ferrygate.engine.lane import Lane, LaneRefusedError
from ferrygate.engine.leftovers import Leftovers, UploadFailure
from ferrygate.engine.silence import errors_of
from ferrygate.engine.transfer_settings import TransferSettings
from ferrygate.engine.work_queue import Item, WorkQueue
from ferrygate.sftp.channel import SftpChannel
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.tasks import Bell, Task
from ferrygate.transfers.checkpoint import UploadCheckpoint, UploadPhase
from ferrygate.transfers.download import download
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.kept_folders import KeptFolders
from ferrygate.transfers.late_check import not_asked_again
from ferrygate.transfers.not_moved import settled
from ferrygate.transfers.outcome import Outcome
from ferrygate.transfers.remains import what_is_left
from ferrygate.transfers.replacing import ReplaceSlots
from ferrygate.transfers.route import Route
from ferrygate.transfers.upload import NotBeforeError, upload
from ferrygate.transfers.upload_claims import Claim
from ferrygate.transfers.views import Direction, TransferState
from ferrygate.transfers.window import Window

_MOST_FILES = 256  # in flight on one channel, where the server allows so many handles
_SMALL = 1 << 16  # bytes of files that are checked in no time, and come in thousands
_FINISH_SECONDS = 5.0  # for what overwrites something when it is cancelled
_ROOM_SECONDS = 0.25  # until a file is begun again, where too many are open in other lanes


class Reports(Protocol):
    """Told on the lane's thread, or another: once of the end of each file and each walk.

    There is room for another item then; ``room`` tells of it where the end comes only later.
    """

    def entered(self, job: FileJob, state: TransferState, moved: int) -> None:
        """A file entered another state."""

    def moved(self, job: FileJob, moved: int) -> None:
        """A file moved on, in the state it is in; called for every few bytes."""

    def walked(self, error: BaseException | None) -> None:
        """A walk is over."""

    def ended(self, job: FileJob, outcome: Outcome) -> None:
        """A file was delivered or skipped."""

    def failed(self, job: FileJob, error: BaseException) -> None:
        """A file was not fetched."""

    def upload_failed(self, job: FileJob, failure: UploadFailure) -> None:
        """A file was not sent."""

    def later(
        self, job: FileJob, checkpoint: UploadCheckpoint, until: float, error: BaseException | None
    ) -> None:
        """Hand a file out again at ``until``, on the steady clock, with what is known of it.

        A file that is delivered is asked about; another one is sent then. ``error`` is what ended
        the channel meanwhile.
        """

    def room(self) -> None:
        """The lane could do with more, and has no end to report."""


class _Flying(msgspec.Struct, eq=False):
    """An item under way."""

    item: Item
    checkpoint: UploadCheckpoint
    counted: bool = False  # among the open files, and those under way
    is_done: bool = False  # and well
    told: TransferState | None = None
    task: Task[None] | None = None

    @property
    def is_replacing(self) -> bool:
        """Tell whether a file that stood there is cut to nothing, and the new one is not whole."""
        job, checkpoint = self.item, self.checkpoint
        if not isinstance(job, FileJob) or not checkpoint.has_handle:
            return False
        return checkpoint.overwritten is not None or (job.replaces and not checkpoint.told)


def _begun(item: Item) -> _Flying:
    """An item as it is handed out: what is known of an upload that was cut is known from here on.

    The connection may be lost again before anything is done.
    """
    again = item.resume_from if isinstance(item, FileJob) else None
    return _Flying(item, UploadCheckpoint() if again is None else msgspec.structs.replace(again))


class Bundle:
    """The files and walks of one batch that share a lane; lives on the lane's thread."""

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
            queue: what it does.
            reports: told of it.
            settings: what transfers need to know beside the file.
            cancel: takes it back.
            slots: of the batch, for files that overwrite others.
            late_check: parts that may come late are waited for, before a file is told as delivered.
        """
        self._slots = slots
        self._late_check = late_check
        self._direction = direction
        self._queue = queue
        self._reports = reports
        self._settings = settings
        self._cancel = cancel
        self._flying: list[_Flying] = []
        self._folders = KeptFolders(settings.clock.monotonic)
        self._leftovers = Leftovers(
            settings.clock, settings.late, reports.upload_failed, object_store=settings.object_store
        )

    def work_off(self, lane: Lane) -> list[Item]:
        """Do what the queue holds until it is closed; returns what nobody has begun.

        Raises:
            LaneRefusedError: there is no channel; nothing is under way.
            Exception: what nobody foresaw; everything that was under way has been told of.
        """
        while True:
            try:
                with closing(self._folders):
                    lane.run(self._work, self._cancel)
            except ConnectionLostError as error:
                walking = any(not isinstance(one.item, FileJob) for one in self._flying)
                self._settings.load.lost(walking=walking)
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
            except Exception as error:  # nobody foresaw it, and who waits has to hear of it
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
        """Until the queue is closed, or an upload broke whose channel has to be dropped."""
        channel = files.channel
        bell = channel.bell()
        self._queue.changed = lambda: channel.call_soon(bell.ring)
        window = Window(self._settings.share, self._settings.clock, channel.bell)
        settings = self._settings
        route = Route(
            files,
            window,
            settings.limiter,
            settings.object_store,
            settings.late,
            self._slots,
            settings.listed_times,
            self._folders,
            settings.mark,
            late_check=self._late_check,
        )
        while True:
            most = min(_MOST_FILES, channel.limits.handles // 2)
            most = max(1, min(most, channel.gate.handles.most or most))
            while not self._leftovers and len(self._flying) < most:
                item = self._take()
                if item is None:
                    break
                flying = _begun(item)
                flying.counted = True
                self._flying.append(flying)
                flying.task = channel.spawn(self._one(route, flying, bell))
            if not self._flying and (self._leftovers or self._queue.closed):
                return
            try:
                await bell.wait()
            except Cancelled:
                await self._finish_replacing(channel, bell)
                raise

    async def _finish_replacing(self, channel: SftpChannel, bell: Bell) -> None:
        """Let files that have cut others to nothing come to their end, for a moment.

        What was there is lost either way, and would be replaced by a part. All else ends at once.
        """
        replacing = [one for one in self._flying if one.is_replacing]
        if not replacing:
            return
        for one in self._flying:
            if one.task is not None and not one.is_replacing:
                channel.drop_task(one.task)
        over = channel.spawn(channel.sleep(_FINISH_SECONDS))
        over.then = lambda _none: bell.ring()
        while not over.done and any(one in self._flying for one in replacing):
            await bell.wait()

    def _take(self) -> Item | None:
        """The next item, if there is one, and another may be under way."""
        first = not self._flying
        if not self._settings.open_files.take(first=first):
            return None
        if not self._settings.load.take(first=first):
            self._settings.open_files.give_back()
            return None
        item = self._queue.take()
        if item is None:
            self._settings.load.give_back()
            self._settings.open_files.give_back()
        return item

    async def _one(self, route: Route, flying: _Flying, bell: Bell) -> None:
        """One item to its end; where the channel ends first, it stays among those flying."""
        try:
            if isinstance(flying.item, FileJob):
                report = await self._move(route, flying, flying.item)
            else:
                await flying.item(route.files)
                report = partial(self._reports.walked, None)
            flying.is_done = True
        except TooManyOpenFilesError as error:
            if self._settings.open_files.has_others:  # there is room once one of them has ended
                if not self._flying[1:]:  # all that are open are other lanes'
                    with self._settings.open_files.waiting():
                        await route.files.channel.sleep(_ROOM_SECONDS)
                self._take_back(flying)
                bell.ring()
                return
            report = self._failure(flying, error)
        except Exception as error:  # noqa: BLE001  the others go on
            report = self._failure(flying, error)
        self._flying.remove(flying)
        self._end(flying, report)
        bell.ring()

    def _take_back(self, flying: _Flying) -> None:
        """Begin an item again later, with fewer files open."""
        self._settings.open_files.fewer()
        self._settings.open_files.give_back()
        self._settings.load.give_back()
        self._flying.remove(flying)
        item = flying.item
        if isinstance(item, FileJob):
            self._slots.give_back(item.number)  # or those that are under way would wait for it
            if flying.checkpoint.phase is not UploadPhase.NOT_BEGUN:
                item = msgspec.structs.replace(item, resume_from=flying.checkpoint)
        self._queue.give_back(item)

    async def _move(self, route: Route, flying: _Flying, job: FileJob) -> Callback:
        """Move a file; returns what reports its end."""

        def report(state: TransferState, moved: int) -> None:
            if state is TransferState.CHECKING and moved <= _SMALL and not route.object_store:
                return
            if state is flying.told:
                self._reports.moved(job, moved)
            else:
                flying.told = state
                self._reports.entered(job, state, moved)

        done = settled(job)
        if done is not None:
            return partial(self._reports.ended, job, done)
        if self._direction is Direction.DOWNLOAD:
            fetched = await download(route, job, report, self._settings.disk)
            return reporting(job, fetched, self._reports, self._settings)
        try:
            with closing(await self._claim(route, job)):
                outcome = await upload(route, job, report, flying.checkpoint)
        except NotBeforeError as wait:
            return partial(self._reports.later, job, flying.checkpoint, wait.until, None)
        return self._sent(job, outcome, flying.checkpoint)

    async def _claim(self, route: Route, job: FileJob) -> Claim:
        """Claim the name for this file: on this computer, or in this session (object stores)."""
        if not (job.replaces or route.object_store):
            return Claim()
        sleep = route.files.channel.sleep
        return await self._settings.claims.take(job.remote, sleep, replaces=job.replaces)

    def _sent(
        self,
        job: FileJob,
        outcome: Outcome,
        checkpoint: UploadCheckpoint,
        error: BaseException | None = None,
    ) -> Callback:
        """An upload has ended, unless a part may be put over it yet: returns what reports it."""
        until = None
        if outcome.state is TransferState.DELIVERED:
            checkpoint.confirmed(outcome)
            late = self._settings.late
            # Where another file was sent there since, that one is asked about, or nobody asks.
            if not late.has_newer(outcome.remote, outcome.sha256):
                until = late.until(outcome.remote, checkpoint.version)
        if until is None:
            return partial(self._reports.ended, job, outcome)
        if self._late_check:
            return partial(self._reports.later, job, checkpoint, until, error)
        return partial(self._reports.ended, job, not_asked_again(outcome))

    # ------------------------------------------------------------ ends

    def _end(self, flying: _Flying, report: Callback) -> None:
        """Make room for another item, then report: whoever hears of it may hand that out."""
        if flying.counted:
            self._settings.open_files.give_back()
            self._settings.load.give_back(delivered=flying.is_done)
        self._queue.done(flying.item)
        report()

    def _fail_all(self, error: Exception) -> None:
        """The channel is gone, or the work on it was taken back."""
        flying, self._flying = self._flying, []
        if not flying and not isinstance(error, Cancelled):  # or it would be begun for ever
            item = self._queue.take()
            flying = [] if item is None else [_begun(item)]
        under_way = [(one.task, not isinstance(one.item, FileJob)) for one in flying]
        for one, own_error in zip(flying, errors_of(error, under_way), strict=True):
            self._end(one, self._failure(one, own_error))

    def _failure(self, flying: _Flying, error: BaseException) -> Callback:
        """Return what reports that an item failed."""
        job, checkpoint = flying.item, flying.checkpoint
        if not isinstance(job, FileJob):
            return partial(self._reports.walked, error)
        if self._direction is Direction.DOWNLOAD:
            return partial(self._reports.failed, job, error)
        if checkpoint.delivered is not None and not isinstance(error, SizeMismatchError):
            return self._sent(job, checkpoint.delivered, checkpoint, error)
        if checkpoint.part_path is None or isinstance(error, ConnectionLostError):
            # Not cleared away: it goes on, or says what is left.
            self._leftovers.lose_handle(checkpoint)
            failure = UploadFailure(error, what_is_left(checkpoint), checkpoint)
            return partial(self._reports.upload_failed, job, failure)
        self._leftovers.add(job, checkpoint, error)
        return self._reports.room  # its end is reported once it is cleared away
