"""A connection that has ended: how the SSH library says so, and how the product does."""

from __future__ import annotations

from ferrygate.common.errors import ConnectionLostError
from ferrygate.common.i18n import _
from ferrygate.common.lean_imports import Versions, replaced

# The first module to load the library, by way of the engine. It takes a third of the time without
# what would run the programs that an ssh_config names, and without a mail reader for its version.
with replaced("invoke", None), replaced("importlib.metadata", Versions()):
    from paramiko import SSHException

BROKEN = (SSHException, EOFError, OSError)
"""What the library raises where a connection or a channel has ended."""


def lost(detail: str) -> ConnectionLostError:
    """The error for it; ``detail`` is for support."""
    return ConnectionLostError(_("The connection to the server was lost."), detail=detail)
