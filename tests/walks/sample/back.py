"""Serves what :mod:`walks.sample.front` hands over: the ends of the paths that tests trace."""

from __future__ import annotations

from collections.abc import Callable, Generator

from walks.sample.inbox import Shelf


class Wait:
    """Suspends a coroutine once."""

    def __await__(self) -> Generator[Wait, None, None]:
        yield self


class Back:
    """Serves."""

    def __init__(self) -> None:
        self._kept = b""
        self.is_held = False

    def idle(self) -> None:
        """Nothing."""

    def serve(self, data: object) -> None:
        """Have the effect."""

    def weigh(self, thing: str) -> int:
        self.serve(thing)
        return len(thing)

    def look(self, shelf: Shelf) -> None:
        thing = self._next(shelf)
        if thing is not None:
            self.serve(thing)

    def _next(self, shelf: Shelf) -> object | None:
        return shelf.take()

    def keep(self, data: bytes) -> None:
        self._kept += data

    def flush(self, out: Callable[[bytes], None]) -> None:
        out(b"head " + self._kept)

    def note(self) -> None:
        """Serve later, where that is asked."""
        if not self.is_held:
            self.serve(b"")

    async def work(self) -> None:
        await self._prepare()
        self.serve(b"")

    async def _prepare(self) -> None:
        await Wait()


def send(data: bytes) -> None:
    """Have the effect, of bytes."""
