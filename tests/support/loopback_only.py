"""Keeps connections on the loopback while a test asks S3."""

from __future__ import annotations

import ipaddress
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_blocked: list[str] = []  # addresses that were asked for
_guards = 0
_hooked = False


class OtherAddressAskedError(AssertionError):
    """A test asked an address that is not the loopback."""


def _check(event: str, arguments: tuple[object, ...]) -> None:
    if not _guards or event not in {"socket.connect", "socket.getaddrinfo"}:
        return
    host = _host(event, arguments)
    if host is not None and not _is_loopback(host):
        _blocked.append(host)
        raise OtherAddressAskedError(host)


def _host(event: str, arguments: tuple[object, ...]) -> str | None:
    """Return the address or name that is asked for; None for sockets of other families."""
    if event == "socket.getaddrinfo":
        return None if arguments[0] is None else str(arguments[0])
    connecting, address = arguments
    if not isinstance(connecting, socket.socket) or not isinstance(address, tuple):
        return None
    return str(address[0])


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextmanager
def loopback_only() -> Iterator[None]:
    """Refuse connections of this process to any other address, and fail where one was tried."""
    global _guards, _hooked  # noqa: PLW0603  Python keeps such a hook for good
    if not _hooked:
        sys.addaudithook(_check)
        _hooked = True
    _guards += 1
    try:
        yield
    finally:
        _guards -= 1
        asked = _blocked.copy()
        _blocked.clear()
    if asked:
        raise OtherAddressAskedError(", ".join(asked))
