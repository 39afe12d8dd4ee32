"""Parts grow until they reach S3's largest object in S3's number of parts."""

from __future__ import annotations

from itertools import pairwise

from ferrygate.sandbox.s3_limits import GIB, MIB, S3Limits

LIMITS = S3Limits()
TIB = 1 << 40


def test_all_parts_together_are_s3s_largest_object() -> None:
    assert round(LIMITS.max_object_bytes / TIB, 1) == 48.8


def test_each_part_has_a_size_that_s3_takes() -> None:
    sizes = [LIMITS.part_bytes(number) for number in range(1, LIMITS.max_parts + 1)]
    assert min(sizes) == sizes[0] == 8 * MIB
    assert max(sizes) == sizes[-1] == 5 * GIB
    assert all(size % MIB == 0 for size in sizes)


def test_no_part_is_smaller_than_the_one_before_or_larger_by_more_than_half() -> None:
    sizes = [LIMITS.part_bytes(number) for number in range(1, 40)]
    assert all(before <= after <= before * 1.5 + MIB for before, after in pairwise(sizes))


def test_a_part_is_no_more_than_a_third_of_what_has_come_with_it() -> None:
    sent = 0
    for number in range(1, 40):
        size = LIMITS.part_bytes(number)
        if number > 6:
            assert size <= (sent + size) * 0.37
        sent += size
