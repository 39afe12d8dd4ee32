"""What a lane does with its queue: many files in flight on one channel, and what is left."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import msgspec

from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import (
    Cancelled,
    ConnectionLostError,
    FerrygateError,
    LocalFileError,
    SizeMismatchError,
    TooManyOpenFilesError,
)
from ferrygate.engine.lane import Lane, LaneRefusedError
from ferrygate.engine.transfer_settings import TransferSettings
from ferrygate.engine.work_queue import Item, Walk, WorkQueue
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.tasks import Bell
from ferrygate.transfers.download import download
from ferrygate.transfers.late_check import not_asked_again
from ferrygate.transfers.local_folder import LocalFile, LocalFolder
from ferrygate.transfers.not_moved import settled
from ferrygate.transfers.outcome import FileJob, Opened, Outcome
from ferrygate.transfers.remains import clear_away, part_left, what_is_left
from ferrygate.transfers.route import Route
from ferrygate.transfers.upload import NotBeforeError, upload
from ferrygate.transfers.views import Direction, TransferState
from ferrygate.transfers.window import Window

_MOST_FILES = 256  # in flight on one channel, where the server allows so many handles
_LOOKS = 10  # how often the part of a broken upload is looked for
_BETWEEN_LOOKS = 0.2  # seconds
_TELL = 0.1  # seconds between two reports of a file's progress


class UploadFailedError(Exception):
    """The failure of an upload, with what it left on the server, and how far it came."""

    def __init__(self, cause: BaseException, left: str, opened: Opened) -> None:
        super().__init__()
        self.cause = cause
        self.left = left
        self.opened = opened


class Reports(Protocol):
    """Told on the lane's thread, or another: once ``ended`` or ``failed`` of each file."""

    def progress(self, job: FileJob, state: TransferState, moved: int) -> None:
        """A file moved on."""

    def walked(self, error: BaseException | None) -> None:
        """A walk is over."""

    def ended(self, job: FileJob, outcome: Outcome) -> None:
        """A file was delivered or skipped."""

    def failed(self, job: FileJob, error: BaseException) -> None:
        """A file was not; an upload's error is an :class:`UploadFailedError`."""

    def later(
        self, job: FileJob, opened: Opened, until: float, error: BaseException | None
    ) -> None:
        """It is to be handed out again then, on the steady clock, with what is known of it.

        A file that is delivered is asked about; another one is sent then. ``error`` is what ended
        the channel meanwhile.
        """

    def room(self) -> None:
        """The lane could do with more."""


class _Flying(msgspec.Struct, eq=False):
    """An item under way."""

    item: Item
    opened: Opened
    counted: bool = False  # among the open files, and those under way
    is_done: bool = False  # and well
    told: TransferState | None = None
    told_at: float = 0.0


def _begun(item: Item) -> _Flying:
    """An item as it is handed out: what is known of an upload that was cut is known from here on.

    The connection may be lost again before anything is done.
    """
    again = item.again if isinstance(item, FileJob) else None
    return _Flying(item, Opened() if again is None else msgspec.structs.replace(again))


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
        late_check: bool,
    ) -> None:
        """``late_check`` waits for parts that may come late before a file is told as delivered."""
        self._late_check = late_check
        self._direction = direction
        self._queue = queue
        self._reports = reports
        self._settings = settings
        self._cancel = cancel
        self._flying: list[_Flying] = []
        self._broken: list[tuple[_Flying, BaseException]] = []

    def work_off(self, lane: Lane) -> list[Item]:
        """Do what the queue holds until it is closed; returns what nobody has begun.

        Raises:
            LaneRefusedError: there is no channel; nothing is under way.
            Exception: what nobody foresaw; everything that was under way has been told of.
        """
        while True:
            try:
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
                self._clear_away(lane)
                raise
            self._clear_away(lane)
            if self._queue.closed and not self._queue.files:
                break
        self._clear_away(lane)
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
            late_check=self._late_check,
        )
        while True:
            most = min(_MOST_FILES, channel.limits.handles // 2)
            most = max(1, min(most, channel.gate.handles.most or most))
            while not self._broken and len(self._flying) < most:
                item = self._take()
                if item is None:
                    break
                flying = _begun(item)
                flying.counted = True
                self._flying.append(flying)
                _task = channel.spawn(self._one(route, flying, bell))
            if not self._flying and (self._broken or self._queue.closed):
                return
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
                await self._move(route, flying, flying.item)
            else:
                await self._walk(route.files, flying.item)
            flying.is_done = True
        except TooManyOpenFilesError as error:
            if self._flying[1:]:  # there is room for it once one of the others has ended
                self._take_back(flying)
                bell.ring()
                return
            self._fail(flying, error)
        except Exception as error:  # noqa: BLE001  the others go on
            self._fail(flying, error)
        self._flying.remove(flying)
        self._end(flying)
        bell.ring()

    def _take_back(self, flying: _Flying) -> None:
        """Begin an item again later, with fewer files open."""
        self._settings.open_files.fewer()
        self._settings.open_files.give_back()
        self._settings.load.give_back()
        self._flying.remove(flying)
        self._queue.give_back(flying.item)

    async def _walk(self, files: RemoteFiles, walk: Walk) -> None:
        await walk(files)
        self._reports.walked(None)

    async def _move(self, route: Route, flying: _Flying, job: FileJob) -> None:
        def report(state: TransferState, moved: int) -> None:
            now = self._settings.clock.monotonic()
            if state is not flying.told or now - flying.told_at >= _TELL:
                flying.told, flying.told_at = state, now
                self._reports.progress(job, state, moved)

        done = settled(job)
        if done is not None:
            self._reports.ended(job, done)
        elif self._direction is Direction.UPLOAD:
            try:
                outcome = await upload(route, job, report, flying.opened)
            except NotBeforeError as wait:
                self._reports.later(job, flying.opened, wait.until, None)
            else:
                self._sent(job, outcome, flying.opened)
        else:
            self._keep(job, await download(route, job, report, self._settings.disk))

    def _sent(
        self, job: FileJob, outcome: Outcome, opened: Opened, error: BaseException | None = None
    ) -> None:
        """An upload has ended, unless a part may be put over it yet."""
        until = None
        if outcome.state is TransferState.DELIVERED:
            opened.delivered = outcome
            until = self._settings.late.until(outcome.remote, opened.version)
        if until is None:
            self._reports.ended(job, outcome)
        elif self._late_check:
            self._reports.later(job, opened, until, error)
        else:
            self._reports.ended(job, not_asked_again(outcome))

    def _keep(self, job: FileJob, outcome: Outcome) -> None:
        if outcome.state is not TransferState.DELIVERED:
            self._reports.ended(job, outcome)
            return

        def flushed(error: LocalFileError | None) -> None:
            if error is None:
                self._reports.ended(job, outcome)
            else:
                self._reports.failed(job, error)

        folder = LocalFolder.holding(job.root, outcome.local)
        self._settings.disk.flush(LocalFile(folder, Path(outcome.local).name), flushed)

    # ------------------------------------------------------------ ends

    def _end(self, flying: _Flying) -> None:
        if flying.counted:
            self._settings.open_files.give_back()
            self._settings.load.give_back(delivered=flying.is_done)
        self._queue.done(flying.item)
        self._reports.room()

    def _fail_all(self, error: Exception) -> None:
        """The channel is gone, or the work on it was taken back."""
        flying, self._flying = self._flying, []
        if not flying and not isinstance(error, Cancelled):  # or it would be begun for ever
            item = self._queue.take()
            flying = [] if item is None else [_begun(item)]
        for one in flying:
            self._fail(one, error)
            self._end(one)

    def _fail(self, flying: _Flying, error: BaseException) -> None:
        job, opened = flying.item, flying.opened
        if not isinstance(job, FileJob):
            self._reports.walked(error)
        elif self._direction is Direction.DOWNLOAD:
            self._reports.failed(job, error)
        elif opened.delivered is not None and not isinstance(error, SizeMismatchError):
            self._sent(job, opened.delivered, opened, error)
        elif opened.path is None or isinstance(error, ConnectionLostError):
            # Not cleared away: it goes on, or says what is left.
            self._lose_handle(opened)
            self._reports.failed(job, UploadFailedError(error, what_is_left(opened), opened))
        else:
            self._broken.append((flying, error))

    def _lose_handle(self, opened: Opened) -> None:
        """The server may hold an upload's handle after the end of its channel, and publish it."""
        late = self._settings.late
        handle = opened.lose_handle(late.now() + late.seconds)
        if handle is not None and opened.path is not None and self._settings.object_store:
            late.lost(opened.path, handle)

    def _may_come(self, opened: Opened) -> str:
        """A phrase about a part that a lost connection may still bring; empty where none can."""
        path, late = opened.path, self._settings.late
        until = None if path is None else late.until(path)
        return part_left() if until is not None and until > late.now() else ""

    def _clear_away(self, lane: Lane) -> None:
        """The channel is dropped without CLOSE, which would publish; then the parts are removed.

        An object store shows a part once it has noticed the channel's end: all are asked for again.
        """
        broken, self._broken = self._broken, []
        if not broken:
            return
        lane.drop()
        left: dict[int, str] = {}
        unseen = ""
        for _ in range(_LOOKS):
            missing = [number for number in range(len(broken)) if number not in left]
            try:
                left |= self._look(lane, {number: broken[number][0].opened for number in missing})
            except LaneRefusedError:  # to some servers the dropped channel counts for a moment yet
                unseen = part_left()
            else:
                unseen = ""
                if len(left) == len(broken) or not self._settings.object_store:
                    break
            self._settings.clock.wait(CancelToken().event, _BETWEEN_LOOKS)
        for number, (flying, error) in enumerate(broken):
            assert isinstance(flying.item, FileJob)  # noqa: S101  an upload
            if not lane.let_go_cleanly:
                self._lose_handle(flying.opened)
            rest = left.get(number, unseen) or self._may_come(flying.opened)
            failure = UploadFailedError(error, rest, flying.opened)
            self._reports.failed(flying.item, failure)

    def _look(self, lane: Lane, parts: dict[int, Opened]) -> dict[int, str]:
        """What is left of those parts that were found, and of all if nobody can look.

        Raises:
            LaneRefusedError: there is no channel at the moment.
        """

        async def look(files: RemoteFiles) -> dict[int, str]:
            looks = {
                number: files.channel.spawn(
                    clear_away(files, part, object_store=self._settings.object_store)
                )
                for number, part in parts.items()
            }
            found = {number: await looked for number, looked in looks.items()}
            return {number: left for number, left in found.items() if left is not None}

        try:
            return lane.run(look, CancelToken())
        except FerrygateError:
            return dict.fromkeys(parts, part_left())
