"""Passes TCP on over the loopback, and counts how often a client waits for its server."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from typing import Self

_CHUNK = 1 << 16
_QUIET = 0.5  # seconds of silence after which a side has said what it had to say


class FlightProxy:
    """Forwards one connection, and holds back what the server says until both fall silent.

    So whatever the client does not wait for is sent by then. When it speaks again after it was let
    hear something, it has waited for that: a round trip. What a slow server says in two parts is
    none the more, unless the first part was an answer by itself.

    Attributes:
        flights: how often the client has waited, and gone on.
    """

    def __init__(self, target: int) -> None:
        """``target`` is the server's port."""
        self._target = target
        self.flights = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, name="flights")
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # where nobody came
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            client, _address = self._listener.accept()
            with client, socket.create_connection(("127.0.0.1", self._target)) as server:
                self._forward(client, server)

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        held, heard, waited = bytearray(), False, False
        while True:
            # Every server sends its offers (RFC 4253 §7.1) right after its first line.
            complete = heard or held.partition(b"\n")[2]
            ready, _, _ = select.select([client, server], [], [], _QUIET if complete else None)
            if not ready and held:
                client.sendall(held)
                held.clear()
                heard = waited = True
            for side in ready:
                data = side.recv(_CHUNK)
                if not data:
                    return
                if side is server:
                    held += data
                    continue
                self.flights += waited
                waited = False
                server.sendall(data)
