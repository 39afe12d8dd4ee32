"""Numbers that come in blocks are put in order in short steps, as one sort would put them."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from ferrygate.app.models.sorted_runs import SortedRuns

KEYS = st.lists(st.integers(0, 30), max_size=200)  # few, so that many are the same
MOST = st.integers(1, 40)


class CountedKeys:
    """Gives the keys of numbers, and counts how often it was asked."""

    def __init__(self, keys: Sequence[int]) -> None:
        self._keys = keys
        self.asked = 0

    def __call__(self, number: int) -> int:
        """Give a key."""
        self.asked += 1
        return self._keys[number]


@given(KEYS, st.integers(1, 50), MOST, MOST)
def test_the_order_is_that_of_one_sort_and_equal_keys_stay_as_they_came(
    keys: list[int], block: int, early: int, late: int
) -> None:
    runs = SortedRuns(keys.__getitem__)
    for start in range(0, len(keys), block):
        runs.add(range(start, min(start + block, len(keys))))
        runs.join_alike(early)
    for _step in range(3):
        runs.join(late)
    assert list(runs.whole()) == sorted(range(len(keys)), key=keys.__getitem__)
    assert not runs.join(late)


@given(st.permutations(range(300)), st.integers(1, 100), MOST)
def test_a_step_looks_at_no_more_than_it_may(order: list[int], block: int, most: int) -> None:
    keys = CountedKeys(order)
    runs = SortedRuns(keys)
    steps = []
    for start in range(0, len(order), block):
        runs.add(range(start, min(start + block, len(order))))
        keys.asked = 0
        runs.join_alike(most)
        steps.append(keys.asked)
    keys.asked = 0
    while runs.join(most):
        steps.append(keys.asked)
        keys.asked = 0
    to_cut = 2 + 2 * (len(order)).bit_length()  # two searches for where to cut
    assert max(steps) <= 2 * (most + 1) + to_cut
