"""Passwords as they arrive, and what becomes of them: the one table for every way in."""

from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    """One text.

    Attributes:
        given: as it was typed, pasted or read.
        sent: what goes to the server; none where the text is wrong input.
        named: what is said of its ends; empty where nothing is.
    """

    given: str
    sent: str | None
    named: str = ""


_SPACE = "a space"
_HIDDEN = "an invisible character"

CASES = [
    Case("pw", "pw"),
    Case("pw\n", "pw"),
    Case("pw\r", "pw"),
    Case("pw\r\n", "pw"),
    Case("pw\n\n", None),
    Case("pw\r\r", None),
    Case("pw\r\n\r\n", None),
    Case("pw\n\r", None),
    Case("\npw", None),
    Case("\r\npw", None),
    Case("p\nw", None),
    Case("p\rw\n", None),
    Case("pw ", "pw ", _SPACE),
    Case("pw \n", "pw ", _SPACE),
    Case(" pw", " pw", _SPACE),
    Case(" pw ", " pw ", _SPACE),
    Case("pass word", "pass word"),
    Case("p\tw", "p\tw"),
    Case("pw\t", "pw\t", "a tab"),
    Case("pw\t\r\n", "pw\t", "a tab"),
    Case("pw\u00a0", "pw\u00a0", "a no-break space"),
    Case("\u3000pw", "\u3000pw", "a wide space"),
    Case("pw\u200b", "pw\u200b", "a zero-width space"),
    Case("\ufeffpw", "\ufeffpw", "a byte order mark"),
    Case("pw\u2028", "pw\u2028", _HIDDEN),
    Case("pw\u0085", "pw\u0085", _HIDDEN),
    Case("pw\x0b", "pw\x0b", _HIDDEN),
    Case("pw\x1f", "pw\x1f", _HIDDEN),
    Case("\u202epw", "\u202epw", _HIDDEN),
    Case("pw\u200d\u00ad", "pw\u200d\u00ad", _HIDDEN),
    Case("\u3164pw", "\u3164pw", _HIDDEN),
    Case("p\u200bw\u00a0x", "p\u200bw\u00a0x"),
    Case("   ", "   ", _SPACE),
    Case("Grüße 日本", "Grüße 日本"),
    Case("pw\\n", "pw\\n"),
]
