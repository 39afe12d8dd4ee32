"""Joins requests that are queued one after the other, to be sent in one call."""

from __future__ import annotations

from collections import deque

from ferrygate.common.byte_stream import MAX_BURST_BYTES


def next_burst(queued: deque[bytes | memoryview]) -> bytes | memoryview:
    """Take the first requests off the queue, joined as long as they fit into one burst.

    A call for each would cost more than the copy. A request that is alone, or large, is not copied.
    """
    first = queued.popleft()
    size = len(first)
    if not queued or size + len(queued[0]) > MAX_BURST_BYTES:
        return first
    parts = [first]
    while queued and size + len(queued[0]) <= MAX_BURST_BYTES:
        size += len(queued[0])
        parts.append(queued.popleft())
    return b"".join(parts)
