"""Reads the fingerprints of a server's keys from files that people have: known_hosts, ``.pub``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from ferrygate.common.errors import UsageError
from ferrygate.common.local_disk import read_small_file
from ferrygate.common.message import message
from ferrygate.sites.known_hosts import REVOKED, HostKey
from ferrygate.sites.known_hosts_line import CERTIFICATE, host_name, is_whole, key_blob, matches

_MAX_BYTES = 16 << 20  # of a known_hosts; a line has 100 to 700, and large sites have 10,000 hosts
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|PuTTY-User-Key-File")


def read_pins(path: Path, host: str, port: int) -> tuple[str, ...]:
    """Read the fingerprints of a server's keys, in the order of the file, each once.

    Args:
        path: a known_hosts (sshd(8)), whose names may be hashed or patterns, or a public key as
            ssh-keygen(1) writes it, which names no server and is taken for this one's.
        host: the server's name or address.
        port: TCP's; the file names an unusual one as ``[host]:port``.

    Raises:
        LocalFileError: the file cannot be read.
        UsageError: the file is a private key, has no key of this server, or revokes all it has.
    """
    # A comment may have bytes that are not UTF-8.
    text = read_small_file(path, _MAX_BYTES).decode("utf-8-sig", "replace")
    if _PRIVATE_KEY.match(text.lstrip()):
        raise UsageError(
            message("“{file}” is a private key, which belongs to nobody else.", file=path.name),
            next_step=message("Give the file of the same name that ends in .pub."),
        )
    name = host_name(host, port)
    lines = [line.split() for line in text.splitlines()]
    revoked = _keys((line[1:] for line in lines if line[:1] == [REVOKED]), name, host.lower())
    keys = [*_public_keys(lines), *_keys(lines, name)]
    pins = tuple(dict.fromkeys(key.fingerprint for key in keys if key not in revoked))
    if not pins:
        raise UsageError(
            message(
                "“{file}” has no key of {host} on port {port}.",
                file=path.name,
                host=host,
                port=port,
            ),
            next_step=message(
                "“ferrygate sites fingerprint” asks the server for the keys that it has."
            ),
        )
    return pins


def _public_keys(lines: Iterable[list[str]]) -> list[HostKey]:
    """Return the keys of lines that begin with a key's type, as those of a ``.pub`` do."""
    keys = (_key(*line[:2]) for line in lines if len(line) > 1)
    return [key for key in keys if key is not None]


def _keys(lines: Iterable[list[str]], *names: str) -> list[HostKey]:
    """Return the keys of lines that begin with one of these names of a server."""
    keys = (
        _key(*line[1:3])
        for line in lines
        if len(line) > 2 and any(matches(line[0], name) for name in names)  # noqa: PLR2004  name, type and key
    )
    return [key for key in keys if key is not None]


def _key(key_type: str, text: str) -> HostKey | None:
    """Return a whole key; none for certificates, whose fingerprint is another than their key's."""
    blob = key_blob(text)
    is_key = blob is not None and CERTIFICATE not in key_type and is_whole(blob, key_type)
    return HostKey(key_type, blob) if is_key and blob is not None else None
