"""Lists passwords as they arrive, and as they are sent: one table for every input."""

from __future__ import annotations

from typing import NamedTuple


class SecretCase(NamedTuple):
    """Holds one text.

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
    SecretCase("pw", "pw"),
    SecretCase("pw\n", "pw"),
    SecretCase("pw\r", "pw"),
    SecretCase("pw\r\n", "pw"),
    SecretCase("pw\n\n", None),
    SecretCase("pw\r\r", None),
    SecretCase("pw\r\n\r\n", None),
    SecretCase("pw\n\r", None),
    SecretCase("\npw", None),
    SecretCase("\r\npw", None),
    SecretCase("p\nw", None),
    SecretCase("p\rw\n", None),
    SecretCase("pw ", "pw ", _SPACE),
    SecretCase("pw \n", "pw ", _SPACE),
    SecretCase(" pw", " pw", _SPACE),
    SecretCase(" pw ", " pw ", _SPACE),
    SecretCase("pass word", "pass word"),
    SecretCase("p\tw", "p\tw"),
    SecretCase("pw\t", "pw\t", "a tab"),
    SecretCase("pw\t\r\n", "pw\t", "a tab"),
    SecretCase("pw\u00a0", "pw\u00a0", "a no-break space"),
    SecretCase("\u3000pw", "\u3000pw", "a wide space"),
    SecretCase("pw\u200b", "pw\u200b", "a zero-width space"),
    SecretCase("\ufeffpw", "\ufeffpw", "a byte order mark"),
    SecretCase("pw\u2028", "pw\u2028", _HIDDEN),
    SecretCase("pw\u0085", "pw\u0085", _HIDDEN),
    SecretCase("pw\x0b", "pw\x0b", _HIDDEN),
    SecretCase("pw\x1f", "pw\x1f", _HIDDEN),
    SecretCase("\u202epw", "\u202epw", _HIDDEN),
    SecretCase("pw\u200d\u00ad", "pw\u200d\u00ad", _HIDDEN),
    SecretCase("\u3164pw", "\u3164pw", _HIDDEN),
    SecretCase("p\u200bw\u00a0x", "p\u200bw\u00a0x"),
    SecretCase("   ", "   ", _SPACE),
    SecretCase("Grüße 日本", "Grüße 日本"),
    SecretCase("pw\\n", "pw\\n"),
]
