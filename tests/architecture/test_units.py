"""A constant whose comment begins with its unit has the unit in its name: ``_POLL_SECONDS``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_CONSTANT = re.compile(
    r"^(?P<name>_?[A-Z][A-Z0-9_]*)(?:: [^=]+)? = [^#\n]*[0-9][^#\n]*#\s*(?P<unit>seconds|bytes)\b",
    re.MULTILINE,
)


def without_unit(source: str) -> list[str]:
    """Name the constants whose unit is in a comment only."""
    return [
        found["name"]
        for found in _CONSTANT.finditer(source)
        if found["unit"].upper() not in found["name"].split("_")
    ]


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("_LOOK = 0.5  # seconds between two looks", ["_LOOK"]),
        ("BODY: Final = 1 << 20  # bytes of an answer", ["BODY"]),
        ("_POLL_SECONDS = 0.5  # seconds between two looks", []),
        ("SECONDS_PER_ANSWER = 50.0  # seconds, on the average", []),
        ("_POLL_SECONDS = 0.5  # between two looks", []),
        ("_FILES = 50  # as many as take some seconds", []),
        ("x = 5  # seconds", []),
    ],
)
def test_units_in_comments_alone_are_found(source: str, names: list[str]) -> None:
    assert without_unit(source) == names


def test_units_are_in_the_names_of_constants() -> None:
    found = {
        str(path.relative_to(ROOT)): names
        for folder in ("gui", "packaging")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if (names := without_unit(path.read_text("utf-8")))
    }
    assert found == {}
