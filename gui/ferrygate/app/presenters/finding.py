"""A name that only the server can tell to be a file or a folder."""

from __future__ import annotations

from collections.abc import Callable

import msgspec


class Finding(msgspec.Struct, frozen=True):
    """A name that the server is asked about.

    Attributes:
        request: what asks.
        folder: the folder that was shown then.
        path: of the name.
        fetch: called where it is a file.
    """

    request: int
    folder: bytes
    path: bytes
    fetch: Callable[[], None]
