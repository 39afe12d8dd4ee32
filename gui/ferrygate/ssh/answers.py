"""The server's answers to authentication requests (RFC 4252 §5.1), as plain values."""

from __future__ import annotations

from enum import Enum

import msgspec

from ferrygate.ssh.no_handshake import Disconnect


class AuthOutcome(Enum):
    """Holds the server's answer to one authentication request (RFC 4252 §5.1)."""

    ACCEPTED = "accepted"
    PARTIAL = "partial"
    REFUSED = "refused"
    EXPIRED = "expired"  # the password is right, and has to be changed first
    KEY_TYPE = "key type"  # the server takes no signature that a key of this type can make
    UNKNOWN = "unknown"  # sent, and the connection ended without an answer


class AuthAnswer(msgspec.Struct, frozen=True):
    """An answer to an authentication request.

    Attributes:
        outcome: what it means.
        methods: those that can continue.
        detail: for support.
        server_said: the server's own words: hostile until cleaned.
        disconnect: how the server has ended the connection in place of an answer, if it said.
        is_late: the time for an answer was over.
    """

    outcome: AuthOutcome
    methods: tuple[str, ...] = ()
    detail: str = ""
    server_said: str = ""
    disconnect: Disconnect | None = None
    is_late: bool = False
