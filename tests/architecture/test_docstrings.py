"""Docstrings say what their subject does, and begin with it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "gui" / "ferrygate"
NO_BEGINNING = re.compile(r"\s*(?:How|It|Nobody|What|Whether|Who|Whoever)\b")


def docstrings(source: str) -> Iterator[tuple[int, str]]:
    """Give the line and the text of each docstring, those of constants included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            text = node.value.value
            if isinstance(text, str):
                yield node.lineno, text


def named_by_no_subject(source: str) -> list[int]:
    """Find the lines of docstrings that begin with a word that names nothing."""
    return [line for line, text in docstrings(source) if NO_BEGINNING.match(text)]


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ('"""What it is."""', [1]),
        ('"""Holds it."""\n\nX = 1\n"""How many."""', [4]),
        ('class A:\n    """Whether."""', [2]),
        ('def f():\n    """Whoever\n    comes."""', [2]),
        ('"""Whatever comes."""', []),
        ('x = """What is this?"""', []),
    ],
)
def test_beginnings_are_found(source: str, lines: list[int]) -> None:
    assert named_by_no_subject(source) == lines


def test_no_docstring_begins_with_a_word_that_names_nothing() -> None:
    found = {
        str(path.relative_to(SOURCES)): lines
        for path in SOURCES.rglob("*.py")
        if (lines := named_by_no_subject(path.read_text("utf-8")))
    }
    assert found == {}
