"""Assigns lanes to batches, and adds lanes while they help."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import msgspec

from ferrygate.common.clock import Clock
from ferrygate.transfers.schedule.concurrency_limit import ConcurrencyLimit
from ferrygate.transfers.schedule.lane import Lane
from ferrygate.transfers.schedule.lane_scaling import LaneScaling, TransferTotals
from ferrygate.transfers.schedule.line_estimator import LineEstimator
from ferrygate.transfers.schedule.work_queue import WorkQueue
from ferrygate.transfers.views import BatchId, Direction

_LOG = logging.getLogger(__name__)


class Assignment(msgspec.Struct, eq=False):
    """Holds a lane, the batch that it works for, and the queue of its work."""

    lane: Lane
    batch: BatchId
    queue: WorkQueue


class LanePool:
    """Holds the lanes of a session; owned by the engine's thread.

    Lanes are added while that helps, the server grants channels, and it bears the files under way.
    """

    def __init__(
        self,
        new_lane: Callable[[str], Lane],
        line_estimator: LineEstimator,
        clock: Clock,
        totals: TransferTotals,
        concurrency: ConcurrencyLimit,
    ) -> None:
        """Begin without lanes.

        Args:
            new_lane: starts a lane of that name.
            line_estimator: shares the bytes in flight out among them.
            clock: for their speed.
            totals: all that they have moved.
            concurrency: how many files the server bears.
        """
        self._concurrency = concurrency
        self._new_lane = new_lane
        self._line_estimator = line_estimator
        self._lanes: list[Lane] = []
        self._idle: list[Lane] = []
        self._assignments: list[Assignment] = []
        self._scaling = LaneScaling(clock, totals)

    def of(self, batch: BatchId) -> Iterator[Assignment]:
        """Return the assignments of a batch."""
        return (assignment for assignment in self._assignments if assignment.batch == batch)

    def with_room(self, batch: BatchId) -> Assignment | None:
        """Return a batch's assignment with room that has least to do; ``None`` if none has."""
        open_ones = [one for one in self.of(batch) if one.queue.has_room]
        return min(open_ones, key=_to_do, default=None)

    def another(self, batch: BatchId, direction: Direction) -> Assignment | None:
        """Assign one lane more to a batch, if it is worth having; return ``None`` if not.

        Where a batch has none and gets none now, the batch with most lanes gives one up.
        """
        limit = self._concurrency.max_files
        if limit is not None and len(self._assignments) >= limit:
            if not any(self.of(batch)):
                self._make_room()
            return None
        if self._idle:
            lane = self._idle.pop()
        else:
            large = direction is Direction.UPLOAD and all(
                assignment.queue.full_of_bytes for assignment in self._assignments
            )
            first = not any(self.of(batch))
            if not self._scaling.wants(len(self._lanes), large=large, first=first):
                if first:
                    self._make_room()
                return None
            lane = self._new_lane(f"transfer-{len(self._lanes) + 1}")
            self._lanes.append(lane)
            self._line_estimator.share_among(len(self._lanes))
            _LOG.debug("lane %d begins with batch %s", len(self._lanes), batch)
        assignment = Assignment(lane, batch, WorkQueue(direction))
        self._assignments.append(assignment)
        return assignment

    def _make_room(self) -> None:
        if any(one.queue.closed for one in self._assignments):  # a lane will be idle soon
            return
        batches = dict.fromkeys(one.batch for one in self._assignments)
        largest = max((list(self.of(batch)) for batch in batches), key=len, default=[])
        if largest[1:]:  # the first may walk the batch's folders yet
            min(largest[1:], key=_to_do).queue.close()

    def release(self, assignment: Assignment) -> None:
        """Note that a lane has worked off its queue, and is idle."""
        self._assignments.remove(assignment)
        self._idle.append(assignment.lane)

    def refused(self, assignment: Assignment) -> bool:
        """Drop a lane for which the server grants no channel; return false if it is the only one.

        The only one is kept, to be tried again.
        """
        if len(self._lanes) == 1:
            self.release(assignment)
            return False
        self._assignments.remove(assignment)
        self._lanes.remove(assignment.lane)
        assignment.lane.stop()
        self._scaling.refused(len(self._lanes))
        _LOG.debug("no channel for one lane more than %d", len(self._lanes))
        self._line_estimator.share_among(len(self._lanes))
        return True

    def renew(self) -> None:
        """Forget what was measured over the last connection."""
        self._scaling.renew()

    def begin(self) -> None:
        """Measure anew, as there is work again after a time without."""
        self._scaling.begin()

    def drop_channels(self) -> None:
        """Have all lanes drop their channels, as the connection is lost."""
        for lane in self._lanes:
            lane.drop_later()

    def stop(self) -> None:
        """End the lanes after what they do now."""
        for lane in self._lanes:
            lane.stop()


def _to_do(assignment: Assignment) -> tuple[int, int]:
    return assignment.queue.bytes, assignment.queue.files
