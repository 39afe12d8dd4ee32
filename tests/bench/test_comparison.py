"""Two checkouts against each other: how many rounds, and what they mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.__main__ import write
from bench.comparison import (
    Verdict,
    compared,
    comparison_failures,
    comparison_table,
    in_enough_rounds,
)
from bench.report import Measured, RowReport
from bench.sample_reports import measured, report, row, run

EVEN = (1.0, 1.1, 0.9, 1.0, 1.05, 0.95, 1.0, 1.0, 1.1, 0.9)
TWICE = tuple(2 * each for each in EVEN)
SLOWER = row(measured(*TWICE), other=measured(*EVEN))
SAME = row(measured(*EVEN), other=measured(*EVEN))
BROKEN = row(measured(*EVEN), other=measured(1.0, run(1.0, "f has other bytes")))


class Rounds:
    """Notes how many rounds a row is measured in."""

    def __init__(self, ours: Measured, other: Measured) -> None:
        self.asked: list[int] = []
        self._row = row(ours, other=other)

    def measure(self, rounds: int) -> RowReport:
        self.asked.append(rounds)
        return self._row


@pytest.mark.parametrize(
    ("ours", "other", "wanted", "rounds"),
    [
        (0.4, 0.4, 3, 10),
        (9.0, 4.9, 3, 10),
        (5.9, 5.9, 3, 10),
        (6.1, 6.1, 3, 6),
        (30.0, 30.0, 8, 8),
        (0.4, 0.4, 20, 20),
    ],
)
def test_a_row_is_measured_more_often_where_it_is_short_after_a_round_that_does_not_count(
    ours: float, other: float, wanted: int, rounds: int
) -> None:
    both = Rounds(measured(ours), measured(other))
    in_enough_rounds(both.measure, wanted)
    assert both.asked == [1, rounds]


def test_a_row_that_fails_at_once_is_not_measured_again() -> None:
    both = Rounds(measured(1.0), measured(run(60.0, stopped=True)))
    found = in_enough_rounds(both.measure, 3)
    assert both.asked == [1]
    assert compared(found).verdict is Verdict.FAILED


def test_the_ratio_is_that_of_the_rounds_and_not_of_the_medians() -> None:
    busy = row(measured(1.0, 8.0, 1.0, 8.0, 1.0), other=measured(1.0, 8.0, 1.0, 8.0, 8.0))
    ratio = compared(busy).ratio
    assert ratio is not None
    assert ratio.median == 1.0


def test_twice_the_time_is_slower_and_the_same_is_not() -> None:
    assert compared(SLOWER).verdict is Verdict.SLOWER
    assert compared(SAME).verdict is Verdict.NOT_SLOWER
    assert compared(row(measured(*EVEN), other=measured(*TWICE))).verdict is Verdict.NOT_SLOWER


def test_a_slower_row_and_a_broken_one_make_a_comparison_fail() -> None:
    assert comparison_failures([SAME]) == []
    assert comparison_failures([SAME, SLOWER, BROKEN]) == [
        "loopback, many up: slower, 2.00 of the other checkout's time (2.00 to 2.00)",
        "loopback, many up, other: f has other bytes",
    ]


def test_the_table_has_a_line_for_each_row() -> None:
    lines = comparison_table(report(SAME, SLOWER, BROKEN, against="ba9876543210")).splitlines()
    assert [line for line in lines if line.startswith("| ")] == [
        "| | link | this | other | this ÷ other | 90 % interval | rounds | verdict |",
        "| many up | loopback | 1.00 s | 1.00 s | 1.00 | 1.00 to 1.00 | 10 | not slower |",
        "| many up | loopback | 2.00 s | 1.00 s | 2.00 | 2.00 to 2.00 | 10 | **slower** |",
        "| many up | loopback | 1.00 s | 1.00 s | - | - | 2 | **failed** |",
    ]
    assert lines[0].endswith("this checkout at 0123456789ab, the other at")
    assert lines[1] == "ba9876543210."


def test_the_files_that_the_readme_is_made_of_are_left_alone(tmp_path: Path) -> None:
    table, found = write(report(SLOWER, against="ba9876543210"), tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["against.json", "against.md"]
    assert "**slower**" in table
    assert len(found) == 1
    table, found = write(report(SLOWER), tmp_path)
    assert (tmp_path / "latest.md").read_text("utf-8") == table
    assert found == []
