"""Remembers whether a server tells other times of names than of handles."""

from __future__ import annotations

import msgspec


class ListedTimes(msgspec.Struct):
    """Tells whether listed times and those of open handles differ; shared by all lanes.

    Attributes:
        differ: they did, once at least.
    """

    differ: bool = False
