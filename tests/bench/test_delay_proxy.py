"""The slow link that needs no root."""

from __future__ import annotations

import socket
import threading

import pytest

from bench.delay_proxy import Wire
from bench.links import Slowness, delay_proxy, probed

SLOW = Slowness(one_way_ms=10.0, mbit_per_s=8000)


def test_bytes_come_out_after_the_delay_at_the_rate() -> None:
    wire = Wire(delay=0.025, seconds_per_byte=0.001)
    assert wire.due(10.0, 100) == pytest.approx(10.125)
    assert wire.due(10.0, 100) == pytest.approx(10.225)
    assert wire.due(20.0, 100) == pytest.approx(20.125)


def test_a_connection_passes_whole_and_ends_at_both_sides() -> None:
    sent = bytes(range(256)) * 5000
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        delay_proxy(SLOW) as link,
        link.front(listener.getsockname()[1]) as port,
    ):
        client = socket.create_connection(("127.0.0.1", port), 10)
        server, _address = listener.accept()
        server.settimeout(10)

        def send() -> None:
            client.sendall(sent)
            client.shutdown(socket.SHUT_WR)

        with client, server:
            sender = threading.Thread(target=send)
            sender.start()
            received = b"".join(iter(lambda: server.recv(1 << 16), b""))
            sender.join()
            assert received == sent
            server.sendall(b"thanks")  # the other direction is still open
            assert client.recv(100) == b"thanks"
            server.close()
            assert client.recv(1) == b""


def test_a_link_is_probed_and_says_so() -> None:
    with delay_proxy(SLOW) as link:
        settings = probed(link, SLOW).report.settings
    assert float(settings["round trip"].removesuffix(" ms")) >= 20.0
    assert "MB/s" in settings["raw TCP"]


def test_a_link_that_is_not_slow_is_refused() -> None:
    with delay_proxy(SLOW) as link, pytest.raises(ValueError, match="not slow"):
        probed(link, Slowness(one_way_ms=500.0, mbit_per_s=8000))
