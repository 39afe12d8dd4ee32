"""Reads paths on the server from a command line."""

from __future__ import annotations

import os

from ferrygate.common import remote_path


def existing(text: str) -> bytes:
    """Return the path of an existing file: the very bytes that were typed, UTF-8 or not.

    Where nothing is there under these bytes, the engine looks for other normal forms of them.
    """
    return remote_path.normalise(os.fsencode(text))


def new(text: str) -> bytes:
    """Return the path of a file to be made: NFC, UTF-8 (:func:`remote_path.normalise`).

    Raises:
        UsageError: it holds what no path on a server can.
    """
    return remote_path.normalise(text)
