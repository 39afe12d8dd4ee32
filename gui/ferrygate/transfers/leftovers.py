"""Clears away what broken uploads leave on the server, by the lane that sent them."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.errors import FerrygateError
from ferrygate.common.threads import Threads
from ferrygate.sftp.files import RemoteFiles
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.late_parts import LateParts
from ferrygate.transfers.partial_uploads import clear_away
from ferrygate.transfers.reports import UploadFailure
from ferrygate.transfers.schedule.lane import Lane, LaneRefusedError
from ferrygate.transfers.views import LeftBehind

_POLLS = 10  # for the part of a broken upload: object stores show it within seconds
_POLL_SECONDS = 0.2  # between two of them


class _Broken(msgspec.Struct, frozen=True):
    """Holds an upload that will not go on."""

    job: FileJob
    checkpoint: UploadCheckpoint
    error: BaseException


class Leftovers:
    """Keeps the broken uploads of one lane until they are cleared away, on its thread."""

    def __init__(
        self,
        clock: Clock,
        threads: Threads,
        late: LateParts,
        failed: Callable[[FileJob, UploadFailure], None],
        *,
        object_store: bool,
    ) -> None:
        """Begin with none; ``failed`` is told of each once it is cleared away."""
        self._clock = clock
        self._threads = threads
        self._late = late
        self._failed = failed
        self._object_store = object_store
        self._broken: list[_Broken] = []

    def __bool__(self) -> bool:
        return bool(self._broken)

    def add(self, job: FileJob, checkpoint: UploadCheckpoint, error: BaseException) -> None:
        """Keep a broken upload, whose channel has to be dropped."""
        self._broken.append(_Broken(job, checkpoint, error))

    def lose_handle(self, checkpoint: UploadCheckpoint) -> None:
        """Note that the server may hold an upload's handle, and publish its part later."""
        handle = checkpoint.connection_lost(self._late.now() + self._late.seconds)
        if handle is not None and checkpoint.path is not None and self._object_store:
            self._late.lost(checkpoint.path, handle)

    def clear_away(self, lane: Lane) -> None:
        """Drop the channel without CLOSE, which would publish, and remove the parts.

        An object store shows a part once it has noticed the channel's end, so it is looked for
        several times.
        """
        broken, self._broken = self._broken, []
        if not broken:
            return
        lane.drop()
        left: dict[int, LeftBehind] = {}
        unseen = LeftBehind.NOTHING
        for _ in range(_POLLS):
            missing = [number for number in range(len(broken)) if number not in left]
            try:
                left |= self._look(lane, {number: broken[number].checkpoint for number in missing})
            except LaneRefusedError:  # to some servers the dropped channel counts for a moment yet
                unseen = LeftBehind.PART
            else:
                unseen = LeftBehind.NOTHING
                if len(left) == len(broken) or not self._object_store:
                    break
            self._clock.wait(self._threads.event(), _POLL_SECONDS)
        for number, one in enumerate(broken):
            if lane.let_go_cleanly:  # with its channel the handle is gone, and shows no part later
                one.checkpoint.connection_lost(self._late.now())
            else:
                self.lose_handle(one.checkpoint)
            rest = left.get(number, unseen)
            if rest is LeftBehind.NOTHING:
                rest = self._may_come(one.checkpoint)
            self._failed(one.job, UploadFailure(one.error, rest, one.checkpoint))

    def _may_come(self, checkpoint: UploadCheckpoint) -> LeftBehind:
        """Tell of a part that a lost connection may still bring."""
        path = checkpoint.part_path
        until = None if path is None else self._late.until(path)
        may_come = until is not None and until > self._late.now()
        return LeftBehind.PART if may_come else LeftBehind.NOTHING

    def _look(self, lane: Lane, parts: dict[int, UploadCheckpoint]) -> dict[int, LeftBehind]:
        """Tell what is left of the parts that were found, or of all if the server cannot be asked.

        Raises:
            LaneRefusedError: there is no channel at the moment.
        """

        async def look(files: RemoteFiles) -> dict[int, LeftBehind]:
            looks = {
                number: files.channel.spawn(
                    clear_away(files, part, object_store=self._object_store)
                )
                for number, part in parts.items()
            }
            found = {number: await looked for number, looked in looks.items()}
            return {number: left for number, left in found.items() if left is not None}

        try:
            return lane.run(look, CancelToken(self._threads))
        except FerrygateError:
            return dict.fromkeys(parts, LeftBehind.PART)
