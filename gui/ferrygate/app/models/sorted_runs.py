"""Keeps numbers in order while more of them come, with the work spread over many short steps.

What comes is sorted in runs, and neighbouring runs are joined until one is left. A join of two long
runs takes tens of milliseconds, in which a window would answer nothing, so it is done in pieces:
both runs are cut behind the same key, and what lies before the cuts is sorted together, which
Python does by merging them (``listsort.txt`` of CPython). Of equal keys the one that came first
stays first.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable
from itertools import chain, pairwise
from typing import Any

import msgspec

_ALIKE = 2  # runs are joined early where one is less than so many times as long as the next


class _Join(msgspec.Struct):
    """Holds a join of two neighbouring runs that is under way.

    Attributes:
        at: the first of the two.
        cuts: behind what was joined of each.
        numbers: the beginning of what they become.
    """

    at: int
    cuts: tuple[int, int]
    numbers: array[int]


class SortedRuns:
    """Sorts numbers by a key that never changes."""

    def __init__(self, key: Callable[[int], Any]) -> None:
        self._key = key
        self._runs: list[array[int]] = []
        self._join: _Join | None = None  # the one under way

    def add(self, numbers: Iterable[int]) -> None:
        """Take in a run of numbers, in any order; each comes after all that were there."""
        self._runs.append(self._sorted(numbers))

    def join_alike(self, most: int) -> None:
        """Join a piece of two runs of like length, if there are such, so that few are left.

        Done between what comes, this leaves little to be done at the end.

        Args:
            most: how many numbers to take of each run.
        """
        if self._join is None:
            alike = [
                at
                for at, (run, later) in enumerate(pairwise(self._runs))
                if len(run) < _ALIKE * len(later)
            ]
            if not alike:
                return
            self._join = _Join(alike[-1], (0, 0), array("I"))
        self._join_piece(self._join, most)

    def join(self, most: int) -> bool:
        """Join a piece of what is not one run yet, as above; tell whether there was any."""
        if len(self._runs) < 2:  # noqa: PLR2004  there is nothing to join
            return False
        if self._join is None:
            lengths = [len(run) + len(later) for run, later in pairwise(self._runs)]
            self._join = _Join(lengths.index(min(lengths)), (0, 0), array("I"))
        self._join_piece(self._join, most)
        return True

    def whole(self) -> array[int]:
        """Return all numbers in order."""
        most = sum(map(len, self._runs))
        while self.join(most):
            pass
        return self._runs[0] if self._runs else array("I")

    def _join_piece(self, join: _Join, most: int) -> None:
        left, right = self._runs[join.at : join.at + 2]
        first, second = join.cuts
        longer = [
            run[at + most] for run, at in ((left, first), (right, second)) if len(run) - at > most
        ]
        ends = len(left), len(right)
        if longer:
            last = min(map(self._key, longer))
            ends = (
                bisect_right(left, last, first, key=self._key),
                bisect_right(right, last, second, key=self._key),
            )
        join.numbers.extend(self._sorted(chain(left[first : ends[0]], right[second : ends[1]])))
        join.cuts = ends
        if ends == (len(left), len(right)):
            self._runs[join.at : join.at + 2] = [join.numbers]
            self._join = None

    def _sorted(self, numbers: Iterable[int]) -> array[int]:
        return array("I", sorted(numbers, key=self._key))
