"""Bounds how long a server may take; apart from what loads the SSH library."""

from __future__ import annotations

import math

import msgspec


class Deadlines(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds each stage, in seconds.

    ``connect`` is for the name, and for each address; ``reach`` for both together. ``verdict`` is
    for the answer to a secret: a person may have to agree on a phone first. sshd itself gives up
    after 120.
    """

    connect: float = 10.0
    reach: float = math.inf
    handshake: float = 15.0
    authentication: float = 30.0
    verdict: float = 150.0
    channel: float = 15.0


CHECK_DEADLINES = Deadlines(connect=5.0, reach=8.0, handshake=6.0)
"""Those of an access check, which is to say of a dead host in 15 seconds that it is dead."""
