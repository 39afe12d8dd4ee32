"""Bounds what a server says to people: banners, prompts, reasons, the first line on a port."""

from __future__ import annotations

from ferrygate.common.display import display_text

_MOST_LINES = 20
_LONGEST_LINE = 200  # characters
_LONGEST = 1000  # characters in all, so that a notice fits above a terminal's prompt

# Bounds of a prompt, and of the instruction above it.
_MOST_LINES_ASKED, _LONGEST_ASKED = 8, 300


def words(text: str | bytes, *, lines: int = _MOST_LINES, characters: int = _LONGEST) -> str:
    """The first lines of a text, each cleaned and cut; empty ones are left out.

    Args:
        text: the server's, who may put anything into it; bytes are read as UTF-8.
        lines: how many there may be.
        characters: how many there may be in all.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "backslashreplace")
    cleaned = (display_text(" ".join(line.split())) for line in text.splitlines())
    shown = [line[:_LONGEST_LINE] for line in cleaned if line][:lines]
    return "\n".join(shown)[:characters]


def shown_words(text: str) -> str:
    """A prompt or an instruction, line by line, cleaned and cut to what fits beside an answer."""
    return words(text, lines=_MOST_LINES_ASKED, characters=_LONGEST_ASKED)


def sentence(text: str | bytes) -> str:
    """The same on one line, for what is told beside an error."""
    return " ".join(words(text).splitlines())


class Banner:
    """The banner before the sign-in (RFC 4252 §5.4), in as many pieces as the server likes.

    Written by one thread.
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def add(self, text: bytes) -> str:
        """Take another piece; returns it as it may be shown, nothing where there was enough."""
        piece = words(text[: 4 * _LONGEST])
        if not piece or len(self.text) + len(piece) > _LONGEST:
            return ""
        self._pieces.append(piece)
        return piece

    @property
    def text(self) -> str:
        """All that may be shown."""
        return "\n".join(self._pieces)
