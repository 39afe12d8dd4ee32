"""Sorts a folder's rows: folders first, then by one column."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any, TypeAlias

import msgspec

from ferrygate.app.models.folder_table import FolderTable

Key: TypeAlias = Callable[[FolderTable], Callable[[int], Any]]
"""Gives what a table's entries are sorted by."""


class RowOrder(msgspec.Struct, frozen=True):
    """Holds the order that a person chose.

    Attributes:
        key: of the column; ``None`` for names. Where it is the same, names decide.
        descending: from the highest down; folders are first all the same.
    """

    key: Key | None = None
    descending: bool = False

    def sorted(self, table: FolderTable, first: int = 0) -> array[int]:
        """Return all entries in this order, or those from a number on."""
        numbers = table.by_name(first)
        if self.key is not None:
            numbers = sorted(numbers, key=self.key(table), reverse=self.descending)
        elif self.descending:
            numbers = numbers[::-1]
        return array("I", table.folders_first(numbers))

    def gaps(
        self, table: FolderTable, there: Sequence[int], new: Sequence[int]
    ) -> Iterator[tuple[int, array[int]]]:
        """Say where sorting would put new entries among those that are there, from the end.

        Args:
            table: holds both.
            there: in this order.
            new: in this order.

        Yields:
            a place, and the entries that belong there.
        """
        goes_before = self._goes_before(table)
        places: list[tuple[int, int]] = []
        for number in new:
            low, high = places[-1][0] if places else 0, len(there)
            while low < high:
                middle = (low + high) // 2
                if goes_before(there[middle], number):
                    low = middle + 1
                else:
                    high = middle
            places.append((low, number))
        for place, group in groupby(reversed(places), key=lambda found: found[0]):
            yield place, array("I", reversed([number for _place, number in group]))

    def _goes_before(self, table: FolderTable) -> Callable[[int, int], bool]:
        """Give the comparison of an entry with another that came later."""
        name = table.name_key()
        key = self.key(table) if self.key is not None else name
        sign = -1 if self.descending else 1

        def goes_before(one: int, other: int) -> bool:
            if table.is_folder(one) != table.is_folder(other):
                return table.is_folder(one)
            mine, others = key(one), key(other)
            if mine != others:
                return bool(mine < others) is (sign > 0)
            return bool(name(one) <= name(other))

        return goes_before
