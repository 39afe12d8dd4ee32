"""Follows one item, a file or a walk, while a lane works at it."""

from __future__ import annotations

from typing import Self

import msgspec

from ferrygate.sftp.tasks import Task
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.schedule.work_queue import Item
from ferrygate.transfers.views import TransferState


class ItemInFlight(msgspec.Struct, eq=False):
    """Holds an item under way."""

    item: Item
    checkpoint: UploadCheckpoint
    is_counted: bool = False  # in the budgets of open files and of files under way
    is_done: bool = False  # its coroutine came to its end without an error
    reported: TransferState | None = None  # the state told last
    task: Task[None] | None = None

    @classmethod
    def of(cls, item: Item) -> Self:
        """Begin with an item, and with a copy of the checkpoint that it was handed out with.

        The upload changes its copy from now on; the engine has its own until the end is reported.
        """
        known = item.resume_from if isinstance(item, FileJob) else None
        return cls(item, UploadCheckpoint() if known is None else msgspec.structs.replace(known))

    @property
    def is_replacing(self) -> bool:
        """Tell whether an existing file may be cut to nothing, with the new one not whole yet."""
        job, checkpoint = self.item, self.checkpoint
        if not isinstance(job, FileJob) or not checkpoint.has_handle:
            return False
        return checkpoint.overwritten is not None or (job.replaces and not checkpoint.told)
