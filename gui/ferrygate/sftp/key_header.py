"""What a private key's file says of itself without being decrypted; loads no SSH library."""

from __future__ import annotations

import binascii
from pathlib import Path

LONGEST = 65_536
"""Bytes; no private key is longer."""

OPENSSH = b"BEGIN OPENSSH PRIVATE KEY"
"""How a key in OpenSSH's own form begins, after dashes."""

_PLAIN = b"openssh-key-v1\0\0\0\0\4none"  # how one begins that is not encrypted (PROTOCOL.key)
_BEGINNING = 64  # characters of base64 that hold as much


def may_need_passphrase(path: Path) -> bool:
    """Whether a private key is encrypted, or does not say clearly that it is not.

    A file that cannot be read is not: what is wrong with it is said when it is loaded.
    """
    try:
        with path.expanduser().open("rb") as file:
            data = file.read(LONGEST)
    except OSError:
        return False
    _before, is_openssh, rest = data.partition(OPENSSH)
    if not is_openssh:
        return b"ENCRYPTED" in data  # PKCS #8 (RFC 7468 §11) and older PEM (RFC 1421 §4.6.1.1)
    try:
        beginning = binascii.a2b_base64(rest.partition(b"\n")[2][:_BEGINNING])
    except binascii.Error:
        return True
    return not beginning.startswith(_PLAIN)
