from __future__ import annotations

from itertools import islice

import pytest

from ferrygate.transfers.conflict import numbered, numbers, taken


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (b"report.csv", b"report (2).csv"),
        (b"archive.tar.gz", b"archive.tar (2).gz"),
        (b"README", b"README (2)"),
        (b".profile", b".profile (2)"),
        (b"\xff.csv", b"\xff (2).csv"),
    ],
)
def test_numbered(name: bytes, expected: bytes) -> None:
    assert numbered(name, 2) == expected


def test_numbers_begin_at_two() -> None:
    assert list(islice(numbers(), 3)) == [2, 3, 4]


def test_the_error_names_the_file() -> None:
    assert "report.csv" in str(taken("report.csv"))
