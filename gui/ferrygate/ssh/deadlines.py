"""Bounds how long a server may take; apart from what loads the SSH library."""

from __future__ import annotations

import msgspec


class Deadlines(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds each stage, in seconds.

    ``verdict`` is for the answer to a secret: a person may have to agree on a phone first. sshd
    itself gives up after 120.
    """

    connect: float = 10.0
    handshake: float = 15.0
    authentication: float = 30.0
    verdict: float = 150.0
    channel: float = 15.0
