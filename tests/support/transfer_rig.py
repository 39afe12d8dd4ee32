"""Moves single files between a server in memory and a local folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from ferrygate.common.disk import Disk, OpenFile
from ferrygate.common.system_disk import SystemDisk
from ferrygate.common.threads import SystemThreads
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.download import FlushQueue, download
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.kept_folders import KeptFolders
from ferrygate.transfers.late_parts import LateParts
from ferrygate.transfers.listed_times import ListedTimes
from ferrygate.transfers.local_folder import LocalFolder
from ferrygate.transfers.outcome import FileOutcome, Report
from ferrygate.transfers.replacing import ReplaceSlots
from ferrygate.transfers.schedule.in_flight_window import InFlightWindow
from ferrygate.transfers.schedule.line_estimator import LineEstimator
from ferrygate.transfers.schedule.rate_limiter import RateLimiter
from ferrygate.transfers.transfer_channel import TransferChannel
from ferrygate.transfers.upload import upload
from ferrygate.transfers.views import ConflictChoice, TransferState
from support.no_marks import no_marks
from support.scripted_sftp import ScriptedServer, ScriptedSftp

CONTENT = bytes(range(256)) * 1024


def choosing(job: FileJob, choice: ConflictChoice) -> FileJob:
    """Return the same job, with the choice for a name that is taken."""
    return msgspec.structs.replace(job, on_conflict=choice)


class Reports:
    """Records every progress that a transfer reports."""

    def __init__(self) -> None:
        self.told: list[tuple[TransferState, int]] = []
        self.then: Callable[[TransferState, int], None] = lambda _state, _moved: None

    def __call__(self, state: TransferState, moved: int) -> None:
        self.told.append((state, moved))
        self.then(state, moved)

    @property
    def states(self) -> list[TransferState]:
        """Return the states in order, each once."""
        return list(dict.fromkeys(state for state, _moved in self.told))


class CountingFlusher:
    """Counts how often the disk is given time to keep up, and keeps which folders are cleared."""

    def __init__(self) -> None:
        self.written_back = 0
        self.cleared: list[LocalFolder] = []

    def write_back(self, file: OpenFile) -> None:  # noqa: ARG002  the protocol's
        self.written_back += 1

    def clear(self, folder: LocalFolder) -> None:
        self.cleared.append(folder)


class TransferRig:
    """Moves files between a server in memory and a local folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = ScriptedServer({}, b"/inbox")
        self.rig = ScriptedSftp(self.server)
        self.reports = Reports()
        self.disk: Disk = SystemDisk()
        self.flusher = CountingFlusher()
        self.in_flight = 48 << 20  # bytes
        self.limit: int | None = None  # bytes a second
        self.checkpoint = UploadCheckpoint()
        self.late = LateParts(self.rig.stream.clock.monotonic, 330, SystemThreads())
        self.late_check = True
        self.slots = ReplaceSlots(SystemThreads())
        self.listed_times = ListedTimes()
        self.mark = no_marks()
        self.new_part_name: Callable[[], str] = lambda: ".ferrygate-abab.part"
        self.folders = KeptFolders(self.disk, self.rig.stream.clock.monotonic)

    def write(self, name: str, content: bytes) -> str:
        path = self.folder / name
        path.write_bytes(content)
        return str(path)

    def channel(self, *, object_store: bool = True) -> TransferChannel:
        """Return the channel as transfers use it, with nothing in flight."""
        clock, channel = self.rig.stream.clock, self.rig.channel
        window = InFlightWindow(
            LineEstimator(self.in_flight, SystemThreads()), clock, channel.new_event
        )
        limiter = RateLimiter(clock, SystemThreads(), self.limit)
        late = self.late
        return TransferChannel(
            self.rig.files,
            self.disk,
            window,
            limiter,
            object_store,
            late,
            self.slots,
            self.listed_times,
            self.folders,
            self.mark,
            self.new_part_name,
            late_check=self.late_check,
        )

    def send(self, job: FileJob, *, object_store: bool = True) -> FileOutcome:
        """Upload one file; ``checkpoint`` tells afterwards how far it came."""
        channel = self.channel(object_store=object_store)
        return self.rig.run(upload(channel, job, self.reports, self.checkpoint))

    def fetch(self, job: FileJob) -> FileOutcome:
        """Download one file; its hidden name is always the same."""
        return self.rig.run(self.fetching(self.channel(), job, self.reports))

    async def fetching(
        self,
        channel: TransferChannel,
        job: FileJob,
        report: Report,
        flusher: FlushQueue | None = None,
    ) -> FileOutcome:
        """Download one file on a channel that others may share."""
        fetched = await download(channel, job, report, flusher or self.flusher)
        if fetched.opened is not None:
            fetched.opened.close()
        return fetched.outcome
