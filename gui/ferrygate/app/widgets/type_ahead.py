"""Finds a row by the first letters of its name, as they are typed."""

from __future__ import annotations

PAUSE_MS = 1000
"""Letters that come later than this begin another name; the habit of file managers."""


class TypeAhead:
    """Puts letters together that are typed in one go."""

    def __init__(self) -> None:
        self._text = ""
        self._last_ms = 0

    def is_going_on(self, now_ms: int) -> bool:
        """Tell whether a letter typed now belongs to those before; blanks are part of names."""
        return bool(self._text) and now_ms - self._last_ms <= PAUSE_MS

    def take(self, letters: str, now_ms: int) -> tuple[str, bool]:
        """Take what was typed at a time in milliseconds.

        Returns:
            what the name begins with, folded, and whether the current row is passed over: one
            letter that is typed again goes through all names that begin with it.
        """
        before = self._text if self.is_going_on(now_ms) else ""
        self._text = before + letters.casefold()
        self._last_ms = now_ms
        if before and self._text == self._text[0] * len(self._text):
            return self._text[0], True
        return self._text, not before
