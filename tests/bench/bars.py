"""The bars that the window must keep, and what a run of ``python -m bench.ui`` found."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from bench.report import Machine

ROUNDS = 5


@dataclass(frozen=True)
class Bar:
    """A bound on a figure of the window.

    Attributes:
        name: as ``--only`` takes it.
        title: what is measured, in words.
        unit: of the figures.
        below: the bound, which the median of all rounds must stay below.
    """

    name: str
    title: str
    unit: str
    below: float


DROP = Bar(
    name="drop",
    title="event loop late at p99 while 5,000 files of 4 KiB are delivered from a drop",
    unit="ms",
    below=25.0,
)
FIRST_PAINT = Bar(
    name="first-paint",
    title="from exec to the first paint of the window with its fonts, warm",
    unit="ms",
    below=500.0,
)
ROWS_COME = Bar(
    name="rows",
    title="event loop late at p99 while 100,000 rows arrive",
    unit="ms",
    below=25.0,
)
ROWS_PAUSE = Bar(
    name="rows-pause",
    title="longest pause of the event loop while 100,000 rows arrive",
    unit="ms",
    below=50.0,
)
SCROLL = Bar(
    name="scroll",
    title="longest pause while 100,000 rows are scrolled by wheel and page",
    unit="ms",
    below=50.0,
)
SELECT_ALL = Bar(
    name="select-all", title="pause for Ctrl+A on 100,000 rows", unit="ms", below=100.0
)
REFRESH = Bar(
    name="refresh",
    title="longest pause while 100,000 rows, all of them selected, are read again",
    unit="ms",
    below=100.0,
)
SORT = Bar(
    name="sort",
    title="longest pause for an order of 100,000 rows, all of them selected, by any column",
    unit="ms",
    below=150.0,
)
FILTER = Bar(
    name="filter",
    title="longest pause for a key in the filter of 100,000 rows, all of them selected",
    unit="ms",
    below=100.0,
)
MEMORY = Bar(
    name="rows-memory",
    title="resident memory after 100,000 rows were listed, selected and let go",
    unit="MiB",
    below=200.0,
)
LIST_BARS = (ROWS_COME, ROWS_PAUSE, SCROLL, SELECT_ALL, REFRESH, SORT, FILTER, MEMORY)
"""They are measured together, in one window."""

BARS = (DROP, FIRST_PAINT, *LIST_BARS)


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """One measurement.

    Attributes:
        value: in the bar's unit.
        beside: what else was measured, by name and unit.
    """

    value: float
    beside: dict[str, float] = {}


class BarReport(msgspec.Struct, frozen=True, kw_only=True):
    """All rounds of one bar.

    Attributes:
        name: of the bar.
        title: of the bar.
        unit: of all figures but those beside.
        bar: what the median must stay below.
        median: of all rounds.
        worst: of all rounds.
        kept: the median stays below the bar.
        rounds: in the order they were made.
    """

    name: str
    title: str
    unit: str
    bar: float
    median: float
    worst: float
    kept: bool
    rounds: tuple[Round, ...]


class UiReport(msgspec.Struct, frozen=True, kw_only=True):
    """Holds the findings of a run.

    Attributes:
        commit: of the checkout measured.
        machine: cores, memory in bytes, processor, kernel and Python.
        qt: its version.
        bars: those that were measured.
    """

    commit: str
    machine: Machine
    qt: str
    bars: tuple[BarReport, ...]

    @property
    def kept(self) -> bool:
        """Tell whether every bar was kept."""
        return all(bar.kept for bar in self.bars)


def judged(bar: Bar, rounds: Iterable[Round]) -> BarReport:
    """Judge a bar by the median of its rounds.

    Raises:
        statistics.StatisticsError: there are no rounds.
    """
    made = tuple(rounds)
    values = [each.value for each in made]
    median = statistics.median(values)
    return BarReport(
        name=bar.name,
        title=bar.title,
        unit=bar.unit,
        bar=bar.below,
        median=median,
        worst=max(values),
        kept=median < bar.below,
        rounds=made,
    )


def select(names: Iterable[str]) -> tuple[Bar, ...]:
    """Choose the bars of these names, in order; all without any.

    Raises:
        ValueError: there is no bar of such a name.
    """
    wanted = set(names)
    if unknown := wanted - {bar.name for bar in BARS}:
        raise ValueError(f"no bar is called {' or '.join(sorted(unknown))}")
    return tuple(bar for bar in BARS if not wanted or bar.name in wanted)
