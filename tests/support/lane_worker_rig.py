"""Runs a lane over a server in memory, with the queue of its files."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from ferrygate.common.cancel import CancelToken
from ferrygate.common.disk import OpenFile
from ferrygate.common.errors import LocalFileError, UnsupportedError
from ferrygate.common.message import message
from ferrygate.common.open_files import OpenFiles, room
from ferrygate.common.system_disk import SystemDisk
from ferrygate.common.threads import SystemThreads
from ferrygate.sftp.channel import SftpChannel
from ferrygate.sftp.limits import Limits
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.flush import Done, Flusher
from ferrygate.transfers.lane_worker import LaneWorker
from ferrygate.transfers.late_parts import LateParts
from ferrygate.transfers.listed_times import ListedTimes
from ferrygate.transfers.local_folder import LocalFile
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.replacing import ReplaceSlots
from ferrygate.transfers.reports import UploadFailure
from ferrygate.transfers.schedule.concurrency_limit import ConcurrencyLimit
from ferrygate.transfers.schedule.lane import Lane
from ferrygate.transfers.schedule.line_estimator import LineEstimator
from ferrygate.transfers.schedule.rate_limiter import RateLimiter
from ferrygate.transfers.schedule.work_queue import Item, WorkQueue
from ferrygate.transfers.transfer_settings import TransferSettings
from ferrygate.transfers.upload_claims import UploadClaims
from ferrygate.transfers.views import Direction, TransferState
from support.fake_clock import ManualClock
from support.no_marks import no_marks
from support.scripted_sftp import ScriptedServer, ScriptedSftp

CONTENT = b"x" * 100_000


def raise_it(error: BaseException) -> None:
    """Raise an error that is handed over: on a thread, that fails the test."""
    raise error


class RecordedReports:
    """Keeps every report, from whatever thread."""

    def __init__(self) -> None:
        self.ends: dict[bytes, FileOutcome | BaseException | UploadFailure] = {}
        self.then: Callable[[FileJob], None] = lambda _job: None
        self.late: dict[bytes, tuple[UploadCheckpoint, float, BaseException | None]] = {}
        self.walks: list[BaseException | None] = []
        self.states: list[TransferState] = []

    def entered(self, job: FileJob, state: TransferState, moved: int) -> None:  # noqa: ARG002  the protocol's
        self.states.append(state)

    def moved(self, job: FileJob, moved: int) -> None:
        """Forget how far a file is: no test looks."""

    def walked(self, error: BaseException | None) -> None:
        self.walks.append(error)

    def ended(self, job: FileJob, outcome: FileOutcome) -> None:
        assert job.remote not in self.ends
        self.ends[job.remote] = outcome
        self.then(job)

    def failed(self, job: FileJob, error: BaseException) -> None:
        assert job.remote not in self.ends
        self.ends[job.remote] = error

    def upload_failed(self, job: FileJob, failure: UploadFailure) -> None:
        assert job.remote not in self.ends
        self.ends[job.remote] = failure

    def later(
        self, job: FileJob, checkpoint: UploadCheckpoint, until: float, error: BaseException | None
    ) -> None:
        assert job.remote not in self.late
        self.late[job.remote] = checkpoint, until, error

    def room(self) -> None:
        """Ignore that there is room: no more files come."""


class FullDisk(Flusher):
    """Takes files, and has no room for them in the end."""

    def flush(
        self,
        file: LocalFile,  # noqa: ARG002  the base's
        done: Done,
        opened: OpenFile | None = None,
        *,
        may_wait_open: bool = True,  # noqa: ARG002  the base's
    ) -> None:
        if opened is not None:
            opened.close()
        done(LocalFileError(message("No space left.")))


class LaneWorkerRig:
    """Runs a lane over one server in memory, with files to send."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = ScriptedServer({}, b"/inbox")
        self.clock = ManualClock()
        self.rigs: list[ScriptedSftp] = []
        self.refuse: Callable[[int], bool] = lambda _number: False
        self.on_open: Callable[[ScriptedSftp], None] = lambda _rig: None
        self.cancel = CancelToken(SystemThreads())
        self.told = RecordedReports()
        self.limits = Limits()
        self.late = LateParts(self.clock.monotonic, 330, SystemThreads())
        self.late_check = True
        self.slots = ReplaceSlots(SystemThreads())
        self.in_flight = 48 << 20  # bytes
        self.limit: int | None = None  # bytes a second
        self.queue = WorkQueue(Direction.UPLOAD)
        self.object_store = True
        self.direction = Direction.UPLOAD
        self.flusher: Flusher = Flusher(self.clock, "0123abcd", SystemDisk(), SystemThreads())
        self.open_files = OpenFiles(SystemThreads(), room)
        self.concurrency = ConcurrencyLimit(SystemThreads())
        self._part_numbers = count()
        self._lane = Lane("test", self._open, raise_it, SystemThreads())

    def _open(self, _cancel: CancelToken) -> SftpChannel:
        if self.refuse(len(self.rigs)):
            raise UnsupportedError(message("No further channel."))
        self.rigs.append(ScriptedSftp(self.server))
        self.rigs[-1].channel.limits = self.limits
        self.on_open(self.rigs[-1])
        return self.rigs[-1].channel

    def _new_part_name(self) -> str:
        return f".ferrygate-0123abcd-{next(self._part_numbers):04x}.part"

    def job(self, name: str = "a.csv") -> FileJob:
        """Make a file to send, or to fetch."""
        if self.direction is Direction.UPLOAD:
            (self.folder / name).write_bytes(CONTENT)
        else:
            self.server.files[b"/inbox/" + name.encode()] = bytearray(CONTENT)
        return FileJob(number=0, local=str(self.folder / name), remote=b"/inbox/" + name.encode())

    def work_off(self, *items: Item) -> list[Item] | BaseException:
        """Have it all done; returns what was not begun, or why nothing could be."""
        settings = TransferSettings(
            clock=self.clock,
            threads=SystemThreads(),
            disk=SystemDisk(),
            flusher=self.flusher,
            limiter=RateLimiter(self.clock, SystemThreads(), self.limit),
            line_estimator=LineEstimator(self.in_flight, SystemThreads()),
            object_store=self.object_store,
            open_files=self.open_files,
            concurrency=self.concurrency,
            late=self.late,
            claims=UploadClaims(
                SystemDisk(), self.folder / "replacing", "account", SystemThreads()
            ),
            mark=no_marks(),
            new_part_name=self._new_part_name,
            listed_times=ListedTimes(),
        )
        for item in items:
            self.queue.put(item)
        self.queue.close()
        worker = LaneWorker(
            self.direction,
            self.queue,
            self.told,
            settings,
            self.cancel,
            slots=self.slots,
            late_check=self.late_check,
        )
        ends: SimpleQueue[Any] = SimpleQueue()
        self._lane.submit(worker.work_off, ends.put, ends.put)
        end: list[Item] | BaseException = ends.get(timeout=10)
        self.flusher.stop()
        self.flusher.join()
        return end

    def send(self) -> FileOutcome | BaseException | UploadFailure:
        """Send one file; returns its end."""
        assert self.work_off(self.job()) == []
        (end,) = self.told.ends.values()
        return end

    def failure(self) -> UploadFailure:
        end = self.send()
        assert isinstance(end, UploadFailure)
        return end

    def close(self) -> None:
        self._lane.stop()
        self._lane.join(5)
