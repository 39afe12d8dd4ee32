"""Bytes kept in the pieces they came in, but for small ones."""

from __future__ import annotations

_SMALL = 1 << 12  # bytes; a piece with less is kept together with its neighbours

Chunk = bytes | bytearray | memoryview


def keep(chunks: list[Chunk], data: Chunk) -> None:
    """Keep ``data`` behind the others, whose bytes it may join.

    A peer that sends single bytes would fill memory with objects otherwise.
    """
    if len(data) < _SMALL and not isinstance(data, bytearray):
        data = bytearray(data)
    if isinstance(data, bytearray) and chunks and isinstance(last := chunks[-1], bytearray):
        last += data
    else:
        chunks.append(data)
