"""A connection that has ended: how the SSH library says so, and how the product does."""

from __future__ import annotations

from paramiko import SSHException

from ferrygate.common.errors import ConnectionLostError
from ferrygate.common.i18n import _

BROKEN = (SSHException, EOFError, OSError)
"""What the library raises where a connection or a channel has ended."""


def lost(detail: str) -> ConnectionLostError:
    """The error for it; ``detail`` is for support."""
    return ConnectionLostError(_("The connection to the server was lost."), detail=detail)
