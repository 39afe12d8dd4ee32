"""The HTTP client against sockets that answer, redirect, hang up, stay silent and drip."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from ferrygate.identity.http_client import HttpClient, Reply
from ferrygate.identity.reason import DeniedError

Serve = Callable[[bytes], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Answers one connection with the given bytes and hangs up; yields the address."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def answer(raw: bytes) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass

    def start(raw: bytes) -> str:
        thread = threading.Thread(target=answer, args=(raw,))
        thread.start()
        threads.append(thread)
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    yield start
    for thread in threads:
        thread.join()
    listener.close()


def test_an_answer(serve: Serve) -> None:
    url = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    assert HttpClient()(url, b"{}", 5.0) == Reply(200, b"{}", {"content-length": "2"})


def test_an_error_is_an_answer(serve: Serve) -> None:
    url = serve(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n{}")
    assert HttpClient()(url, b"{}", 5.0) == Reply(403, b"{}", {"content-length": "2"})


def test_a_redirect_is_not_followed(serve: Serve) -> None:
    url = serve(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
    assert HttpClient()(url, b"{}", 5.0).status == 302


def test_a_hang_up_is_unreachable(serve: Serve) -> None:
    with pytest.raises(DeniedError) as caught:
        HttpClient()(serve(b""), b"{}", 5.0)
    assert caught.value.reason == "okta-unreachable"


def test_silence_times_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(DeniedError) as caught:
            HttpClient()(url, b"{}", 0.05)
    assert caught.value.reason == "okta-timed-out"


def drip(listener: socket.socket, before: bytes) -> None:
    """Answer one request with something, then byte by byte until the other side hangs up."""
    never = threading.Event()
    connection, _ = listener.accept()
    with connection, contextlib.suppress(ConnectionError):
        connection.recv(65536)
        connection.sendall(before)
        while not never.wait(0.02):
            connection.sendall(b"x")


@pytest.mark.parametrize(
    "before",
    [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Endless: "],
    ids=["body", "headers"],
)
def test_an_answer_that_drips_times_out_as_a_whole(before: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener, before))
        thread.start()
        began = time.monotonic()
        with pytest.raises(DeniedError) as caught:
            HttpClient()(f"http://127.0.0.1:{listener.getsockname()[1]}/", b"{}", 0.5)
        assert time.monotonic() - began < 5
        thread.join()
    assert caught.value.reason == "okta-timed-out"


class LateConnection(http.client.HTTPConnection):
    """Takes its time to find the address, as a resolver may."""

    def __init__(self) -> None:
        super().__init__("okta.example.org")
        self.found = threading.Event()
        self.ended = threading.Event()
        self.asked = False

    def connect(self) -> None:
        self.found.wait()

    def request(self, *_arguments: object, **_options: object) -> None:
        self.asked = True

    def close(self) -> None:
        self.ended.set()


def test_a_name_that_is_not_looked_up_times_out_and_nothing_is_sent_later() -> None:
    late = LateConnection()
    with pytest.raises(DeniedError) as caught:
        HttpClient(lambda _parts, _seconds: late)("https://okta.example.org/", b"{}", 0.05)
    assert caught.value.reason == "okta-timed-out"
    late.found.set()
    late.ended.wait()
    assert not late.asked


def test_a_closed_port_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(DeniedError) as caught:
        HttpClient()(f"http://127.0.0.1:{port}/", b"{}", 5.0)
    assert caught.value.reason == "okta-unreachable"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (socket.gaierror(-2, "Name or service not known"), "okta-name-not-found"),
        (ssl.SSLError(1, "wrong version number"), "okta-tls"),
    ],
    ids=["name", "TLS"],
)
def test_a_name_that_is_not_found_and_a_failure_of_tls_are_told_apart(
    error: Exception, reason: str
) -> None:
    client = HttpClient(lambda _parts, _seconds: FailingConnection(error))
    with pytest.raises(DeniedError) as caught:
        client("https://okta.example.org/", b"{}", 5.0)
    assert (caught.value.reason, caught.value.detail) == (reason, type(error).__name__)


class FailingConnection(http.client.HTTPConnection):
    """Fails to connect."""

    def __init__(self, error: Exception) -> None:
        super().__init__("okta.example.org")
        self._error = error

    def connect(self) -> None:
        raise self._error


def test_an_https_address_is_asked_by_tls() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=refuse_tls, args=(listener,))
        thread.start()
        with pytest.raises(DeniedError) as caught:
            HttpClient()(f"https://127.0.0.1:{listener.getsockname()[1]}/", b"{}", 5.0)
        thread.join()
    assert caught.value.reason == "okta-tls"


def refuse_tls(listener: socket.socket) -> None:
    """Answer one greeting of TLS with something else."""
    connection, _ = listener.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
