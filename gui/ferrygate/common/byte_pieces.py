"""Bytes kept in the pieces they came in, but for small ones."""

from __future__ import annotations

_SMALL_BYTES = 1 << 12  # a piece with less is kept together with its neighbours

Piece = bytes | bytearray | memoryview


def append_piece(pieces: list[Piece], data: Piece) -> None:
    """Append ``data`` to the pieces; a small one joins the last, if that is small as well.

    Pieces of single bytes, which a peer may send, would fill the memory with objects otherwise.
    """
    if len(data) < _SMALL_BYTES and not isinstance(data, bytearray):
        data = bytearray(data)
    if isinstance(data, bytearray) and pieces and isinstance(last := pieces[-1], bytearray):
        last += data
    else:
        pieces.append(data)
