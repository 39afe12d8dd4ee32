"""Clears away what broken uploads leave on the server, by the lane that sent them."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.errors import FerrygateError
from ferrygate.engine.lane import Lane, LaneRefusedError
from ferrygate.sftp.files import RemoteFiles
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.late_parts import LateParts
from ferrygate.transfers.remains import clear_away
from ferrygate.transfers.views import LeftBehind

_LOOKS = 10  # how often the part of a broken upload is looked for
_BETWEEN_LOOKS = 0.2  # seconds


class UploadFailure(msgspec.Struct, frozen=True):
    """Tells why an upload was not delivered, what it left on the server, and how far it came."""

    cause: BaseException
    left_behind: LeftBehind
    checkpoint: UploadCheckpoint


class _Broken(msgspec.Struct, frozen=True):
    """An upload that will not go on."""

    job: FileJob
    checkpoint: UploadCheckpoint
    error: BaseException


class Leftovers:
    """The broken uploads of one lane; lives on the lane's thread."""

    def __init__(
        self,
        clock: Clock,
        late: LateParts,
        failed: Callable[[FileJob, UploadFailure], None],
        *,
        object_store: bool,
    ) -> None:
        """There are none yet; ``failed`` is told of each once it is cleared away."""
        self._clock = clock
        self._late = late
        self._failed = failed
        self._object_store = object_store
        self._broken: list[_Broken] = []

    def __bool__(self) -> bool:
        return bool(self._broken)

    def add(self, job: FileJob, checkpoint: UploadCheckpoint, error: BaseException) -> None:
        """An upload broke: its channel has to be dropped."""
        self._broken.append(_Broken(job, checkpoint, error))

    def lose_handle(self, checkpoint: UploadCheckpoint) -> None:
        """The server may hold an upload's handle after the end of its channel, and publish it."""
        handle = checkpoint.connection_lost(self._late.now() + self._late.seconds)
        if handle is not None and checkpoint.path is not None and self._object_store:
            self._late.lost(checkpoint.path, handle)

    def clear_away(self, lane: Lane) -> None:
        """The channel is dropped without CLOSE, which would publish; then the parts are removed.

        An object store shows a part once it has noticed the channel's end: all are asked for again.
        """
        broken, self._broken = self._broken, []
        if not broken:
            return
        lane.drop()
        left: dict[int, LeftBehind] = {}
        unseen = LeftBehind.NOTHING
        for _ in range(_LOOKS):
            missing = [number for number in range(len(broken)) if number not in left]
            try:
                left |= self._look(lane, {number: broken[number].checkpoint for number in missing})
            except LaneRefusedError:  # to some servers the dropped channel counts for a moment yet
                unseen = LeftBehind.PART
            else:
                unseen = LeftBehind.NOTHING
                if len(left) == len(broken) or not self._object_store:
                    break
            self._clock.wait(CancelToken().event, _BETWEEN_LOOKS)
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
        """Tell what is left of those parts that were found, and of all if nobody can look.

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
            return lane.run(look, CancelToken())
        except FerrygateError:
            return dict.fromkeys(parts, LeftBehind.PART)
