"""A TCP proxy on the loopback that counts how often a client waits for its server."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from typing import Self

_CHUNK = 1 << 16
_QUIET = 0.2  # seconds of silence after which a side has said what it had to say


class FlightProxy:
    """Forwards one connection, and holds back what the server says until both fall silent.

    So whatever the client does not wait for is sent by then, and each time that the server's words
    are let through counts as a round trip, however slow the machine is.
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
        held = bytearray()
        while True:
            ready, _, _ = select.select([client, server], [], [], _QUIET if held else None)
            if not ready:
                self.flights += 1
                client.sendall(held)
                held.clear()
            for side in ready:
                data = side.recv(_CHUNK)
                if not data:
                    return
                if side is client:
                    server.sendall(data)
                else:
                    held += data
