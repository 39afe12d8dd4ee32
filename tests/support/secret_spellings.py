"""Writes a secret in every way in which a server or a library might."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from urllib.parse import quote, quote_plus


def spellings(secret: str) -> Iterator[str]:
    """Give a secret in clear, base32, base64, hex and percent-encoded; of a key its bytes too."""
    raw = secret.encode("utf-8")
    keys = [raw]
    if secret.isalnum() and secret.isupper():
        keys.append(base64.b32decode(secret + "=" * (-len(secret) % 8)))
    yield secret
    for key in keys:
        yield from (key.hex(), key.hex().upper())
        yield from (base64.b32encode(key).decode(), base64.b32encode(key).decode().lower())
        yield from (base64.b64encode(key).decode(), base64.urlsafe_b64encode(key).decode())
        yield from (quote(key), quote(key, safe=""), quote_plus(key))
        yield "".join(f"%{byte:02X}" for byte in key)


def found_in(text: str, *secrets: str) -> list[str]:
    """Give the spellings of secrets that stand in a text, in upper or lower case, unpadded."""
    folded = text.casefold()
    return [
        spelling
        for secret in secrets
        for spelling in spellings(secret)
        if spelling.rstrip("=").casefold() in folded
    ]
