"""Passes TCP on over the loopback, and cuts lines or lets them fall silent on demand."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from typing import Self

_CHUNK = 1 << 16
_NOTHING_LINGERS = struct.pack("ii", 1, 0)  # on, for 0 seconds (socket(7))


def _always(_count: int) -> bool:
    return True


class CuttingProxy:
    """Forwards connections to one port; ends each of the first ones after so many bytes up.

    A line ends by being cut, which both sides hear of; or with ``silent`` by falling silent, which
    neither does: what is sent lies in the proxy until :meth:`end_stalled` or :meth:`bring_back`.

    Attributes:
        passed: told of what it counts, on a thread of its own, once it was passed on.
    """

    def __init__(
        self, target: int, cuts: list[int], *, count_answers: bool = False, silent: bool = False
    ) -> None:
        """``cuts`` count what the client sends; what the server answers with ``count_answers``."""
        self._silent = silent
        self.passed: Callable[[int], None] = lambda _count: None
        self._target = target
        self._count_answers = count_answers
        self._cuts = list(cuts)
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        # Accepted sockets inherit it: the system takes little that nobody reads.
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _CHUNK)
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._stalled: set[socket.socket] = set()
        self._reset: set[socket.socket] = set()
        self._moving = threading.Condition()
        self._over = self._back = False
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._accept, name="proxy")]
        self._threads[0].start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join()
        with self._moving:
            self._over = True
            self._moving.notify_all()
        self.cut_all()
        for thread in self._threads:
            thread.join()

    @property
    def cuts_left(self) -> int:
        return len(self._cuts)

    def cut_all(self) -> None:
        """Cut every connection now."""
        with self._lock:
            for sock in self._open:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def reset_all(self) -> None:
        """Cut every connection now, so that both sides hear of an error and not of an end (RST)."""
        with self._lock:
            self._reset |= self._open
            for sock in self._open:
                with contextlib.suppress(OSError):
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NOTHING_LINGERS)
                    sock.shutdown(socket.SHUT_RD)  # wakes who receives, and sends nothing

    def stall(self) -> None:
        """Pass nothing more on over the connections there are, and leave them open."""
        with self._lock:
            self._stalled |= self._open

    def end_stalled(self) -> None:
        """Have the server hear of the end of the silent lines, as a patience that is over does."""
        with self._lock:
            for sock in self._stalled:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def bring_back(self) -> None:
        """Let the silent lines pass on what was sent, an end as well; for good."""
        with self._moving:
            self._back = True
            self._moving.notify_all()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            self.connections += 1
            with self._lock:
                self._open |= {client, server}
                budget = self._cuts.pop(0) if self._cuts else None
            counted, other = (client, server), (server, client)
            if self._count_answers:
                counted, other = other, counted
            pair = (
                threading.Thread(target=self._count, args=(*counted, budget), name="proxy"),
                threading.Thread(target=self._pump, args=other, name="proxy"),
            )
            self._threads += pair
            for thread in pair:
                thread.start()

    def _count(self, source: socket.socket, sink: socket.socket, budget: int | None) -> None:
        left = budget

        def goes_on(count: int) -> bool:
            nonlocal left
            self.passed(count)
            left = None if left is None else left - count
            return left is None or left > 0

        if self._silent and budget is not None:
            self._fall_silent(source, sink, budget)
            self._pump(source, sink)
        else:
            self._pump(source, sink, goes_on)

    def _fall_silent(self, source: socket.socket, sink: socket.socket, budget: int) -> None:
        """Pass so many bytes on, and no more; what comes then is for :meth:`_pump`, if anybody."""
        with contextlib.suppress(OSError):
            while budget and (data := source.recv(min(budget, _CHUNK))):
                budget -= len(data)
                sink.sendall(data)
        with self._lock:
            self._stalled |= {source, sink}

    def _pump(
        self,
        source: socket.socket,
        sink: socket.socket,
        goes_on: Callable[[int], bool] = _always,
    ) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                if source in self._stalled and not self._wait_for_line():
                    break
                sink.sendall(data)
                if not goes_on(len(data)):
                    break
        if source in self._stalled:  # an end is not passed on either
            self._wait_for_line()
        with self._lock:
            for sock in (source, sink):
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RD if sock in self._reset else socket.SHUT_RDWR)
                self._open.discard(sock)
            source.close()

    def _wait_for_line(self) -> bool:
        """Wait until a silent line passes something on again; false where it never does."""
        with self._moving:
            self._moving.wait_for(lambda: self._over or self._back)
            return self._back and not self._over
