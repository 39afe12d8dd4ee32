"""Tells from what a key typed whether Caps Lock is on.

Qt does not tell, and what the platforms tell differs: an X server can be asked, a Wayland
compositor cannot. A letter tells everywhere: without Shift it is a capital one only under Caps
Lock. A capital with Shift tells nothing, since on a Mac Shift leaves Caps Lock's capitals as they
are. Until the first letter nothing is known, and nothing was typed that could be wrong.
"""

from __future__ import annotations


class CapsLock:
    """Follows the keys that reach one field.

    Attributes:
        is_on: what the last letter told; none before the first.
    """

    def __init__(self) -> None:
        self.is_on: bool | None = None

    def typed(self, text: str, *, shift: bool) -> None:
        """Take in a key that typed ``text``, with or without Shift."""
        is_letter = len(text) == 1 and text.lower() != text.upper()
        if is_letter and not (shift and text.isupper()):
            self.is_on = text.isupper() != shift

    def pressed(self) -> None:
        """Take in that the key itself was pressed."""
        if self.is_on is not None:
            self.is_on = not self.is_on

    def forget(self) -> None:
        """Begin anew, in an empty field."""
        self.is_on = None
