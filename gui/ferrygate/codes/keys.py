"""Keys as people paste them."""

from __future__ import annotations

import base64
import re
import unicodedata

from ferrygate.common.errors import CodeSecretError
from ferrygate.common.message import message
from ferrygate.common.secret import Secret

_BASE32 = re.compile(r"[A-Za-z2-7]+")
_PADDING = re.compile(r"(?:=|%3D)+\Z", re.IGNORECASE)
_GROUPING = frozenset({"Cc", "Cf", "Mn", "Pd", "Zl", "Zp", "Zs"})  # categories of Unicode
_MINUS_SIGN, _UNDERSCORE = "\u2212", "_"
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # to ASCII
# Bytes of a key. Okta's have 10, and RFC 4226 §4 wants 16. Fewer than half of Okta's are
# what is left of a key that was not copied whole.
_MIN_BYTES = 5
_MAX_BYTES = 128  # HMAC-SHA-512 shortens a longer one to 64 (RFC 2104 §2)
_BITS_PER_CHARACTER, _BITS_PER_BYTE = 5, 8


def parse_key(text: str) -> Secret:
    """Read the shared key in a pasted text: base32, upper case, without padding.

    Spaces, dashes, invisible characters, lower case, full-width letters and missing padding are
    forgiven. Bits beyond the last whole byte are dropped, as other apps do.

    Raises:
        CodeSecretError: the text is no base32 key, or too short for one; it is not quoted.
    """
    key = _PADDING.sub("", "".join(filter(_is_part_of_key, text.translate(_FULL_WIDTH))))
    if not key:
        raise CodeSecretError(message("There is no key here."))
    if not _BASE32.fullmatch(key):
        raise CodeSecretError(
            message("This is not a key: a key has only the letters A to Z and the digits 2 to 7."),
            next_step=message("Copy the key again from the page that shows it."),
        )
    decoded = decode_key(key)
    if len(decoded) < _MIN_BYTES:
        raise CodeSecretError(
            message("The key is not complete: characters are missing."),
            next_step=message("Copy the whole key again from the page that shows it."),
        )
    if not is_usable_length(len(decoded)):
        raise CodeSecretError(
            message("This key is too long."),
            next_step=message("Copy the key alone again from the page that shows it."),
        )
    return encode_key(decoded)


def is_usable_length(size: int) -> bool:
    """Tell whether a key's length in bytes is one that is issued, so that the key can be kept."""
    return _MIN_BYTES <= size <= _MAX_BYTES


def decode_key(key: str) -> bytes:
    """Decode a base32 key that has no padding, and drop the bits beyond its last whole byte."""
    whole_bytes = len(key) * _BITS_PER_CHARACTER // _BITS_PER_BYTE
    return base64.b32decode(key + "A" * (-len(key) % 8), casefold=True)[:whole_bytes]


def encode_key(key: bytes) -> Secret:
    """Write a key in the one way that Ferrygate does: base32, upper case, without padding."""
    return Secret(base64.b32encode(key).decode("ascii").rstrip("="))


def _is_part_of_key(character: str) -> bool:
    return not (
        character in {_MINUS_SIGN, _UNDERSCORE} or unicodedata.category(character) in _GROUPING
    )
