"""Serves the local Okta organisation over HTTP, on the loopback only."""

from __future__ import annotations

import json
import logging
import secrets
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ferrygate.common.clock import Clock
from ferrygate.sandbox.okta_replies import OktaReply
from ferrygate.sandbox.organization import Organization

_HOST = "127.0.0.1"
_MAX_BODY_BYTES = 1 << 16  # of a request; those of the authn API have some hundred
_POLL_SECONDS = 0.02  # until a stop is noticed
_log = logging.getLogger(__name__)


class OktaServer:
    """Serves one organisation on a port of its own, on threads of its own."""

    def __init__(self, organization: Organization, clock: Clock) -> None:
        self._server = _Server((_HOST, 0), partial(_Handler, organization, clock))
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL_SECONDS,), name="sandbox-okta"
        )

    @property
    def address(self) -> str:
        """Return the ``http://`` address of the organisation."""
        return f"http://{_HOST}:{self._server.server_port}"

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more; returns when all threads have ended."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # server_close joins them

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  the library's own signature
        """Keep a client that hung up out of standard error."""
        _log.debug("a request of %s failed", client_address, exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    timeout = 5.0  # type: ignore[mutable-override]  # seconds for a client that connects and says nothing

    def __init__(self, organization: Organization, clock: Clock, *connection: Any) -> None:
        self._organization = organization
        self._clock = clock
        super().__init__(*connection)  # handles the request

    def do_GET(self) -> None:
        """Answer a request for the Date header; authn itself takes POST only."""
        self._send(OktaReply(405, {"errorCode": "E0000022"}))

    def do_HEAD(self) -> None:
        """Answer as for GET, without a body."""
        self.do_GET()

    def do_POST(self) -> None:
        """Pass the body on to the organisation."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > _MAX_BODY_BYTES:
            self._send(OktaReply(400, {"errorCode": "E0000003"}))
            return
        try:
            document = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict):
            self._send(OktaReply(400, {"errorCode": "E0000003"}))
            return
        host, port = self.connection.getsockname()
        self._send(self._organization.answer(f"http://{host}:{port}", self.path, document))

    def _send(self, reply: OktaReply) -> None:
        body = json.dumps(reply.document).encode()
        self.send_response(reply.status)
        headers = {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "X-Okta-Request-Id": secrets.token_urlsafe(20),
        }
        for name, value in (headers | reply.headers).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the Date header by the sandbox's own clock."""
        return super().date_time_string(self._clock.now() if timestamp is None else timestamp)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the library's own name
        """Log to the program's log instead of standard error; paths hold no secrets."""
        _log.debug(format, *args)
