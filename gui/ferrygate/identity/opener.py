"""One HTTP POST with a time limit, without redirects and without proxies."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import IO, Protocol

from ferrygate.identity.reason import DeniedError, Reason

_MAX_BODY = 1 << 20


@dataclass(frozen=True)
class Reply:
    """What Okta answered: HTTP status and body."""

    status: int
    body: bytes


class Opener(Protocol):
    """Sends one request; the network comes in through this."""

    def __call__(self, url: str, body: bytes, seconds: float) -> Reply:
        """POST ``body`` (JSON) to ``url``, and give up after so many seconds of silence.

        Raises:
            DeniedError: no answer came (okta-unreachable, okta-timed-out).
        """
        ...


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the password to an address nobody configured."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> None:
        """Follow nothing."""


class UrlOpener:
    """The standard library's HTTP client."""

    def __init__(self) -> None:
        self._director = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))

    def __call__(self, url: str, body: bytes, seconds: float) -> Reply:
        """POST ``body`` (JSON) to ``url``; HTTP errors are answers like others.

        Raises:
            DeniedError: no answer came (okta-unreachable, okta-timed-out).
        """
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        request = urllib.request.Request(url, body, headers, method="POST")  # noqa: S310  Config takes http(s) only
        try:
            with self._send(request, seconds) as response:
                return Reply(response.status or 0, response.read(_MAX_BODY))
        except (OSError, http.client.HTTPException) as error:
            cause = error.reason if isinstance(error, urllib.error.URLError) else error
            slow = isinstance(cause, TimeoutError)
            reason = Reason.OKTA_TIMED_OUT if slow else Reason.OKTA_UNREACHABLE
            raise DeniedError(reason, type(cause).__name__) from None

    def _send(
        self, request: urllib.request.Request, seconds: float
    ) -> http.client.HTTPResponse | urllib.error.HTTPError:
        try:
            response: http.client.HTTPResponse = self._director.open(request, timeout=seconds)
        except urllib.error.HTTPError as error:
            return error
        return response
