"""Names and texts of others made fit for eyes: nothing invisible, nothing that turns the line."""

from __future__ import annotations

import unicodedata

_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"  # Persian words and emoji families need them
# Letters, marks and symbols without a shape: Hangul and Khmer fillers, the joiner of graphemes,
# Mongolian selectors, the empty Braille cell, and what Unicode has set aside as ignorable.
SHAPELESS = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2065\u2800\u3164\uffa0"
    "\ufff0\ufff1\ufff2\ufff3\ufff4\ufff5\ufff6\ufff7\ufff8"
)
_FIRST_BYTE, _LAST_BYTE = "\udc80", "\udcff"  # bytes that are no UTF-8 (PEP 383)


def is_unsafe(character: str) -> bool:
    """Tell whether a character is invisible or turns the text around it: controls, format, bidi."""
    return character in SHAPELESS or (
        unicodedata.category(character) in _UNSAFE_CATEGORIES and character not in _JOINERS
    )


def display_text(text: str) -> str:
    r"""Write out control and bidirectional characters of a text, such as ``\u202e``.

    A byte of a name that is no UTF-8 (PEP 383) is written such as ``\xff``.
    """
    if text.isprintable() and SHAPELESS.isdisjoint(text):  # nearly every name, and much faster
        return text
    return "".join(
        written_out(character) if is_unsafe(character) else character for character in text
    )


def written_out(character: str) -> str:
    r"""Write a character as its escape: a byte that is no UTF-8 as ``\xff``, else ``\u202e``."""
    if _FIRST_BYTE <= character <= _LAST_BYTE:
        return f"\\x{ord(character) & 0xFF:02x}"
    return character.encode("unicode_escape").decode("ascii")


def display_name(name: bytes) -> str:
    r"""Return a remote name for people; bytes that are not UTF-8 are written as ``\xff``."""
    return display_text(text_of_name(name))


def text_of_name(name: bytes) -> str:
    """Keep a remote name as a text, whatever its bytes are (PEP 383)."""
    return name.decode("utf-8", "surrogateescape")
