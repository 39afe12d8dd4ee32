"""Asks servers for their host keys; needs no session, no account and no secret."""

from __future__ import annotations

from ferrygate import bootstrap
from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.sites.known_hosts import HostKey


def shown_host_keys(host: str, port: int, clock: Clock, cancel: CancelToken) -> tuple[HostKey, ...]:
    """Return every host key that a server proves to hold, the one it shows unasked first.

    Nobody has confirmed these keys: they are those of what has answered at the address just now.

    Raises:
        CannotReachError: no such host, no answer, or no SSH server.
        ServerBusyError, ServerUnusableError: a server with which no keys can be exchanged.
        Cancelled: as asked.
    """
    return bootstrap.shown_host_keys(host, port, clock, cancel)
