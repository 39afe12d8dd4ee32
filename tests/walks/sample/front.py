"""Hands work over in each way that the tracer follows: the beginnings of the paths in tests.

A callable in a queue, a thing on a shelf, a library's callback, bytes, a coroutine.
"""

from __future__ import annotations

from collections.abc import Callable

from walks.sample.back import Back, send
from walks.sample.inbox import Inbox, Shelf


def click(inbox: Inbox, back: Back) -> None:
    """Posted, then done by :class:`Back`: front, inbox, front, back."""
    tick(back)
    inbox.post(lambda: _do(back))


def tick(back: Back) -> None:
    """Happens meanwhile."""
    back.idle()


def _do(back: Back) -> None:
    back.serve(b"")


def lay(shelf: Shelf, thing: object) -> None:
    """Left for who looks there."""
    shelf.put(thing)


def sort(things: list[str], back: Back) -> None:
    """Have a library call back."""
    things.sort(key=back.weigh)


def hand_in(back: Back, data: bytes) -> None:
    """Bytes go out in another piece."""
    back.keep(data)
    back.flush(send)


def note(back: Back) -> None:
    """Something changes."""
    back.note()


def end_turn(back: Back) -> None:
    """Tell of what has changed."""
    back.is_held = False
    back.note()


def drive(back: Back, run: Callable[..., None]) -> None:
    """Drive a coroutine elsewhere."""
    run(back.work())
