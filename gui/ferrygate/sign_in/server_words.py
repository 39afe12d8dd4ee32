"""Makes what a server asks fit for people."""

from __future__ import annotations

from ferrygate.sftp.server_words import words

_MOST_CHARACTERS = 300
_MOST_LINES = 8


def shown_words(text: str) -> str:
    """A prompt or an instruction, line by line, cleaned and cut to what fits beside an answer."""
    return words(text, lines=_MOST_LINES, characters=_MOST_CHARACTERS)
