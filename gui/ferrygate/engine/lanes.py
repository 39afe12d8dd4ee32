"""The lanes that transfers have, each with the batch it works for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from ferrygate.common.clock import Clock
from ferrygate.engine.growth import Growth, Tally
from ferrygate.engine.lane import Lane
from ferrygate.engine.tray import Tray
from ferrygate.transfers.views import Direction
from ferrygate.transfers.window import Share


class Crew(msgspec.Struct, eq=False):
    """A lane and the tray it works off, for one batch."""

    lane: Lane
    batch: int
    tray: Tray


class Lanes:
    """Owned by the engine's thread. Grows while that helps, and the server grants channels."""

    def __init__(self, new_lane: Callable[[str], Lane], share: Share, clock: Clock) -> None:
        self._new_lane = new_lane
        self._share = share
        self._clock = clock
        self._lanes: list[Lane] = []
        self._idle: list[Lane] = []
        self._crews: list[Crew] = []
        self._growth = Growth()

    def of(self, batch: int) -> Iterator[Crew]:
        """The crews that work for a batch."""
        return (crew for crew in self._crews if crew.batch == batch)

    def with_room(self, batch: int) -> Crew | None:
        """The crew of a batch that has least to do, if one could do with more."""
        crews = [crew for crew in self.of(batch) if crew.tray.has_room]
        return min(crews, key=lambda crew: (crew.tray.bytes, crew.tray.files), default=None)

    def another(self, batch: int, direction: Direction, tally: Tally) -> Crew | None:
        """A crew more for a batch, if it is worth having one."""
        if self._idle:
            lane = self._idle.pop()
        else:
            large = direction is Direction.UPLOAD and all(
                crew.tray.full_of_bytes for crew in self._crews
            )
            now = self._clock.monotonic()
            first = not any(self.of(batch))
            if not self._growth.wants(len(self._lanes), now, tally, large=large, first=first):
                return None
            lane = self._new_lane(f"transfer-{len(self._lanes) + 1}")
            self._lanes.append(lane)
            self._share.among(len(self._lanes))
        crew = Crew(lane, batch, Tray(direction))
        self._crews.append(crew)
        return crew

    def free(self, crew: Crew) -> None:
        """A crew has worked off its tray."""
        self._crews.remove(crew)
        self._idle.append(crew.lane)

    def refused(self, crew: Crew) -> bool:
        """The server grants this lane no channel; false where no other lane could do its work.

        Then it is kept, to be tried again.
        """
        if len(self._lanes) == 1:
            self.free(crew)
            return False
        self._crews.remove(crew)
        self._lanes.remove(crew.lane)
        crew.lane.stop()
        self._growth.refused(len(self._lanes))
        self._share.among(len(self._lanes))
        return True

    def renew(self, tally: Tally) -> None:
        """There is another connection: what was learned of the last may not hold."""
        self._growth.renew(self._clock.monotonic(), tally)

    def begin(self, tally: Tally) -> None:
        """There is work again, after a time without."""
        self._growth.begin(self._clock.monotonic(), tally)

    def drop_channels(self) -> None:
        """The connection is away: lanes let go of their channels on it."""
        for lane in self._lanes:
            lane.drop_later()

    def stop(self) -> None:
        """End the lanes after what they do now."""
        for lane in self._lanes:
            lane.stop()
