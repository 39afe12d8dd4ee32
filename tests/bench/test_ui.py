"""Judging the figures of ``python -m bench.ui``; to measure them takes minutes."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from bench.bars import BARS, DROP, FIRST_PAINT, Round, UiReport, judged, select
from bench.first_paint import is_painted
from bench.report import Machine
from bench.ui import read_options, report, told


def found(*values: float) -> UiReport:
    rounds = [Round(value=value) for value in values]
    machine = Machine(cores=2, memory_bytes=1, processor="", kernel="", python="3.11")
    return UiReport(commit="", machine=machine, qt="6", bars=(judged(DROP, rounds),))


def test_the_median_of_the_rounds_is_what_counts() -> None:
    (bar,) = found(24.9, 90, 3, 24, 25).bars
    assert (bar.median, bar.worst, bar.kept) == (24.9, 90, True)


def test_a_median_at_the_bar_misses_it() -> None:
    assert not found(25.0).kept


def test_a_kept_bar_ends_with_zero_and_a_missed_one_does_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    written: list[str] = []
    assert told(found(3, 4, 5), written.append) == 0
    assert told(found(30, 31, 32), written.append) == 1
    assert "31.0 ms, and below 25 is the bar" in capsys.readouterr().err


def test_the_report_is_json_with_bar_median_worst_and_machine() -> None:
    written: list[str] = []
    told(report(found(1, 2, 3).bars), written.append)
    read = msgspec.json.decode("".join(written))
    (bar,) = read["bars"]
    assert (bar["bar"], bar["median"], bar["worst"]) == (25.0, 2.0, 3.0)
    assert read["machine"]["cores"] >= 1
    assert read["machine"]["memory_bytes"] > 0
    assert read["machine"]["python"].startswith("3.")
    assert read["qt"].startswith("6.")


def test_all_bars_are_measured_five_times_unless_some_are_named() -> None:
    assert read_options([]) == (BARS, 5)
    assert read_options(["--only", "first-paint"]) == ((FIRST_PAINT,), 5)
    assert select(["first-paint", "drop"]) == (DROP, FIRST_PAINT)


@pytest.mark.parametrize("arguments", [["--only", "dorp"], ["--rounds", "0"]])
def test_a_mistake_in_the_command_line_is_no_missed_bar(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        read_options(arguments)
    assert end.value.code == 2
    assert "error" in capsys.readouterr().err


@pytest.mark.gui
def test_a_window_counts_as_painted_once_there_are_words_on_it(
    qapp: QApplication,  # noqa: ARG001  fonts want an application
) -> None:
    image = QImage(400, 400, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    assert not is_painted(image)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.fillRect(10, 10, 200, 200, QColor("grey"))
    painter.end()
    assert not is_painted(image)
    painter.begin(image)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.drawText(50, 50, "Open a connection file, or type the server's address")
    painter.end()
    assert is_painted(image)
