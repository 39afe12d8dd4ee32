"""Estimates a ratio from a few rounds: their median, and where it would lie in other rounds.

Two programs run one after the other in each round, so that what slows down a round, such as
another process on the machine, slows down both; the ratio of a round is free of that. The median
of the ratios is not moved by one bad round. How far it depends on which rounds happened to be
measured is found out by drawing as many from them, with replacement, again and again: the middle
90 % of the medians of these samples is the interval (the percentile bootstrap: Efron, "Bootstrap
methods: another look at the jackknife", Annals of Statistics 7, 1979).
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from bench.lateness import percentile

LEVEL = 0.9
"""Share of the samples' medians that the interval holds."""

SAMPLES = 10_000
"""Samples drawn: the ends of the interval then keep their rank from seed to seed."""

SLOWER_BY = 1.05
"""Median that a slower program exceeds; less is not worth a search for its cause."""


@dataclass(frozen=True)
class Estimate:
    """A ratio of times, and its interval.

    Attributes:
        median: of the rounds' ratios.
        low: the lower end of the interval.
        high: the upper end.
    """

    median: float
    low: float
    high: float

    @property
    def is_slower(self) -> bool:
        """Tell whether the first time is longer, beyond chance and enough to matter."""
        return self.low > 1 and self.median > SLOWER_BY


def estimate(
    ratios: Sequence[float], random_source: random.Random, samples: int = SAMPLES
) -> Estimate:
    """Estimate a ratio from its rounds.

    Args:
        ratios: one of each round.
        random_source: draws the samples.
        samples: how many.

    Raises:
        statistics.StatisticsError: there are no rounds.
    """
    median = statistics.median(ratios)
    medians = sorted(
        statistics.median(random_source.choices(ratios, k=len(ratios))) for _ in range(samples)
    )
    tail = (1 - LEVEL) / 2
    return Estimate(median, percentile(medians, tail), percentile(medians, 1 - tail))
