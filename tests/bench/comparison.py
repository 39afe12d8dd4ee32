"""Two checkouts of Ferrygate against each other: is a row slower in this one than in the other?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from bench.bootstrap import LEVEL, SLOWER_BY, Estimate, estimate
from bench.clients import OTHER, OURS
from bench.judge import problems, typical
from bench.report import Report, RowReport
from bench.table import link_line, machine_lines, time_cell

# At least 9 rounds of a row under 5 s and 5 of the others, and an even number, so that each of the
# two goes first as often. A round that does not count comes before: in it a checkout compiles.
_ROUNDS_OF_SHORT, _ROUNDS_OF_LONG = 10, 6
_SHORT_SECONDS = 6.0  # in that round: the rule's 5, and what compiling takes
_LEVEL = f"{LEVEL * 100:.0f} %"
_SEED = 1  # any would do; with one of its own, a report gives the same table again


class Verdict(StrEnum):
    """Tells how a row of this checkout compares, in the words of the table."""

    NOT_SLOWER = "not slower"
    SLOWER = "**slower**"
    FAILED = "**failed**"


@dataclass(frozen=True)
class Comparison:
    """A row in two checkouts.

    Attributes:
        rounds: that count.
        verdict: whether the row is slower here.
        ratio: this checkout's time divided by the other's; None where a run failed.
    """

    rounds: int
    verdict: Verdict
    ratio: Estimate | None


def in_enough_rounds(measure: Callable[[int], RowReport], rounds: int) -> RowReport:
    """Measure a row in as many rounds as its length asks for, after one that does not count.

    Args:
        measure: measures the row in so many rounds.
        rounds: at least so many.

    Returns:
        the rounds that count; where the first one failed, that one.
    """
    first = measure(1)
    times = [time for each in first.clients.values() if (time := typical(each)) is not None]
    if problems(first) or not times:
        return first
    enough = _ROUNDS_OF_SHORT if min(times) < _SHORT_SECONDS else _ROUNDS_OF_LONG
    return measure(max(rounds, enough))


def compared(row: RowReport) -> Comparison:
    """Compare this checkout with the other in a row."""
    pairs = list(zip(row.clients[OURS].runs, row.clients[OTHER].runs, strict=False))
    if problems(row) or not pairs:
        return Comparison(len(pairs), Verdict.FAILED, None)
    ratios = [ours.seconds / other.seconds for ours, other in pairs]
    ratio = estimate(ratios, Random(_SEED))  # noqa: S311  the same in every run
    verdict = Verdict.SLOWER if ratio.is_slower else Verdict.NOT_SLOWER
    return Comparison(len(pairs), verdict, ratio)


def comparison_failures(rows: Iterable[RowReport]) -> list[str]:
    """Name everything that makes a comparison fail, a sentence each."""
    found = []
    for row in rows:
        found += problems(row)
        comparison = compared(row)
        if comparison.verdict is Verdict.SLOWER and comparison.ratio is not None:
            found.append(
                f"{row.link}, {row.title}: slower, {comparison.ratio.median:.2f} of the other"
                f" checkout's time ({_interval(comparison.ratio)})"
            )
    return found


def comparison_table(report: Report) -> str:
    """Write a comparison as Markdown."""
    lines = [
        f"Measured {report.date[:10]}: this checkout at {report.commit}, the other at",
        f"{report.against}.",
        *machine_lines(report.machine),
        "",
        f"| | link | this | other | this ÷ other | {_LEVEL} interval | rounds | verdict |",
        f"|{'---|' * 8}",
    ]
    for row in report.rows:
        comparison = compared(row)
        ratio = comparison.ratio
        cells = (
            row.title,
            row.link,
            time_cell(row.clients[OURS]),
            time_cell(row.clients[OTHER]),
            "-" if ratio is None else f"{ratio.median:.2f}",
            "-" if ratio is None else _interval(ratio),
            str(comparison.rounds),
            comparison.verdict,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", *map(link_line, report.links), "", _note(), ""])


def _interval(ratio: Estimate) -> str:
    return f"{ratio.low:.2f} to {ratio.high:.2f}"


def _note() -> str:
    return (
        "Seconds of whole commands, the median of the rounds, in which the two take turns to go"
        " first; this ÷ other is the median of the rounds' ratios, with its bootstrap interval"
        f" over the rounds. Slower: the interval lies above 1.00, and the median above"
        f" {SLOWER_BY:.2f}. After each command all bytes are compared; a round before, in which"
        " each runs for the first time, does not count."
    )
