"""Asks a server for every host key that it has; nothing about an account is sent."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from ferrygate.sites.known_hosts import HostKey
from ferrygate.ssh.algorithms import LATER_KEY_TYPES
from ferrygate.ssh.connection import Connection


def shown_keys(connect: Callable[[tuple[HostKey, ...]], Connection]) -> tuple[HostKey, ...]:
    """Return the keys that a server proves to hold, the one that it shows unasked first.

    A key exchange (RFC 4253 §7) shows one key, so the server is reached once for each type that it
    says it has.

    Args:
        connect: reaches the server, and asks for keys of known types first.

    Raises:
        CannotReachError, ServerBusyError, ServerUnusableError, Cancelled: as ``connect``.
    """
    with closing(connect(())) as connection:
        keys = [connection.host_key]
        others = [
            key_type
            for key_type in LATER_KEY_TYPES
            if key_type != connection.host_key.key_type and connection.offers_key(key_type)
        ]
    for key_type in others:
        with closing(connect((HostKey(key_type, b""),))) as connection:
            if connection.host_key not in keys:
                keys.append(connection.host_key)
    return tuple(keys)
