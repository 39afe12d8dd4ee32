"""Cleans secrets as they arrive: with a line end, or with invisible characters at their ends.

A sheet, a mail or a mounted file ends in a line end that belongs to no password, so that one is
left out. Nothing else is ever taken from a password: what looks like a blank may be part of it.
Keys of codes cannot hold such characters, and lose them.
"""

from __future__ import annotations

import unicodedata

from ferrygate.common.display import SHAPELESS
from ferrygate.common.errors import UsageError
from ferrygate.common.message import Message, Text, message
from ferrygate.common.secret import Secret

_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf"})
_LINE_ENDS = ("\r\n", "\n", "\r")


def given_secret(text: str, source: Text) -> Secret:
    """Return the password or passphrase in a text, without one line end at its end.

    Args:
        text: as it was typed, pasted or read.
        source: where it comes from, to begin a sentence with.

    Raises:
        UsageError: there are more line ends, or characters that cannot be sent. It is not quoted.
    """
    secret = text
    for end in _LINE_ENDS:
        if text.endswith(end):
            secret = text.removesuffix(end)
            break
    if "\n" in secret or "\r" in secret:
        raise UsageError(
            message("{source} holds more than one line.", source=source),
            next_step=message("Give it on one line. A line end at the very end is left out."),
        )
    _check_encoding(secret, source)
    return Secret(secret)


def given_key(text: str, source: Text) -> Secret:
    """Return the key or address for codes in a text, without invisible characters at its ends.

    Args:
        text: as it was read.
        source: where it comes from, to begin a sentence with.

    Raises:
        UsageError: as :func:`given_secret`. What a key may hold is for its parser to say.
    """
    return given_secret(without_unseen_ends(text), source)


def _check_encoding(text: str, source: Text) -> None:
    """Check that a text can be sent at all.

    Raises:
        UsageError: it holds bytes that were no UTF-8 (PEP 383), or half characters.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise UsageError(
            message("{source} is not UTF-8 text.", source=source),
            next_step=message("Save it as UTF-8, or set it again."),
        ) from None


def without_unseen_ends(text: str) -> str:
    """Return a text without the invisible characters at its ends."""
    start, end = _bounds(text)
    return text[start:end]


def unseen_ends(secret: Secret, source: Text) -> Message | None:
    """Make a sentence that names the characters at a secret's ends that cannot be seen, if any.

    Args:
        secret: as it would be sent.
        source: what the secret is, to begin the sentence with.
    """
    text = secret.reveal()
    start, end = _bounds(text)
    first, last = _named(text[:start]), _named(text[end:])
    if first and last:
        words = message("{source} begins with {first} and ends in {last}, which nobody can see.")
    elif first:
        words = message("{source} begins with {first}, which nobody can see.")
    elif last:
        words = message("{source} ends in {last}, which nobody can see.")
    else:
        return None
    return words.filled(source=source, first=first, last=last)


def _bounds(text: str) -> tuple[int, int]:
    """Find the first and last visible character; a text without any is all end."""
    start, end = 0, len(text)
    while end and _is_unseen(text[end - 1]):
        end -= 1
    while start < end and _is_unseen(text[start]):
        start += 1
    return start, end


def _is_unseen(character: str) -> bool:
    return (
        character.isspace()  # Unicode's White_Space, and four controls
        or unicodedata.category(character) in _UNSEEN_CATEGORIES
        or character in SHAPELESS
    )


def _named(characters: str) -> tuple[Message, ...]:
    """Name some characters, each once."""
    names = {
        " ": message("a space"),
        "\t": message("a tab"),
        "\u00a0": message("a no-break space"),
        "\u200b": message("a zero-width space"),
        "\ufeff": message("a byte order mark"),
        "\u3000": message("a wide space"),
    }
    return tuple(
        names.get(character)
        or message("an invisible character ({code})", code=f"U+{ord(character):04X}")
        for character in dict.fromkeys(characters)
    )
