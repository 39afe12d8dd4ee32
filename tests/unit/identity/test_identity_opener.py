"""The HTTP client against sockets that answer, redirect, hang up and stay silent."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from ferrygate.identity.opener import Reply, UrlOpener
from ferrygate.identity.reason import DeniedError, Reason

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
    assert UrlOpener()(url, b"{}", 5.0) == Reply(200, b"{}")


def test_an_error_is_an_answer(serve: Serve) -> None:
    url = serve(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n{}")
    assert UrlOpener()(url, b"{}", 5.0) == Reply(403, b"{}")


def test_a_redirect_is_not_followed(serve: Serve) -> None:
    url = serve(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
    assert UrlOpener()(url, b"{}", 5.0).status == 302


def test_a_hang_up_is_unreachable(serve: Serve) -> None:
    with pytest.raises(DeniedError) as caught:
        UrlOpener()(serve(b""), b"{}", 5.0)
    assert caught.value.reason is Reason.OKTA_UNREACHABLE


def test_silence_times_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(DeniedError) as caught:
            UrlOpener()(url, b"{}", 0.05)
    assert caught.value.reason is Reason.OKTA_TIMED_OUT


def test_a_closed_port_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(DeniedError) as caught:
        UrlOpener()(f"http://127.0.0.1:{port}/", b"{}", 5.0)
    assert caught.value.reason is Reason.OKTA_UNREACHABLE
