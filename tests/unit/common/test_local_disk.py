from __future__ import annotations

import os
from pathlib import Path

import pytest

from ferrygate.common.errors import LocalFileError
from ferrygate.common.local_disk import open_regular_file, read_small_file, reading, reason, writing


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    gone = tmp_path / "a\u202eb.csv"
    words = r"There is no “a\\u202eb\.csv” on this computer"
    with pytest.raises(LocalFileError, match=words) as caught, reading(gone):
        gone.read_bytes()
    assert caught.value.problem.detail == "No such file or directory"


def test_a_folder_is_no_file_to_read(tmp_path: Path) -> None:
    with pytest.raises(LocalFileError, match="cannot be read") as caught, reading(tmp_path):
        tmp_path.read_bytes()
    assert caught.value.problem.detail == "Is a directory"


def test_a_file_that_cannot_be_written_comes_with_a_next_step(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    target = tmp_path / "file" / "report.csv"
    words = r"“report\.csv” cannot be written"
    with pytest.raises(LocalFileError, match=words) as caught, writing(target):
        target.write_bytes(b"x")
    assert caught.value.problem.next_step


def test_every_other_error_passes() -> None:
    with pytest.raises(LookupError), reading(Path("x")), writing(Path("x")):
        raise LookupError


def test_an_error_without_words_goes_by_its_name() -> None:
    assert reason(OSError(5, "Input/output error")) == "Input/output error"
    assert reason(TimeoutError()) == "TimeoutError"


def test_a_small_file_is_read_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"12345")
    assert read_small_file(path, 5) == b"12345"
    with pytest.raises(LocalFileError, match=r"“picture\.png” is too large") as caught:
        read_small_file(path, 4)
    assert caught.value.problem.next_step


@pytest.mark.timeout(5)
def test_nothing_but_a_file_is_opened_to_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero")):
        with pytest.raises(LocalFileError, match="is not a file"):
            open_regular_file(path)
