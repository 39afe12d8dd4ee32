"""The interval of a median: known answers, and what holds for any rounds."""

from __future__ import annotations

import statistics
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.bootstrap import Estimate, estimate

SEEDS = st.integers(0, 1 << 32)
RATIOS = st.lists(st.floats(0.1, 10), min_size=1, max_size=12)
SAMPLES = 400


def estimated(ratios: list[float], seed: int = 1, samples: int = SAMPLES) -> Estimate:
    return estimate(ratios, Random(seed), samples)  # noqa: S311  the same in every run


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("rounds", "low", "high"),
    [
        # The median of a sample is at most the k-th of n values if more than half of n draws are:
        # P(Bin(9, 2/9) >= 5) = 3.3 %, P(Bin(9, 3/9) >= 5) = 14.5 %; P(Bin(5, 1/5) >= 3) = 5.8 %.
        (9, 3, 7),
        (5, 1, 5),
        (1, 1, 1),
    ],
)
def test_the_interval_is_the_one_that_the_binomial_distribution_gives(
    rounds: int, low: float, high: float, seed: int
) -> None:
    ratios = [float(number) for number in range(1, rounds + 1)]
    assert estimated(ratios, seed, 10_000) == Estimate((rounds + 1) / 2, low, high)


def test_one_bad_round_of_nine_moves_neither_the_median_nor_the_interval() -> None:
    good = estimated([1.0] * 9, samples=10_000)
    assert good == Estimate(1, 1, 1)
    assert estimated([1.0] * 8 + [50.0], samples=10_000) == good


@pytest.mark.parametrize(
    ("ratio", "is_slower"),
    [
        (Estimate(1.06, 1.01, 1.2), True),
        (Estimate(1.05, 1.01, 1.2), False),
        (Estimate(1.06, 1.0, 1.2), False),
        (Estimate(0.5, 0.4, 0.6), False),
    ],
)
def test_slower_is_what_is_certain_and_more_than_five_per_cent(
    ratio: Estimate,
    is_slower: bool,  # noqa: FBT001  a table
) -> None:
    assert ratio.is_slower is is_slower


def test_without_rounds_there_is_no_estimate() -> None:
    with pytest.raises(statistics.StatisticsError):
        estimated([])


@given(RATIOS, SEEDS)
def test_the_interval_holds_the_median_and_lies_among_the_rounds(
    ratios: list[float], seed: int
) -> None:
    found = estimated(ratios, seed)
    assert min(ratios) <= found.low <= found.median <= found.high <= max(ratios)


@given(RATIOS, SEEDS, st.data())
def test_no_round_can_get_slower_and_the_estimate_faster(
    ratios: list[float], seed: int, data: st.DataObject
) -> None:
    count = len(ratios)
    more = data.draw(st.lists(st.floats(0, 5), min_size=count, max_size=count))
    slower = [ratio + extra for ratio, extra in zip(ratios, more, strict=True)]
    before, after = estimated(ratios, seed), estimated(slower, seed)
    assert before.median <= after.median
    assert before.low <= after.low
    assert before.high <= after.high


@given(RATIOS, SEEDS, st.integers(-3, 3))
def test_another_unit_changes_no_more_than_the_unit(
    ratios: list[float], seed: int, power: int
) -> None:
    unit = 2.0**power  # of two, so that nothing is rounded
    found, before = estimated([ratio * unit for ratio in ratios], seed), estimated(ratios, seed)
    assert found == Estimate(before.median * unit, before.low * unit, before.high * unit)


@given(RATIOS, SEEDS)
def test_the_same_seed_gives_the_same_interval(ratios: list[float], seed: int) -> None:
    assert estimated(ratios, seed) == estimated(ratios, seed)
