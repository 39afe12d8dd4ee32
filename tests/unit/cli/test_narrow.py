"""Texts on a screen that is narrow."""

from __future__ import annotations

import pytest

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
