"""Reaching a server over TCP, for as long as the person wants it reached."""

from __future__ import annotations

import contextlib
import math
import os
import selectors
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeAlias

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.errors import CannotReachError
from ferrygate.common.message import message
from ferrygate.ssh.connect_steps import (
    AddressFailed,
    NameResolved,
    ReportConnectStep,
    TcpConnected,
    report_nothing,
)

POLL_SECONDS = 0.1  # how often a wait looks whether it was cancelled, seconds
_OPTIONS = {  # tcp(7)
    "TCP_NODELAY": 1,
    "TCP_KEEPIDLE": 30,  # seconds
    "TCP_KEEPALIVE": 30,  # the same, as macOS calls it
    "TCP_KEEPINTVL": 10,
    "TCP_KEEPCNT": 3,
    "TCP_USER_TIMEOUT": 30_000,  # milliseconds that what was sent may go unacknowledged
    "TCP_NOTSENT_LOWAT": 1 << 18,  # bytes that wait unsent, and a click behind them
}

Address: TypeAlias = tuple[int, int, int, str, Any]
Addresses: TypeAlias = Sequence[Address]

Resolve: TypeAlias = Callable[[str, int], Addresses]
"""The addresses of a host, as ``socket.getaddrinfo`` gives them; may hang for minutes."""


def _resolve(host: str, port: int) -> Addresses:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def dial(
    host: str,
    port: int,
    seconds: float,
    clock: Clock,
    cancel: CancelToken,
    resolve: Resolve = _resolve,
    *,
    total_seconds: float = math.inf,
    report: ReportConnectStep = report_nothing,
) -> socket.socket:
    """Connect to the first of the host's addresses that answers.

    Args:
        host: a name or an address.
        port: the TCP port.
        seconds: how long the name's addresses may take to be found, and each to answer.
        clock: the time.
        cancel: ends the wait.
        resolve: finds the addresses of a host.
        total_seconds: how long all of it may take; an address is not tried after that.
        report: takes each step once it is done.

    Raises:
        CannotReachError: no such host, or none of its addresses answers.
        Cancelled: as asked.
    """
    began = clock.monotonic()
    until = began + total_seconds
    addresses = _addresses_of(host, port, resolve, seconds, clock, cancel)
    names = tuple(str(address[0]) for *_kind, address in addresses)
    report(NameResolved(host, names, _milliseconds_since(began, clock)))
    errors: list[OSError] = []
    for name, address in zip(names, addresses, strict=True):
        began = clock.monotonic()
        if began >= until:
            break
        try:
            sock = _connected(address, min(began + seconds, until), clock, cancel)
        except OSError as error:
            errors.append(error)
            took = _milliseconds_since(began, clock)
            is_refused = isinstance(error, ConnectionRefusedError)
            report(AddressFailed(name, port, took, is_refused, _reason(error)))
        else:
            report(TcpConnected(name, port, _milliseconds_since(began, clock)))
            return sock
    raise _no_answer(host, port, errors)


def _addresses_of(
    host: str,
    port: int,
    resolve: Resolve,
    seconds: float,
    clock: Clock,
    cancel: CancelToken,
) -> Addresses:
    try:
        return _found(lambda: resolve(host, port), seconds, clock, cancel)
    except TimeoutError:
        raise CannotReachError(
            message("The address of {host} could not be found in time.", host=host),
            next_step=message("Check your internet connection, or try again in a minute."),
            detail=f"{host}:{port}: name not resolved (timed out)",
        ) from None
    except (socket.gaierror, UnicodeError) as error:  # a label too long or empty is no Unicode
        raise CannotReachError(
            message("There is no server called {host}.", host=host),
            next_step=message("Check your internet connection and the server's name."),
            detail=f"{host}:{port}: name not resolved ({type(error).__name__})",
        ) from error


def _no_answer(host: str, port: int, errors: list[OSError]) -> CannotReachError:
    """Make the error for a host of which no address answers; one that refuses is there."""
    reason = _reason(errors[-1]) if errors else ""
    detail = f"{host}:{port}: {reason}"
    if any(isinstance(error, ConnectionRefusedError) for error in errors):
        return CannotReachError(
            message("{host} is there, but nothing answers on port {port}.", host=host, port=port),
            next_step=message("Check the port, or ask your contact whether the server is running."),
            detail=detail,
        )
    return CannotReachError(
        message("{host} does not answer.", host=host),
        next_step=message("Check your internet connection; a firewall may be in the way."),
        detail=detail,
    )


def _reason(error: OSError) -> str:
    return error.strerror or "timed out"


def _milliseconds_since(began: float, clock: Clock) -> int:
    return round(1000 * (clock.monotonic() - began))


def _found(
    resolve: Callable[[], Addresses], seconds: float, clock: Clock, cancel: CancelToken
) -> Addresses:
    """Ask the system's resolver.

    The resolver may hang and cannot be stopped, so it runs on a daemon thread of its own, which
    is left behind: it holds up neither this wait nor the end of the program.
    """
    answer: Future[Addresses] = Future()
    answered = threading.Event()

    def run() -> None:
        try:
            answer.set_result(resolve())
        except Exception as error:  # noqa: BLE001  for the thread that waits
            answer.set_exception(error)
        answered.set()

    threading.Thread(target=run, name="resolver", daemon=True).start()
    until = clock.monotonic() + seconds
    while not clock.wait(answered, POLL_SECONDS):
        cancel.check()
        if clock.monotonic() >= until:
            raise TimeoutError
    return answer.result()


def _connected(address: Address, until: float, clock: Clock, cancel: CancelToken) -> socket.socket:
    """Connect to an address; raises TimeoutError when it has not answered by then."""
    family, kind, protocol, _name, target = address
    sock = socket.socket(family, kind, protocol)
    try:
        _connect(sock, target, until, clock, cancel)
    except BaseException:
        sock.close()
        raise
    return sock


def _connect(
    sock: socket.socket, address: tuple[Any, ...], until: float, clock: Clock, cancel: CancelToken
) -> None:
    sock.settimeout(0)
    with contextlib.suppress(BlockingIOError):
        sock.connect(address)
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_WRITE)
        while not selector.select(POLL_SECONDS):
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
