"""Channels on a simulated line, and the lines that the in-flight window is tried on."""

from __future__ import annotations

import pytest

from ferrygate.common.threads import SystemThreads
from ferrygate.transfers.schedule.line_estimator import LineEstimator
from support.simulated_line import (
    MAX_REQUEST_BYTES,
    SimulatedChannel,
    SimulatedLine,
)

MB, MIB, MBIT = 1_000_000, 1 << 20, 125_000
LEAST, FIRST, MOST = 1 << 15, MIB, 16 * MIB
IN_FLIGHT = 48 * MIB
CHANNELS = pytest.mark.parametrize("count", [1, 4, 8])
RATES = pytest.mark.parametrize("rate", [100 * MBIT, 1000 * MBIT])
DELAYS = pytest.mark.parametrize("delay", [0.0005, 0.02, 0.05, 0.15])


class Channels:
    """Channels on one line, one after the other, that have more to move than there is time for."""

    def __init__(
        self,
        line: SimulatedLine,
        count: int,
        *,
        apart: float = 0.1,
        line_estimator: LineEstimator | None = None,
    ) -> None:
        self.line = line
        self.line_estimator = line_estimator or LineEstimator(IN_FLIGHT, SystemThreads())
        self.channels: list[SimulatedChannel] = []
        for number in range(count):
            self.line_estimator.share_among(number + 1)
            self.channels.append(SimulatedChannel(line, self.line_estimator))
            line.go_on(apart)

    def go_on(self, seconds: float) -> float:
        """Let time pass; returns how much of the line was used."""
        before = self.moved
        self.line.go_on(seconds)
        return (self.moved - before) / seconds / self.line.rate

    @property
    def moved(self) -> int:
        """Bytes that were answered."""
        return sum(channel.moved for channel in self.channels)

    @property
    def possible(self) -> float:
        """Tell which share of the line so many bytes in flight can use, up to 1."""
        line, most = self.line, min(IN_FLIGHT, len(self.channels) * MOST)
        return min(1.0, most / (line.rate * (line.delay + 2 * line.late) + MAX_REQUEST_BYTES))
