"""Reads what a private key's file says without being decrypted; loads no SSH library."""

from __future__ import annotations

import binascii
import re
from pathlib import Path

from ferrygate.common.errors import PassphraseMissingError, PrivateKeyError
from ferrygate.common.message import message
from ferrygate.ssh.key_file import read_key_file

OPENSSH = b"BEGIN OPENSSH PRIVATE KEY"
"""Beginning of a key in OpenSSH's own form, after dashes."""

_PLAIN = b"openssh-key-v1\0\0\0\0\4none"  # how one begins that is not encrypted (PROTOCOL.key)
_FIDO = re.compile(rb"sk-(?:ssh|ecdsa)-")  # key types, PROTOCOL.u2f
_BEGINNING = 64  # characters of base64 that hold as much


def may_need_passphrase(path: Path) -> bool:
    """Tell whether a private key is encrypted, or does not say clearly that it is not.

    A file that cannot be read is not: what is wrong with it is said when it is loaded.
    """
    try:
        data = read_key_file(path)
    except PrivateKeyError:
        return False
    if OPENSSH not in data:
        return b"ENCRYPTED" in data  # PKCS #8 (RFC 7468 §11) and older PEM (RFC 1421 §4.6.1.1)
    return not _binary(data, _BEGINNING).startswith(_PLAIN)


def passphrase_missing(name: str) -> PassphraseMissingError:
    """Make the error for a private key whose passphrase is not at hand."""
    return PassphraseMissingError(
        message("The private key “{name}” needs its passphrase.", name=name),
        next_step=message("Enter the passphrase of the key."),
    )


def is_on_device(data: bytes) -> bool:
    """Tell whether a key of OpenSSH's form is FIDO's: its secret half never leaves a device."""
    return OPENSSH in data and _FIDO.search(_binary(data)) is not None


def _binary(data: bytes, characters: int | None = None) -> bytes:
    """Decode what follows the first line of OpenSSH's form; empty if it is no base64."""
    text = data.partition(OPENSSH)[2].partition(b"\n")[2].partition(b"-")[0]
    try:
        return binascii.a2b_base64(text[:characters])
    except binascii.Error:
        return b""
