"""Measures how late a loop is: the wait of a click, from the times of a heartbeat."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise


def lateness(beats: Iterable[float], period: float) -> list[float]:
    """Work out how late each beat was, those included that the loop was too busy to begin.

    A loop that is blocked for a second has one late beat, but 200 that were due meanwhile: a click
    in the middle would have waited for half a second. Without them a percentile would say how many
    blocks there were, and not how much of the time the window did not answer ("coordinated
    omission"; HdrHistogram corrects it in the same way).

    Args:
        beats: when each came, in seconds; a beat is due one period after the one before.
        period: in seconds.

    Returns:
        seconds, one for each period that went by; 0 where a beat was early.
    """
    late: list[float] = []
    for before, now in pairwise(beats):
        gap = now - before
        late += [max(0.0, gap - period * due) for due in range(1, max(1, int(gap / period)) + 1)]
    return late


def percentile(values: Sequence[float], share: float) -> float:
    """Give the smallest value that so many of all (0 to 1) do not exceed (nearest rank).

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("a percentile of nothing")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
