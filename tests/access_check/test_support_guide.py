"""The guide for people on the phone holds what the situations have proven."""

from __future__ import annotations

from access_check.support_guide import GUIDE, with_tables

_MAX_WORDS = 40  # of a cell; people read it aloud


def test_the_guide_holds_the_situations_as_they_are() -> None:
    text = GUIDE.read_text("utf-8")
    assert text == with_tables(text), "run: PYTHONPATH=tests python -m access_check.support_guide"


def test_no_cell_of_the_guide_is_too_long_to_be_read_aloud() -> None:
    cells = [
        cell
        for line in GUIDE.read_text("utf-8").splitlines()
        if line.startswith("|")
        for cell in line.split("|")
    ]
    assert [cell for cell in cells if len(cell.split()) > _MAX_WORDS] == []
