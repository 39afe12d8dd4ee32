"""One row of a folder, with what sorting and filtering need, worked out once."""

from __future__ import annotations

import re

import msgspec

from ferrygate.common.display import display_name
from ferrygate.common.entry import Entry

# More digits than this are compared in pieces, which a hostile name cannot make slow.
_NUMBER = re.compile(r"([0-9]{1,18})")


class Row(msgspec.Struct, frozen=True, gc=False):
    """One entry as the list needs it.

    Attributes:
        entry: the server's own words.
        name: for people.
        folded: the name without case, for the filter.
        key: the name in natural order: ``scan 9`` before ``scan 10``.
    """

    entry: Entry
    name: str
    folded: str
    key: tuple[str | int, ...]


def row_of(entry: Entry) -> Row:
    """The row of an entry."""
    name = display_name(entry.name)
    folded = name.casefold()
    return Row(entry, name, folded, natural_key(folded))


def natural_key(folded: str) -> tuple[str | int, ...]:
    """Text and numbers in turn, so that numbers compare as numbers."""
    parts = _NUMBER.split(folded)
    return tuple(int(part) if at % 2 else part for at, part in enumerate(parts))
