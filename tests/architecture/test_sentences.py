"""Rules for the sentences that people see."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "gui" / "ferrygate"
_FUNCTIONS = {"_", "ngettext", "message", "plural_message"}


def sentences(source: str) -> Iterator[str]:
    """Every text of a module that is marked for translation."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id in _FUNCTIONS:
            parts = (part for argument in node.args for part in ast.walk(argument))
            values = (part.value for part in parts if isinstance(part, ast.Constant))
            yield from (value for value in values if isinstance(value, str))


def modules() -> Iterator[Path]:
    """List the modules whose sentences are looked at."""
    return PACKAGE.rglob("*.py")


def test_names_stand_in_curly_quotes() -> None:
    straight = [
        f"{path.relative_to(PACKAGE)}: {sentence}"
        for path in modules()
        for sentence in sentences(path.read_text(encoding="utf-8"))
        if '"' in sentence
    ]
    assert straight == []


@pytest.mark.parametrize(
    "source", ["""_('no "x"').format()""", """_("no " 'such "x"')""", """ngettext('"x"', "", 2)"""]
)
def test_a_straight_quote_is_found(source: str) -> None:
    assert any('"' in sentence for sentence in sentences(source))
