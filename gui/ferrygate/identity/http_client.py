"""Sends one HTTP POST within a time limit, without redirects and without proxies."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from ferrygate.identity.reason import DeniedError

VERSION = "0.1.0"  # Ferrygate's; a test holds them together
_MAX_BODY_BYTES = 1 << 20  # of an answer; Okta's have a few KiB
_HEADERS = {
    "Accept": "application/json",
    "Content-Type": "application/json",
    "Connection": "close",
    "User-Agent": f"ferrygate-identity/{VERSION}",
}


@dataclass(frozen=True)
class Reply:
    """Holds Okta's answer: HTTP status, body, and headers by their names in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class HttpPost(Protocol):
    """Sends one request; the network comes in through this."""

    def __call__(self, url: str, body: bytes, seconds: float) -> Reply:
        """POST ``body`` (JSON) to ``url``; the whole answer has to arrive within ``seconds``.

        Raises:
            DeniedError: no answer came (okta-name-not-found, okta-unreachable, okta-tls,
                okta-timed-out).
        """
        ...


OpenConnection = Callable[[SplitResult, float], http.client.HTTPConnection]
"""Makes a connection to an address, not opened yet; each wait may take a number of seconds."""


_CONNECTIONS: dict[str, type[http.client.HTTPConnection]] = {
    "https": http.client.HTTPSConnection,
    "http": http.client.HTTPConnection,
}


def _open_connection(parts: SplitResult, seconds: float) -> http.client.HTTPConnection:
    return _CONNECTIONS[parts.scheme](str(parts.hostname), parts.port, timeout=seconds)


class HttpClient:
    """Sends requests by the standard library's HTTP client.

    The library's client knows no proxy, and follows no redirect, which would carry the password to
    an address that nobody configured. Its timeout is for single waits only: the look-up of a name,
    or an answer that drips, may take for ever. So each request has a daemon thread of its own, and
    the connection of one that is late is ended.
    """

    def __init__(self, open_connection: OpenConnection = _open_connection) -> None:
        self._open_connection = open_connection

    def __call__(self, url: str, body: bytes, seconds: float) -> Reply:
        """POST ``body`` (JSON) to ``url``; HTTP errors are answers like others.

        Raises:
            DeniedError: no answer came (okta-name-not-found, okta-unreachable, okta-tls,
                okta-timed-out).
        """
        parts = urlsplit(url)
        exchange = _Exchange(self._open_connection(parts, seconds), parts.path, body)
        threading.Thread(target=exchange.run, name="okta", daemon=True).start()
        try:
            return exchange.reply.result(seconds)
        except TimeoutError:
            exchange.hang_up()
            raise DeniedError("okta-timed-out", TimeoutError.__name__) from None
        except socket.gaierror as error:
            raise DeniedError("okta-name-not-found", type(error).__name__) from None
        except ssl.SSLError as error:
            raise DeniedError("okta-tls", type(error).__name__) from None
        except (OSError, http.client.HTTPException) as error:
            raise DeniedError("okta-unreachable", type(error).__name__) from None


class _Exchange:
    """Holds one request under way, and its reply."""

    def __init__(self, connection: http.client.HTTPConnection, path: str, body: bytes) -> None:
        self.reply: Future[Reply] = Future()
        self._connection = connection
        self._path = path
        self._body = body
        self._sock: socket.socket | None = None
        self._late = threading.Event()

    def run(self) -> None:
        """Carry out the request and store its reply; runs on a thread of its own."""
        with contextlib.closing(self._connection) as connection:
            try:
                connection.connect()
                self._sock = connection.sock
                if not self._late.is_set():  # too late: the password is not sent any more
                    self.reply.set_result(self._ask(connection))
            except Exception as error:  # noqa: BLE001  for the thread that waits
                self.reply.set_exception(error)

    def hang_up(self) -> None:
        """End the connection, whose reply is not awaited any more."""
        self._late.set()
        if self._sock is not None:
            with contextlib.suppress(OSError):  # it has just ended by itself
                self._sock.shutdown(socket.SHUT_RDWR)  # wakes its thread; closing would not

    def _ask(self, connection: http.client.HTTPConnection) -> Reply:
        connection.request("POST", self._path, self._body, _HEADERS)
        with connection.getresponse() as response:
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, response.read(_MAX_BODY_BYTES), headers)
