"""Sorts names as people count."""

from __future__ import annotations

import re

# More digits than this are compared in pieces, which a hostile name cannot make slow.
_NUMBER = re.compile("[0-9]{1,18}")


def natural_key(folded: str) -> str:
    """Return a text that sorts as people count: ``scan 9`` before ``scan 10``.

    Each number gets a first character that tells its length; it sorts before all that a shown
    name can hold, since control characters are written out in those.
    """
    return _NUMBER.sub(_counted, folded)


def _counted(number: re.Match[str]) -> str:
    digits = number[0].lstrip("0")
    return chr(len(digits)) + digits
