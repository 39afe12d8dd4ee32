"""Measures what TCP alone makes of a link: its round trip, and the rate of a first large piece.

``python -m bench.raw_tcp serve HOST`` prints the port it listens on and answers one connection;
``python -m bench.raw_tcp probe HOST PORT`` prints round trip and rate of a link to such a server.
"""

from __future__ import annotations

import json
import socket
import sys
import time

_PINGS = 5
_AMOUNT = 64 << 20  # bytes
_PIECE = 1 << 20
_SECONDS = 120.0


def serve(listener: socket.socket) -> None:
    """Answer each of the first bytes, and the last of the large piece."""
    connection, _address = listener.accept()
    with connection:
        connection.settimeout(_SECONDS)
        for _ping in range(_PINGS):
            connection.sendall(connection.recv(1))
        left = _AMOUNT
        while left and (data := connection.recv(_PIECE)):
            left -= len(data)
        connection.sendall(b".")


def probe(host: str, port: int) -> dict[str, float]:
    """Measure the shortest round trip, in seconds, and the rate from slow start on, in bytes/s."""
    with socket.create_connection((host, port), _SECONDS) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pings = []
        for _ping in range(_PINGS):
            started = time.monotonic()
            connection.sendall(b".")
            connection.recv(1)
            pings.append(time.monotonic() - started)
        started = time.monotonic()
        piece = bytes(_PIECE)
        for _piece in range(_AMOUNT // _PIECE):
            connection.sendall(piece)
        connection.recv(1)
        seconds = time.monotonic() - started
    return {"round_trip": min(pings), "bytes_per_second": _AMOUNT / seconds}


def main(role: str, host: str, *port: str) -> None:
    """Be one of the two ends."""
    if role == "probe":
        sys.stdout.write(json.dumps(probe(host, int(port[0]))))
        return
    with socket.create_server((host, 0)) as listener:
        listener.settimeout(_SECONDS)
        sys.stdout.write(f"{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        serve(listener)


if __name__ == "__main__":
    main(*sys.argv[1:])
