"""Keys as people paste them."""

from __future__ import annotations

import base64
import re

from ferrygate.common.errors import CodeSecretError
from ferrygate.common.i18n import _
from ferrygate.common.secret import Secret

_GROUPING = re.compile(r"[\s\-\u2010-\u2015\u2212]+")
_BASE32 = re.compile(r"[A-Za-z2-7]+")
_WHOLE_BYTES = frozenset({0, 2, 4, 5, 7})  # characters left over after groups of 8, RFC 4648 §6


def parse_key(text: str) -> Secret:
    """The shared key in a pasted text: base32, upper case, without padding.

    Spaces, dashes, lower case and missing padding are forgiven.

    Raises:
        CodeSecretError: the text is no base32 key; it is not quoted.
    """
    key = _GROUPING.sub("", text).rstrip("=")
    if not key:
        raise CodeSecretError(_("There is no key here."))
    if not _BASE32.fullmatch(key):
        raise CodeSecretError(
            _("This is not a key: a key has only the letters A to Z and the digits 2 to 7."),
            next_step=_("Copy the key again from the page that shows it."),
        )
    if len(key) % 8 not in _WHOLE_BYTES:
        raise CodeSecretError(
            _("The key is not complete: a character is missing or one too many."),
            next_step=_("Copy the whole key again from the page that shows it."),
        )
    return encode_key(decode_key(key))


def decode_key(key: str) -> bytes:
    """Decode a base32 key that has no padding."""
    return base64.b32decode(key + "=" * (-len(key) % 8), casefold=True)


def encode_key(key: bytes) -> Secret:
    """The one way in which Ferrygate writes a key: base32, upper case, without padding."""
    return Secret(base64.b32encode(key).decode("ascii").rstrip("="))
