"""Texts on a screen that is narrow."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from ferrygate.cli.progress_bar import make_bar
from ferrygate.cli.terminal import wrapped

CHOICE = "  r  replace (if that breaks half-way, the old file is lost on this server)"


@pytest.mark.parametrize("columns", [20, 40, 41, 60])
def test_a_question_breaks_between_words(columns: int) -> None:
    lines = wrapped(CHOICE, columns).splitlines()
    assert " ".join(" ".join(lines).split()) == " ".join(CHOICE.split())
    assert all(len(line) < columns for line in lines)
    assert all(line.startswith("  ") for line in lines)


@pytest.mark.parametrize("columns", [80, 0, -1])
def test_what_fits_stays_as_it_is(columns: int) -> None:
    assert wrapped(CHOICE, columns) == CHOICE


def test_a_long_word_stays_whole() -> None:
    fingerprint = "SHA256:" + "A" * 43
    assert fingerprint in wrapped(f"It shows {fingerprint} today", 40).splitlines()


@pytest.mark.parametrize("columns", [40, 60, 80, 99, 100, 200])
@pytest.mark.parametrize("name", ["a.csv", "a name that is longer than any screen is wide " * 9])
def test_a_bar_keeps_to_one_line(columns: int, name: str) -> None:
    drawn = io.StringIO()
    screen = Console(file=drawn, width=columns, force_terminal=True, color_system=None)
    bar = make_bar(screen)
    (task,) = bar.task_ids
    bar.update(task, description=name, completed=16_100_000, total=31_500_000)
    screen.print(bar.get_renderable())
    (line,) = drawn.getvalue().splitlines()
    assert len(line) <= columns
    assert line.startswith(name[:5])
    assert "51%" in line or "16.1/31.5 MB" in line
