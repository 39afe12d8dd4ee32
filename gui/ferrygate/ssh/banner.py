"""Keeps the banner that a server sends before the sign-in (RFC 4252 §5.4)."""

from __future__ import annotations

from ferrygate.common.server_words import MAX_CHARACTERS, words


class Banner:
    """A banner, in as many pieces as the server likes; written by one thread."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def add(self, text: bytes) -> str:
        """Take another piece; returns it as it may be shown, nothing where there was enough."""
        piece = words(text[: 4 * MAX_CHARACTERS])
        if not piece or len(self.text) + len(piece) > MAX_CHARACTERS:
            return ""
        self._pieces.append(piece)
        return piece

    @property
    def text(self) -> str:
        """Return the banner so far, as it may be shown."""
        return "\n".join(self._pieces)
