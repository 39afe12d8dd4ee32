"""Reads a code that a person types, from a phone or a token."""

from __future__ import annotations

import re

from ferrygate.common.errors import UsageError
from ferrygate.common.message import message, plural_message
from ferrygate.common.secret import Secret

_DIGITS = re.compile(r"[0-9]+", re.ASCII)


def typed_code(text: str, digits: int) -> Secret:
    """Read a code as it is typed or pasted; blanks in it are left out ("123 456").

    Args:
        text: as it was typed.
        digits: the length of the site's codes.

    Raises:
        UsageError: there is none, it holds other characters, or it is shorter or longer. What was
            typed is not quoted.
    """
    code = "".join(text.split())
    step = message("Type the {digits} digits that your phone or token shows.", digits=digits)
    if not code:
        raise UsageError(message("No code was typed."), next_step=step)
    if not _DIGITS.fullmatch(code):
        raise UsageError(message("A code is made of digits alone."), next_step=step)
    if len(code) != digits:
        raise UsageError(
            plural_message(
                "A code of this server has {digits} digits, and {count} was typed.",
                "A code of this server has {digits} digits, and {count} were typed.",
                len(code),
                digits=digits,
            ),
            next_step=step,
        )
    return Secret(code)
