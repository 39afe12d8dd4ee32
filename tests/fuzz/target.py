"""Runs a client against a server that follows a fuzzer's bytes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Coroutine
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from ferrygate.common.cancel import CancelToken
from ferrygate.common.disk import OpenFile
from ferrygate.common.errors import FerrygateError
from ferrygate.common.system_disk import SystemDisk
from ferrygate.common.threads import SystemThreads
from ferrygate.sftp.channel import SftpChannel
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.open_handles import OpenHandles
from ferrygate.sftp.packet_reader import PacketReader
from ferrygate.sftp.wire import BadPacketError, parse_reply, parse_version
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.download import download
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.kept_folders import KeptFolders
from ferrygate.transfers.late_parts import LateParts
from ferrygate.transfers.listed_times import ListedTimes
from ferrygate.transfers.local_folder import LocalFolder
from ferrygate.transfers.origin_mark import OriginMark, mark_of
from ferrygate.transfers.plan import Planner
from ferrygate.transfers.replacing import ReplaceSlots
from ferrygate.transfers.schedule.in_flight_window import InFlightWindow
from ferrygate.transfers.schedule.line_estimator import LineEstimator
from ferrygate.transfers.schedule.rate_limiter import RateLimiter
from ferrygate.transfers.transfer_channel import TransferChannel
from ferrygate.transfers.upload import upload
from ferrygate.transfers.views import ConflictChoice, TransferState
from fuzz.hostile import HostileStream, Script
from support.fake_clock import ManualClock

DISK = SystemDisk()


class NoFlusher:
    """Flushes nothing."""

    def write_back(self, file: OpenFile) -> None:
        """Flush nothing: fetched files need not outlast the run."""

    def clear(self, folder: LocalFolder) -> None:
        """Nothing is left there by anybody."""


def _told(_state: TransferState, _moved: int) -> None:
    """Drop the progress, which no assertion needs."""


async def _take_none(_entries: object) -> None:
    """Drop the entries, so that a long listing takes no memory."""


class Session(NamedTuple):
    """Holds how many bytes the server sent, and the error that ended the work, if one did."""

    served: int
    error: FerrygateError | None


class Target:
    """Offers a fuzzer :meth:`run`, which takes any bytes."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is emptied, and used for what is sent and fetched."""
        shutil.rmtree(folder, ignore_errors=True)
        self._fetched = folder / "fetched"
        self._fetched.mkdir(parents=True)
        self._source = folder / "source"
        self._source.write_bytes(b"s" * 70_000)
        self._flusher = NoFlusher()
        self._works = (
            lambda channel: channel.files.stat(b"/folder/a"),
            lambda channel: channel.files.list_folder(b"/folder", _take_none),
            lambda channel: channel.files.remove_tree(b"/folder"),
            lambda channel: channel.files.make_folders(b"/folder/x/y"),
            self._download,
            self._upload,
            self._plan,
            self._all_at_once,
        )

    def run(self, data: bytes) -> Session:
        """Take the bytes apart, then be a client of a server that follows them.

        Raises nothing but what is a fault of the client's.
        """
        _take_apart(data)
        script = Script(data)
        clock, cancel = ManualClock(1000.0), CancelToken(SystemThreads())
        work = self._works[script.byte() % len(self._works)]
        object_store = bool(script.byte() & 1)
        stream = HostileStream(script, clock, cancel)
        sftp = SftpChannel(stream, clock, OpenHandles(SystemThreads()))
        ended: FerrygateError | None = None
        folders = KeptFolders(DISK, clock.monotonic)
        channel = self._channel(sftp, clock, folders, object_store=object_store)
        try:
            sftp.start(cancel)
            with closing(folders):
                sftp.run(work(channel), cancel)
        except FerrygateError as error:
            ended = error
        if sftp.usable:
            self._go_on(sftp)
        self._clear()
        return Session(stream.served, ended)

    def _clear(self) -> None:
        """Nothing is left of what was not fetched whole; and what was, is gone from here on."""
        fetched = list(self._fetched.rglob("*"))
        assert not [path for path in fetched if path.name.endswith(".part")]
        if fetched:
            shutil.rmtree(self._fetched)
            self._fetched.mkdir()

    @staticmethod
    def _go_on(sftp: SftpChannel) -> None:
        """Use the channel again, whatever is still due on it."""
        try:
            sftp.run(RemoteFiles(sftp).stat(b"/folder/a"), CancelToken(SystemThreads()))
        except FerrygateError:
            return

    @staticmethod
    def _channel(
        sftp: SftpChannel, clock: ManualClock, folders: KeptFolders, *, object_store: bool
    ) -> TransferChannel:
        window = InFlightWindow(LineEstimator(1 << 20, SystemThreads()), clock, sftp.new_event)
        late = LateParts(clock.monotonic, 330, SystemThreads())
        limiter, slots = RateLimiter(clock, SystemThreads(), None), ReplaceSlots(SystemThreads())
        return TransferChannel(
            RemoteFiles(sftp),
            DISK,
            window,
            limiter,
            object_store,
            late,
            slots,
            ListedTimes(),
            folders,
            OriginMark("sftp.example.com", 22, mark_of("linux", clock, DISK)),
            (f".ferrygate-{number}.part" for number in count()).__next__,
        )

    async def _download(self, channel: TransferChannel) -> None:
        local = str(self._fetched / "a")
        job = FileJob(number=0, local=local, remote=b"/folder/a", size=None)
        await self._fetch(channel, job)

    async def _fetch(self, channel: TransferChannel, job: FileJob) -> None:
        fetched = await download(channel, job, _told, self._flusher)
        if fetched.opened is not None:
            fetched.opened.close()

    async def _upload(self, channel: TransferChannel) -> None:
        remote, choice = b"/folder/new", ConflictChoice.KEEP_BOTH
        job = FileJob(number=0, local=str(self._source), remote=remote, on_conflict=choice)
        await upload(channel, job, _told, UploadCheckpoint())

    async def _plan(self, channel: TransferChannel) -> None:
        """Walk a folder, and fetch the first of what is found."""
        found: list[FileJob] = []
        planner = Planner(DISK, found.append, ConflictChoice.FAIL, new_folders_are_empty=True)
        await planner.plan_download(channel.files, (b"/folder",), str(self._fetched))
        for job in found:
            self._check_place(job)
        for job in found[:4]:
            await self._fetch(channel, job)

    def _check_place(self, job: FileJob) -> None:
        """No name of a server leads out of the folder that was chosen."""
        assert os.path.normpath(job.local).startswith(f"{self._fetched}{os.sep}")

    async def _all_at_once(self, channel: TransferChannel) -> None:
        works: list[Coroutine[Any, Any, object]] = [
            self._download(channel),
            self._upload(channel),
            channel.files.entries(b"/folder"),
            channel.files.stat(b"/folder/a"),
        ]
        for task in [channel.sftp.spawn(work) for work in works]:
            await task


def _take_apart(data: bytes) -> None:
    """Try the codec alone, over pieces whose sizes the bytes themselves tell."""
    reader = PacketReader()
    at, payloads = 0, [memoryview(data)]
    try:
        while at < len(data):
            end = at + 1 + data[at] % 64
            payloads += reader.feed(data[at:end])
            at = end
    except BadPacketError:
        pass
    for payload in payloads:
        for parse in (parse_reply, parse_version):
            try:
                parse(payload)
            except BadPacketError:
                continue
