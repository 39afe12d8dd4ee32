"""A listing keeps names up to a bound, which counts the cost of each name as well."""

from __future__ import annotations

import pytest

from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import RemoteFailureError
from ferrygate.common.held_names import HeldNames


def entries(*names: bytes) -> list[Entry]:
    return [Entry(name, EntryKind.FILE) for name in names]


def test_names_are_kept_up_to_their_bound() -> None:
    held = HeldNames(b"/in/box", max_bytes=10 + 3 * 16)
    held.add(entries(b"12345", b"6789"))
    held.add(entries(b"0"))
    with pytest.raises(RemoteFailureError, match="“box” holds too many names"):
        held.add(entries(b"!"))


def test_names_of_one_byte_are_bounded_by_what_is_kept_beside_them() -> None:
    held = HeldNames(b"/in/box", max_bytes=1000)
    with pytest.raises(RemoteFailureError):
        held.add(entries(*[b"x"] * 60))
