"""Reaching a server over TCP, for as long as the person wants it reached."""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
from typing import Any

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.errors import CannotReachError
from ferrygate.common.i18n import _

LOOK = 0.1  # how often a wait looks whether it was cancelled, seconds
_OPTIONS = {  # tcp(7)
    "TCP_NODELAY": 1,
    "TCP_KEEPIDLE": 30,  # seconds
    "TCP_KEEPALIVE": 30,  # the same, as macOS calls it
    "TCP_KEEPINTVL": 10,
    "TCP_KEEPCNT": 3,
    "TCP_USER_TIMEOUT": 30_000,  # milliseconds that what was sent may go unacknowledged
    "TCP_NOTSENT_LOWAT": 1 << 18,  # bytes that wait unsent, and a click behind them
}


def dial(host: str, port: int, seconds: float, clock: Clock, cancel: CancelToken) -> socket.socket:
    """Connect to the first of the host's addresses that answers.

    Args:
        host: a name or an address; asking for a name's addresses is not cancelled.
        port: the TCP port.
        seconds: how long each address may take to answer.
        clock: the time.
        cancel: ends the wait.

    Raises:
        CannotReachError: no such host, or none of its addresses answers.
        Cancelled: as asked.
    """
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:  # a label too long or empty is no Unicode
        raise CannotReachError(
            _("There is no server called {host}.").format(host=host),
            next_step=_("Check your internet connection and the server's name."),
            detail=f"{host}:{port}: name not resolved ({type(error).__name__})",
        ) from error
    reason = ""
    is_there = False
    for family, kind, protocol, _name, address in addresses:
        try:
            sock = socket.socket(family, kind, protocol)
            try:
                _connect(sock, address, clock.monotonic() + seconds, clock, cancel)
            except BaseException:
                sock.close()
                raise
        except OSError as error:
            reason = error.strerror or "timed out"
            is_there |= isinstance(error, ConnectionRefusedError)
        else:
            return sock
    detail = f"{host}:{port}: {reason}"
    if is_there:
        raise CannotReachError(
            _("{host} is there, but nothing answers on port {port}.").format(host=host, port=port),
            next_step=_("Check the port, or ask your contact whether the server is running."),
            detail=detail,
        )
    raise CannotReachError(
        _("{host} does not answer.").format(host=host),
        next_step=_("Check your internet connection; a firewall may be in the way."),
        detail=detail,
    )


def _connect(
    sock: socket.socket, address: tuple[Any, ...], until: float, clock: Clock, cancel: CancelToken
) -> None:
    sock.settimeout(0)
    with contextlib.suppress(BlockingIOError):
        sock.connect(address)
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_WRITE)
        while not selector.select(LOOK):
            cancel.check()
            if clock.monotonic() >= until:
                raise TimeoutError
    failed = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if failed:
        raise OSError(failed, os.strerror(failed))
    _tune(sock)


def _tune(sock: socket.socket) -> None:
    """Set what this system knows of :data:`_OPTIONS`; buffers are left to it, which tunes them."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _OPTIONS.items():
        if hasattr(socket, name):
            with contextlib.suppress(OSError):  # known to Python, but not to this system
                sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
