"""Keeps batches that have ended, for the case that a person has them tried again."""

from __future__ import annotations

from ferrygate.engine.queue.batch import Batch
from ferrygate.transfers.views import BatchId

_MAX_BATCHES = 50  # as many as a window shows in one list
# Of all together. One to try again takes a kilobyte, the name of one delivered half of that.
_MAX_FILES = 100_000


class EndedBatches:
    """Those of one account, over all its sessions; owned by the engine's thread."""

    def __init__(self) -> None:
        self._batches: dict[BatchId, Batch] = {}  # the oldest first

    def keep(self, batch: Batch) -> None:
        """Keep a batch that has ended, where there is something to try again.

        Old ones are let go where there are too many; the newest is kept whatever its size.
        """
        if not batch.can_retry:
            return
        self._batches[batch.id] = batch
        while len(self._batches) > 1 and self._are_too_many:
            self._batches.pop(next(iter(self._batches))).let_go()

    @property
    def _are_too_many(self) -> bool:
        files = sum(batch.file_count for batch in self._batches.values())
        return len(self._batches) > _MAX_BATCHES or files > _MAX_FILES

    def take(self, batch: BatchId) -> Batch | None:
        """Hand out a batch, which is not kept any more; ``None`` where it is not here."""
        return self._batches.pop(batch, None)
