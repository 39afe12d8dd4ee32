"""The glossary is in order, each word once."""

from __future__ import annotations

import re
from pathlib import Path

GUI = Path(__file__).parents[2] / "gui"
_ROW = re.compile(r"\| ([^|]+) \| ([^|]+) \|")


def rows() -> list[tuple[str, str]]:
    """Read the words with their meanings."""
    lines = (GUI / "GLOSSARY.md").read_text("utf-8").splitlines()
    return [(found[1], found[2]) for line in lines if (found := _ROW.fullmatch(line))][1:]


def test_words_are_in_alphabetical_order_each_once() -> None:
    words = [word for word, _meaning in rows()]
    assert len(words) > 20
    assert words == sorted(set(words))
