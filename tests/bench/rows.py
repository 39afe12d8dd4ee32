"""Defines the rows of the table, and the floors they must keep."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

LOOPBACK = "loopback"
SLOW = "50ms"
LINKS = (LOOPBACK, SLOW)

KIB = 1 << 10
MIB = 1 << 20


class Direction(StrEnum):
    """Names the kinds of rows, seen from the client."""

    UP = "up"
    DOWN = "down"
    LIST = "list"


@dataclass(frozen=True, kw_only=True)
class Workload:
    """Files of one kind.

    Attributes:
        name: of the file or folder they lie in.
        files: how many.
        size: of each, in bytes.
        folders: how many the files are spread over; none for a file alone.
        connections: how many a client that opens several may open.
    """

    name: str
    files: int
    size: int
    folders: int = 1
    connections: int = 10

    @property
    def is_folder(self) -> bool:
        """Tell whether there is a folder around the files."""
        return self.folders > 0


@dataclass(frozen=True)
class Floor:
    """Bounds for our time divided by the best peer's.

    Attributes:
        most: above it the run fails.
        aim: what is hoped for.
    """

    most: float
    aim: float


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table.

    Attributes:
        title: how it is called there.
        floors: by the link's name, where there is one.
    """

    title: str
    workload: Workload
    direction: Direction
    floors: Mapping[str, Floor] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name the row as the command line takes it."""
        if self.direction is Direction.LIST:
            return self.workload.name
        return f"{self.workload.name}-{self.direction}"


_MANY = Workload(name="1000x4KiB", files=1000, size=4 * KIB)
_LIST = Workload(name="list", files=100_000, size=0)
_ONE_64 = Workload(name="64MiB", files=1, size=64 * MIB, folders=0, connections=1)
_EIGHT = Workload(name="8x32MiB", files=8, size=32 * MIB, connections=8)
_LARGE = Workload(name="1GiB", files=1, size=1024 * MIB, folders=0, connections=1)
_TREE = Workload(name="tree", files=10_000, size=KIB, folders=500)

_MANY_FLOORS = {SLOW: Floor(1 / 6, 1 / 10), LOOPBACK: Floor(0.8, 0.6)}
_EIGHT_FLOORS = {SLOW: Floor(1.0, 0.8)}
_LARGE_FLOORS = {LOOPBACK: Floor(1.0, 0.8)}

ROWS = (
    Row(title="1,000 × 4 KiB up", workload=_MANY, direction=Direction.UP, floors=_MANY_FLOORS),
    Row(title="1,000 × 4 KiB down", workload=_MANY, direction=Direction.DOWN, floors=_MANY_FLOORS),
    Row(
        title="list 100,000 entries",
        workload=_LIST,
        direction=Direction.LIST,
        floors={SLOW: Floor(0.4, 1 / 3), LOOPBACK: Floor(0.7, 0.5)},
    ),
    Row(
        title="64 MiB up",
        workload=_ONE_64,
        direction=Direction.UP,
        floors={SLOW: Floor(0.95, 0.85)},
    ),
    Row(
        title="64 MiB down",
        workload=_ONE_64,
        direction=Direction.DOWN,
        floors={SLOW: Floor(0.65, 0.6)},
    ),
    Row(title="8 × 32 MiB up", workload=_EIGHT, direction=Direction.UP, floors=_EIGHT_FLOORS),
    Row(title="8 × 32 MiB down", workload=_EIGHT, direction=Direction.DOWN, floors=_EIGHT_FLOORS),
    Row(title="1 GiB up", workload=_LARGE, direction=Direction.UP, floors=_LARGE_FLOORS),
    Row(title="1 GiB down", workload=_LARGE, direction=Direction.DOWN, floors=_LARGE_FLOORS),
    Row(title="10,000 files in 500 folders up", workload=_TREE, direction=Direction.UP),
    Row(title="10,000 files in 500 folders down", workload=_TREE, direction=Direction.DOWN),
)


def select(patterns: Iterable[str], rows: Iterable[Row] = ROWS) -> tuple[Row, ...]:
    """Choose the rows whose names begin with one of ``patterns``; all without any.

    Args:
        patterns: as a shell takes them, in any case: ``1gib``, ``*-up``.
        rows: to choose from.

    Raises:
        ValueError: a pattern fits no row.
    """
    wanted = [f"{pattern.lower()}*" for pattern in patterns]
    everything = tuple(rows)
    for pattern in wanted:
        if not any(fnmatch.fnmatchcase(row.name.lower(), pattern) for row in everything):
            names = ", ".join(row.name for row in everything)
            raise ValueError(f"there is no row {pattern[:-1]}; there are {names}")
    return tuple(
        row
        for row in everything
        if not wanted or any(fnmatch.fnmatchcase(row.name.lower(), each) for each in wanted)
    )
