"""Speaks HTTP to one Okta address: TLS, no redirects, bounded time and size, never logged."""

from __future__ import annotations

import base64
import http.client
import re
import ssl
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from email.utils import parsedate_to_datetime
from typing import NamedTuple, Protocol, TypeVar
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec

from ferrygate.common.clock import Clock
from ferrygate.common.errors import CannotReachError, ConnectionLostError, UsageError
from ferrygate.common.message import message
from ferrygate.sites import fields

TIMEOUT_SECONDS = 10.0  # for each wait, and for a whole answer
_MAX_BODY_BYTES = 1 << 18
_BLOCK_BYTES = 1 << 14
_PROXY_PORT = 80
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)

T = TypeVar("T")


class OktaAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Holds Okta's answer.

    Attributes:
        status: HTTP status.
        body: JSON, as a rule; may hold secrets.
        date: the server's clock (RFC 9110 §6.6.1), seconds since 1970, cut to whole seconds.
        rate_limit_reset: when Okta takes requests again, seconds since 1970 by its own clock.
    """

    status: int
    body: bytes = b""
    date: float | None = None
    rate_limit_reset: float | None = None

    def read(self, kind: type[T]) -> T | None:
        """Decode the body as a value of a type; None if it is something else."""
        try:
            return msgspec.json.decode(self.body, type=kind)
        except (msgspec.DecodeError, RecursionError):
            return None

    def __repr__(self) -> str:
        return f"OktaAnswer({self.status})"


class OktaConnection(Protocol):
    """Describes a connection to one Okta address."""

    def post(self, path: str, document: Mapping[str, object]) -> OktaAnswer:
        """Send a JSON document.

        Raises:
            ConnectionLostError: no whole answer came.
        """
        ...

    def head(self, path: str) -> OktaAnswer:
        """Ask for the headers alone; raises as :meth:`post`."""
        ...


OktaConnector = Callable[[str], AbstractContextManager[OktaConnection]]
"""Connects to an address; raises CannotReachError before anything was sent."""


class HttpConnector:
    """Opens connections with the standard library's HTTP client.

    An ``https`` address is reached through the proxy of the environment, if there is one: it sees
    the name of the host and nothing else. Plain ``http`` is for this computer alone, and direct.

    Args:
        clock: limits how long an answer may take.
        tls: whom to trust; the system's certificates where left out.
        timeout: seconds.
    """

    def __init__(
        self, clock: Clock, tls: ssl.SSLContext | None = None, timeout: float = TIMEOUT_SECONDS
    ) -> None:
        self._clock = clock
        self._tls = tls
        self._timeout = timeout

    @contextmanager
    def __call__(self, address: str) -> Iterator[OktaConnection]:
        """Connect to an Okta address.

        Raises:
            UsageError: the address is neither ``https`` nor on this computer.
            CannotReachError: nobody answers there, or not with a certificate to be trusted.
        """
        parts = _checked(address)
        connection = self._connection(parts)
        try:
            try:
                connection.connect()
            except (OSError, http.client.HTTPException) as error:
                raise CannotReachError(
                    message("Okta at {host} cannot be reached.", host=str(parts.hostname)),
                    next_step=message("Check your internet connection, or ask your contact."),
                    detail=type(error).__name__,
                ) from None
            yield _HttpChannel(connection, self._clock, self._timeout)
        finally:
            connection.close()

    def _connection(self, parts: SplitResult) -> http.client.HTTPConnection:
        host = parts.hostname or ""
        if parts.scheme == "http":
            return http.client.HTTPConnection(host, parts.port, timeout=self._timeout)
        tls = self._tls or ssl.create_default_context()
        proxy = _proxy_for(host)
        if proxy is None:
            return http.client.HTTPSConnection(host, parts.port, timeout=self._timeout, context=tls)
        tunnel = http.client.HTTPSConnection(
            proxy.host, proxy.port, timeout=self._timeout, context=tls
        )
        tunnel.set_tunnel(host, parts.port, headers=proxy.headers)
        return tunnel


class _HttpChannel:
    def __init__(
        self, connection: http.client.HTTPConnection, clock: Clock, timeout: float
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._timeout = timeout

    def post(self, path: str, document: Mapping[str, object]) -> OktaAnswer:
        """Send a JSON document."""
        return self._ask("POST", path, msgspec.json.encode(document))

    def head(self, path: str) -> OktaAnswer:
        """Ask for the headers alone."""
        return self._ask("HEAD", path, None)

    def _ask(self, method: str, path: str, body: bytes | None) -> OktaAnswer:
        headers = {"Accept": "application/json", "User-Agent": "Ferrygate"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            self._connection.request(method, path, body, headers)
            with self._connection.getresponse() as response:
                return OktaAnswer(
                    status=response.status,
                    body=self._body(response),
                    date=_date(response.headers.get("Date", "")),
                    rate_limit_reset=_seconds(response.headers.get("X-Rate-Limit-Reset", "")),
                )
        except (OSError, http.client.HTTPException) as error:
            raise _no_answer(type(error).__name__) from None

    def _body(self, response: http.client.HTTPResponse) -> bytes:
        body, deadline = b"", self._clock.monotonic() + self._timeout
        while block := response.read1(_BLOCK_BYTES):
            body += block
            if len(body) > _MAX_BODY_BYTES:
                raise _no_answer("the answer is too long")
            if self._clock.monotonic() > deadline:
                raise _no_answer("the answer took too long")
        if response.length:
            raise _no_answer("the answer is cut off")
        return body


def _checked(address: str) -> SplitResult:
    try:
        return urlsplit(fields.okta_address(address))
    except fields.InvalidValueError as invalid:
        raise UsageError(
            message("The Okta address of this site {reason}.", reason=invalid.reason),
            next_step=message("Ask your contact for a new connection file."),
        ) from None


class _Proxy(NamedTuple):
    host: str
    port: int
    headers: dict[str, str]


def _proxy_for(host: str) -> _Proxy | None:
    """Find the proxy that the environment or the system's settings name for a host."""
    text = urllib.request.getproxies().get("https", "")
    if not text or urllib.request.proxy_bypass(host):
        return None
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        name, port = parts.hostname or "", parts.port or _PROXY_PORT
    except ValueError:
        raise CannotReachError(
            message("The proxy that this computer is set to use has no usable address."),
            next_step=message("Ask the people who look after this computer."),
        ) from None
    if parts.username is None:
        return _Proxy(name, port, {})
    words = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
    authorization = f"Basic {base64.b64encode(words).decode()}"
    return _Proxy(name, port, {"Proxy-Authorization": authorization})


def _date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError):
        return None


def _seconds(text: str) -> float | None:
    return float(text) if _SECONDS.fullmatch(text) else None


def _no_answer(detail: str) -> ConnectionLostError:
    return ConnectionLostError(
        message("The connection to Okta ended before it answered."),
        next_step=message("Try again in a minute."),
        detail=detail,
    )
