"""The glossary is in order, and the modules that it names are there."""

from __future__ import annotations

import re
from pathlib import Path

GUI = Path(__file__).parents[2] / "gui"
_ROW = re.compile(r"\| ([^|]+) \| ([^|]+) \|")
_PATH = re.compile(r"`([a-z_/]+(?:\.py)?)`")


def rows() -> list[tuple[str, str]]:
    """Read the words with their meanings."""
    lines = (GUI / "GLOSSARY.md").read_text("utf-8").splitlines()
    return [(found[1], found[2]) for line in lines if (found := _ROW.fullmatch(line))][1:]


def test_words_are_in_alphabetical_order_each_once() -> None:
    words = [word for word, _meaning in rows()]
    assert len(words) > 20
    assert words == sorted(set(words))


def test_modules_that_are_named_exist() -> None:
    paths = [path for _word, meaning in rows() for path in _PATH.findall(meaning)]
    homes = (GUI / "ferrygate", GUI.parent)
    assert [path for path in paths if not any((home / path).exists() for home in homes)] == []
