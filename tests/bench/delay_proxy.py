"""A slow link without root: a proxy that holds back every piece of a connection for a while.

``python -m bench.delay_proxy HOST PORT ONE_WAY_MS MBIT_PER_S`` prints the port it listens on. It
ends TCP at both sides, so it hides slow start and socket buffers that are too small: figures
taken over it flatter everybody, and the table says so.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, field

_PIECE = 1 << 16
_MOST_PIECES = 2048  # in one direction of one connection


@dataclass
class Wire:
    """When what goes in comes out, in seconds of one clock.

    Attributes:
        delay: of every byte.
        seconds_per_byte: the rate, upside down.
        busy_until: when the last byte so far has gone in.
    """

    delay: float
    seconds_per_byte: float
    busy_until: float = field(default=0.0)

    def due(self, now: float, size: int) -> float:
        """When a piece that arrives now has come out in full."""
        self.busy_until = max(now, self.busy_until) + size * self.seconds_per_byte
        return self.busy_until + self.delay


class DelayProxy:
    """Forwards connections over two wires, which they all share."""

    def __init__(self, host: str, port: int, one_way: float, bytes_per_second: float) -> None:
        self._target = (host, port)
        self._up = Wire(one_way, 1 / bytes_per_second)
        self._down = Wire(one_way, 1 / bytes_per_second)

    async def serve(self, host: str) -> asyncio.Server:
        """Listen on a free port."""
        return await asyncio.start_server(self._connected, host, 0, limit=_PIECE)

    async def _connected(self, near: asyncio.StreamReader, near_end: asyncio.StreamWriter) -> None:
        far, far_end = await asyncio.open_connection(*self._target, limit=_PIECE)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_carry(near, far_end, self._up))
                both.create_task(_carry(far, near_end, self._down))
        except* ConnectionError:
            # One side broke off, and the other learns of it.
            far_end.transport.abort()
        finally:
            far_end.close()
            near_end.close()


async def _carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter, wire: Wire) -> None:
    """Carry one direction of a connection to its end."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_MOST_PIECES)
    async with asyncio.TaskGroup() as group:
        group.create_task(_deliver(waiting, sink))
        data = b"not yet the end"
        while data:
            data = await source.read(_PIECE)
            await waiting.put((wire.due(loop.time(), len(data)), data))


async def _deliver(waiting: asyncio.Queue[tuple[float, bytes]], sink: asyncio.StreamWriter) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due, data = await waiting.get()
        if (left := due - loop.time()) > 0:
            await asyncio.sleep(left)
        if not data:
            sink.write_eof()
            return
        sink.write(data)
        await sink.drain()


async def _main(host: str, port: int, one_way_ms: float, mbit_per_s: float) -> None:
    proxy = DelayProxy(host, port, one_way_ms / 1000, mbit_per_s * 1e6 / 8)
    server = await proxy.serve(host)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])))
