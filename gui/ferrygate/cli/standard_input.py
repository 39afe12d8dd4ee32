"""Reads secrets and codes that are given on standard input."""

from __future__ import annotations

import sys

from ferrygate.codes.typed_code import typed_code
from ferrygate.common.errors import UsageError
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.common.secret_sources import MAX_BYTES
from ferrygate.common.secret_text import given_key, given_secret

_SOURCE = message("Standard input")


def key_on_standard_input() -> Secret:
    """Read the key or address on standard input: a line of a person's, else all of it.

    Raises:
        UsageError: it is no text, or more than a line.
    """
    stream = sys.stdin
    if stream is None:  # closed
        return Secret("")
    if stream.isatty():
        return given_key(stream.readline(), _SOURCE)
    return given_key(_text(stream.buffer.read(MAX_BYTES + 1)), _SOURCE)


def code_on_standard_input(digits: int) -> Secret:
    """Read the code on the first line of standard input.

    Args:
        digits: the length of the site's codes.

    Raises:
        UsageError: there is none, or it is no code.
    """
    stream = sys.stdin
    line = b"" if stream is None else stream.buffer.readline(MAX_BYTES + 1)
    if not line.strip():
        raise UsageError(
            message("There is no code on standard input."),
            next_step=message("Write the code on its first line."),
        )
    return typed_code(given_secret(_text(line), _SOURCE).reveal(), digits)


def line_on_standard_input() -> Secret:
    """Read the secret on the first line of standard input.

    Raises:
        UsageError: there is none, or it is too long.
    """
    stream = sys.stdin
    line = b"" if stream is None else stream.buffer.readline(MAX_BYTES + 1)
    given = given_secret(_text(line), _SOURCE)
    if not given:
        raise UsageError(message("There is no secret on standard input."))
    return given


def _text(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise UsageError(message("{source} is too long for a secret.", source=_SOURCE))
    return content.decode("utf-8", "surrogateescape")
