"""A server's words made fit for people."""

from __future__ import annotations

from ferrygate.common.names import display_text

_MOST_CHARACTERS = 300
_MOST_LINES = 8


def shown_words(words: str) -> str:
    """A server's words, line by line, cleaned and cut; without empty lines."""
    lines = (display_text(" ".join(line.split())) for line in words.splitlines())
    kept = [line for line in lines if line][:_MOST_LINES]
    return "\n".join(kept)[:_MOST_CHARACTERS]
