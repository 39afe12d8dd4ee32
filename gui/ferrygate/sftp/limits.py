"""Bounds what is asked of a server, by what it tells (OpenSSH's ``limits@openssh.com``)."""

from __future__ import annotations

import struct
from typing import NamedTuple

_MAX_REQUEST_BYTES = 261_120  # of data: what OpenSSH takes, and no other server more
_MAX_HANDLES = 20_000


class Limits(NamedTuple):
    """Bounds the size of requests and the number of open files.

    The defaults are what every server takes: packets of 34,000 bytes (draft §3).

    Attributes:
        read: bytes that one READ may ask for.
        write: bytes that one WRITE may carry.
        handles: handles that may be open at a time.
    """

    read: int = 32_768
    write: int = 32_768
    handles: int = 128


def parse_limits(body: bytes) -> Limits:
    """Parse the answer to ``limits@openssh.com`` (OpenSSH's PROTOCOL file, section 4.8).

    A server names 0 where it sets no limit. Sizes are kept within those that OpenSSH itself takes,
    since others have been seen to fail with larger ones.
    """
    try:
        packet, read, write, handles = struct.unpack_from(">QQQQ", body)
    except struct.error:
        return Limits()
    largest = _MAX_REQUEST_BYTES
    if packet:
        largest = min(largest, packet - 1024)  # a request's own fields, a handle among them
    read, write = min(read or largest, largest), min(write or largest, largest)
    smallest = Limits()
    return Limits(
        read=max(read, 1024),
        write=max(write, 1024),
        handles=min(handles, _MAX_HANDLES) if handles else smallest.handles,
    )
