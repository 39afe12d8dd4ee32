"""Reads the parts of a line of ``known_hosts`` (sshd(8)): whom it speaks of, and its key."""

from __future__ import annotations

import base64
import hmac
import re

from ferrygate.common.errors import UsageError
from ferrygate.common.message import message
from ferrygate.sites.site import DEFAULT_PORT

CERTIFICATE = "-cert-"
"""Stands in the type of a key that is a certificate, which is more than strings."""

_DIGEST_BYTES = 20  # of SHA-1, which hashes hosts' names
_LENGTH_BYTES = 4  # before each string of a key (RFC 4251 §5)
_HASHED = "|1|"
_WILDCARDS = {"*": ".*", "?": "."}
_PLAIN_HOST = re.compile(r"[A-Za-z0-9._:%-]+")


def host_name(host: str, port: int) -> str:
    """Return a server's name in the file: bare on port 22, ``[host]:port`` on others."""
    if not _PLAIN_HOST.fullmatch(host):
        raise UsageError(message("“{host}” is not the name or address of a server.", host=host))
    name = host.lower()
    return name if port == DEFAULT_PORT else f"[{name}]:{port}"


def key_blob(key: str) -> bytes | None:
    """Decode a key in base64; ``None`` if it is none."""
    try:
        return base64.b64decode(key, validate=True)
    except ValueError:
        return None


def is_whole(blob: bytes, key_type: str) -> bool:
    """Tell whether a key is one of its type and not cut off: strings to its end (RFC 4253 §6.6)."""
    strings = []
    at = 0
    while at < len(blob):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(blob[at:start])
        strings.append(blob[start:at])
        if CERTIFICATE in key_type:
            break
    is_cut = at > len(blob)
    return strings[:1] == [key_type.encode("utf-8", "replace")] and not is_cut


def is_readable(hosts: str) -> bool:
    """Tell whether a hashed name is one; patterns always are."""
    if not hosts.startswith("|"):
        return True
    salt, _bar, digest = hosts.removeprefix(_HASHED).partition("|")
    parts = key_blob(salt), key_blob(digest)
    return hosts.startswith(_HASHED) and all(len(part or b"") == _DIGEST_BYTES for part in parts)


def matches(patterns: str, name: str) -> bool:
    """Tell whether a line is for the host ``name`` (sshd(8)): by patterns, or one hashed name."""
    if patterns.startswith(_HASHED):
        salt, _bar, hashed = patterns.removeprefix(_HASHED).partition("|")
        digest = hmac.digest(key_blob(salt) or b"", name.encode("utf-8"), "sha1")
        return digest == key_blob(hashed)
    found = False
    for pattern in patterns.lower().split(","):
        if _is_like(pattern.removeprefix("!"), name):
            if pattern.startswith("!"):
                return False
            found = True
    return found


def _is_like(pattern: str, name: str) -> bool:
    """Compare with a pattern of ``*`` and ``?``; brackets are plain characters."""
    parts = (_WILDCARDS.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch("".join(parts), name) is not None
