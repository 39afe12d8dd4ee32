"""Remembers of a server how it tells times."""

from __future__ import annotations

import msgspec


class ListedTimes(msgspec.Struct):
    """Knows of a server whether the times of its names are those of its handles; shared by lanes.

    Attributes:
        differ: they were not, once at least.
    """

    differ: bool = False
