"""The lanes that transfers have, each with the batch it works for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from ferrygate.common.clock import Clock
from ferrygate.engine.growth import Growth, Tally
from ferrygate.engine.lane import Lane
from ferrygate.engine.load import Load
from ferrygate.engine.work_queue import WorkQueue
from ferrygate.transfers.views import BatchId, Direction
from ferrygate.transfers.window import Share


class Assignment(msgspec.Struct, eq=False):
    """A lane, the batch it works for, and what it has to do for it."""

    lane: Lane
    batch: BatchId
    queue: WorkQueue


class Lanes:
    """Owned by the engine's thread. Grows while that helps, and the server grants channels."""

    def __init__(
        self,
        new_lane: Callable[[str], Lane],
        share: Share,
        clock: Clock,
        tally: Tally,
        load: Load,
    ) -> None:
        """Begin with none; ``tally`` says what they bring, ``load`` what the server bears."""
        self._load = load
        self._new_lane = new_lane
        self._share = share
        self._lanes: list[Lane] = []
        self._idle: list[Lane] = []
        self._assignments: list[Assignment] = []
        self._growth = Growth(clock, tally)

    def of(self, batch: BatchId) -> Iterator[Assignment]:
        """Those of a batch."""
        return (assignment for assignment in self._assignments if assignment.batch == batch)

    def with_room(self, batch: BatchId) -> Assignment | None:
        """The one of a batch that has least to do, if it could do with more."""
        open_ones = [one for one in self.of(batch) if one.queue.has_room]
        return min(open_ones, key=_to_do, default=None)

    def another(self, batch: BatchId, direction: Direction) -> Assignment | None:
        """One lane more for a batch, if it is worth having.

        Where a batch has none and gets none now, the one with most lanes lets one go.
        """
        most = self._load.most
        if most is not None and len(self._assignments) >= most:
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
            if not self._growth.wants(len(self._lanes), large=large, first=first):
                if first:
                    self._make_room()
                return None
            lane = self._new_lane(f"transfer-{len(self._lanes) + 1}")
            self._lanes.append(lane)
            self._share.among(len(self._lanes))
        assignment = Assignment(lane, batch, WorkQueue(direction))
        self._assignments.append(assignment)
        return assignment

    def _make_room(self) -> None:
        if any(one.queue.closed for one in self._assignments):  # one will be free soon
            return
        batches = {one.batch for one in self._assignments}
        most = max((list(self.of(batch)) for batch in batches), key=len, default=[])
        if most[1:]:  # the first may walk the batch's folders yet
            min(most[1:], key=_to_do).queue.close()

    def free(self, assignment: Assignment) -> None:
        """A lane has worked off its queue."""
        self._assignments.remove(assignment)
        self._idle.append(assignment.lane)

    def refused(self, assignment: Assignment) -> bool:
        """The server grants this lane no channel; false where no other lane could do its work.

        Then it is kept, to be tried again.
        """
        if len(self._lanes) == 1:
            self.free(assignment)
            return False
        self._assignments.remove(assignment)
        self._lanes.remove(assignment.lane)
        assignment.lane.stop()
        self._growth.refused(len(self._lanes))
        self._share.among(len(self._lanes))
        return True

    def renew(self) -> None:
        """There is another connection: what was learned of the last may not hold."""
        self._growth.renew()

    def begin(self) -> None:
        """There is work again, after a time without."""
        self._growth.begin()

    def drop_channels(self) -> None:
        """The connection is away: lanes let go of their channels on it."""
        for lane in self._lanes:
            lane.drop_later()

    def stop(self) -> None:
        """End the lanes after what they do now."""
        for lane in self._lanes:
            lane.stop()


def _to_do(assignment: Assignment) -> tuple[int, int]:
    return assignment.queue.bytes, assignment.queue.files
