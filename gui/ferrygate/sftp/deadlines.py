"""How long a server may take: known before the connection and its library are loaded."""

from __future__ import annotations

import msgspec


class Deadlines(msgspec.Struct, frozen=True, kw_only=True):
    """How long each stage may take, in seconds."""

    connect: float = 10.0
    handshake: float = 15.0
    authentication: float = 30.0
    channel: float = 15.0
    reply: float = 60.0
