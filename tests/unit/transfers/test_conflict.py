from __future__ import annotations

from itertools import islice

import pytest

from ferrygate.transfers.conflict import NameTakenError, numbered_names
from ferrygate.transfers.name_conflict import FileFacts


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
def test_a_number_stands_before_the_extension(name: bytes, expected: bytes) -> None:
    assert next(numbered_names(name)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (b"x" * 251 + b".csv", b"x" * 247 + b" (2).csv"),
        (b"x" * 255, b"x" * 251 + b" (2)"),
        ("é".encode() * 127 + b"x", "é".encode() * 125 + b" (2)"),
        ("日".encode() * 83 + b".txt", "日".encode() * 82 + b" (2).txt"),
        (b"a." + b"y" * 253, b"a." + b"y" * 249 + b" (2)"),
        (b"\x80" * 255, b"\x80" * 251 + b" (2)"),
        (b"x" * 400, b"x" * 396 + b" (2)"),
    ],
)
def test_a_name_does_not_grow_beyond_what_disks_take(name: bytes, expected: bytes) -> None:
    assert next(numbered_names(name)) == expected


def test_numbers_go_on() -> None:
    assert list(islice(numbered_names(b"a"), 3)) == [b"a (2)", b"a (3)", b"a (4)"]


def test_the_error_names_the_file() -> None:
    assert "report.csv" in str(NameTakenError("report.csv", FileFacts(), FileFacts()))


def test_a_name_is_kept_as_it_came_and_cleaned_where_it_is_shown() -> None:
    sentence = NameTakenError(b"\x1b\xff.csv", FileFacts(), FileFacts()).problem.sentence
    assert sentence.parameters == {"name": "\x1b\udcff.csv"}
    assert r"“\x1b\xff.csv”" in str(sentence)
