"""Passes requests on to an S3, and lets those that bring bytes wait on demand."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import urlsplit

_NOT_PASSED = {"connection", "expect", "transfer-encoding"}  # headers of one of the two lines only


class HeldS3:
    """Listens on the loopback as a bucket's S3; a context manager.

    Attributes:
        address: to be asked instead.
        waiting: set when an object, or a part of one, has come that waits.
    """

    def __init__(self, address: str) -> None:
        self.waiting = threading.Event()
        self._passing = threading.Event()
        self._passing.set()
        self._server = _Server(urlsplit(address).netloc, self._bytes_came)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, name="held-s3")

    def hold(self) -> None:
        """Let objects and parts wait from now on, once they are here."""
        self._passing.clear()

    def release(self) -> None:
        """Pass on those that wait, and those to come."""
        self._passing.set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.release()
        self._server.shutdown()
        self._server.server_close()  # joins the threads of requests
        self._thread.join()

    def _bytes_came(self) -> None:
        if not self._passing.is_set():
            self.waiting.set()
            self._passing.wait()


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, target: str, bytes_came: Callable[[], None]) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.target = target
        self.bytes_came = bytes_came


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        assert isinstance(self.server, _Server)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.command == "PUT":
            self.server.bytes_came()
        passed = {
            name: value for name, value in self.headers.items() if name.lower() not in _NOT_PASSED
        }
        line = http.client.HTTPConnection(self.server.target)
        try:
            line.request(self.command, self.path, body, passed)
            self._pass_back(line.getresponse())
        finally:
            line.close()

    do_PUT = do_POST = do_HEAD = do_DELETE = do_GET  # noqa: N815  the library's own names

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""

    def _pass_back(self, answer: http.client.HTTPResponse) -> None:
        body = answer.read()
        self.send_response_only(answer.status, answer.reason)
        length = {"Content-Length": str(len(body))} if self.command != "HEAD" else {}
        headers = {
            name: value for name, value in answer.getheaders() if name.lower() not in _NOT_PASSED
        }
        for name, value in {**headers, **length, "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True
