"""A part is kept in memory while there is room for it, and in a file otherwise."""

from __future__ import annotations

import base64
import os
import zlib
from pathlib import Path

import pytest

from ferrygate.sandbox.part_buffer import MemoryBudget, PartBuffer

MIB = 1 << 20


def test_the_budget_gives_all_or_nothing() -> None:
    budget = MemoryBudget(10)
    assert budget.acquire(6)
    assert not budget.acquire(5)
    assert budget.acquire(4)
    budget.release(10)
    assert budget.acquire(10)


@pytest.mark.parametrize("room", [0, 3, 4, 6, 100])
def test_bytes_come_back_as_they_were_wherever_they_are_kept(tmp_path: Path, room: int) -> None:
    part = PartBuffer(MemoryBudget(room), tmp_path)
    for piece in (b"abc", b"", b"d", b"ef"):
        part.append(piece)
    assert part.content().read() == b"abcdef"
    assert part.content().read() == b"abcdef"
    assert part.size == 6
    assert base64.b64decode(part.checksum) == zlib.crc32(b"abcdef").to_bytes(4)
    part.close()


def test_memory_is_given_back_once(tmp_path: Path) -> None:
    budget = MemoryBudget(6)
    part = PartBuffer(budget, tmp_path)
    part.append(b"abcd")
    assert not budget.acquire(3)
    part.close()
    part.close()
    assert budget.acquire(6)
    assert not budget.acquire(1)


def test_a_part_that_outgrows_the_budget_leaves_it_to_others(tmp_path: Path) -> None:
    budget = MemoryBudget(6)
    part = PartBuffer(budget, tmp_path)
    part.append(b"abcd")
    part.append(b"efgh")
    assert budget.acquire(6)
    part.append(b"i")
    assert part.content().read() == b"abcdefghi"
    part.close()


def test_a_large_part_is_in_a_file_however_much_room_there_is(tmp_path: Path) -> None:
    budget = MemoryBudget(64 * MIB)
    part = PartBuffer(budget, tmp_path)
    piece = os.urandom(MIB)
    for _piece in range(17):
        part.append(piece)
    assert budget.acquire(64 * MIB)
    assert part.content().read() == piece * 17
    part.close()


def test_its_file_has_no_name_that_a_crash_could_leave(tmp_path: Path) -> None:
    part = PartBuffer(MemoryBudget(0), tmp_path)
    part.append(b"abc")
    assert list(tmp_path.iterdir()) == []
    part.close()
