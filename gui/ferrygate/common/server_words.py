"""Bounds what a server says to people: banners, prompts, reasons, the first line on a port."""

from __future__ import annotations

from ferrygate.common.display import display_text

MAX_CHARACTERS = 1000  # in all, so that a notice fits above a terminal's prompt
_MAX_LINES = 20
_MAX_LINE_CHARACTERS = 200

# Bounds of a prompt, and of the instruction above it.
_MAX_PROMPT_LINES, _MAX_PROMPT_CHARACTERS = 8, 300


def words(text: str | bytes, *, lines: int = _MAX_LINES, characters: int = MAX_CHARACTERS) -> str:
    """Return the first lines of a text, each cleaned and cut; empty ones are left out.

    Args:
        text: the server's, who may put anything into it; bytes are read as UTF-8.
        lines: how many there may be.
        characters: how many there may be in all.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "backslashreplace")
    cleaned = (display_text(" ".join(line.split())) for line in text.splitlines())
    shown = [line[:_MAX_LINE_CHARACTERS] for line in cleaned if line][:lines]
    return "\n".join(shown)[:characters]


def shown_words(text: str) -> str:
    """Clean a prompt or an instruction, line by line, and cut it to what fits beside an answer."""
    return words(text, lines=_MAX_PROMPT_LINES, characters=_MAX_PROMPT_CHARACTERS)


def sentence(text: str | bytes) -> str:
    """Return the words on one line, to be shown beside an error."""
    return " ".join(words(text).splitlines())


def is_text(first: bytes) -> bool:
    """Tell whether the first bytes from a server are text that people could read."""
    try:
        text = first.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return bool(text.strip()) and all(each.isprintable() or each in "\r\n\t" for each in text)
