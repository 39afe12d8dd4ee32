"""Files for the bench, and the proof that a copy is one."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.rows import MIB, Workload
from bench.workloads import clear, difference, files_below, listing_difference, prepare

ONE = Workload(name="one", files=1, size=MIB + 7, folders=0)
TREE = Workload(name="tree", files=12, size=50, folders=4)
LISTED = Workload(name="listed", files=3, size=0)


@pytest.fixture
def random_bytes() -> Callable[[int], bytes]:
    return random.Random(1).randbytes  # noqa: S311  the same in every run


def test_a_single_file_has_its_size(tmp_path: Path, random_bytes: Callable[[int], bytes]) -> None:
    path = prepare(ONE, tmp_path, random_bytes)
    assert path.stat().st_size == MIB + 7


def test_files_are_spread_over_folders(
    tmp_path: Path, random_bytes: Callable[[int], bytes]
) -> None:
    path = prepare(TREE, tmp_path, random_bytes)
    files = files_below(path)
    assert len(files) == 12
    assert {file.stat().st_size for file in files} == {50}
    assert len({file.read_bytes() for file in files}) == 12
    assert sorted(folder.name for folder in path.iterdir()) == [
        "folder-000",
        "folder-001",
        "folder-002",
        "folder-003",
    ]


def test_what_is_there_is_kept(tmp_path: Path, random_bytes: Callable[[int], bytes]) -> None:
    first = prepare(ONE, tmp_path, random_bytes).read_bytes()
    assert prepare(ONE, tmp_path, random_bytes).read_bytes() == first


def test_what_is_half_made_or_of_another_shape_is_made_anew(
    tmp_path: Path, random_bytes: Callable[[int], bytes]
) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "left over").touch()
    prepare(TREE, tmp_path, random_bytes)
    smaller = Workload(name="tree", files=2, size=5)
    assert [file.name for file in files_below(prepare(smaller, tmp_path, random_bytes))] == [
        "file-000000",
        "file-000001",
    ]


@pytest.fixture
def tree(tmp_path: Path, random_bytes: Callable[[int], bytes]) -> Path:
    return prepare(TREE, tmp_path, random_bytes)


@pytest.fixture
def copy(tree: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tree, tmp_path / "copy" / "tree")


def test_a_copy_does_not_differ(tree: Path, copy: Path) -> None:
    assert difference(tree, copy) == ""


def test_one_other_byte_is_found(tree: Path, copy: Path) -> None:
    file = files_below(copy)[-1]
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    assert difference(tree, copy) == f"{file.relative_to(copy)} has other bytes"


def test_a_short_file_is_found(tree: Path, copy: Path) -> None:
    file = files_below(copy)[0]
    file.write_bytes(file.read_bytes()[:-1])
    assert difference(tree, copy) == f"{file.relative_to(copy)} has other bytes"


def test_a_file_too_few_or_too_many_is_found(tree: Path, copy: Path) -> None:
    (copy / "extra").touch()
    assert difference(tree, copy) == "extra is missing or too much"
    (copy / "extra").unlink()
    file = files_below(copy)[3]
    file.unlink()
    assert difference(tree, copy) == f"{file.relative_to(copy)} is missing or too much"


def test_no_copy_at_all_is_found(tree: Path, tmp_path: Path) -> None:
    assert difference(tree, tmp_path / "nowhere") == "nowhere is not there"


@pytest.mark.parametrize(
    "printed",
    [
        "file-000002\nfile-000000\nfile-000001\n",
        "".join(f"-rw-r--r--  1 ada ada  0 Nov 25 15:43 file-{n:06}\n" for n in range(3)),
    ],
)
def test_a_whole_list_is_one_in_any_form(tmp_path: Path, printed: str) -> None:
    path = tmp_path / "printed"
    path.write_text(printed, encoding="utf-8")
    assert listing_difference(LISTED, path) == ""


@pytest.mark.parametrize(
    "printed",
    ["file-000000\nfile-000001\n", "file-000000\nfile-000001\nfile-000003\n"],
)
def test_a_name_too_few_or_wrong_is_found(tmp_path: Path, printed: str) -> None:
    path = tmp_path / "printed"
    path.write_text(printed, encoding="utf-8")
    assert listing_difference(LISTED, path) == "2 of 3 names were listed"


def test_a_name_printed_twice_is_found(tmp_path: Path) -> None:
    path = tmp_path / "printed"
    path.write_text("file-000000\nfile-000000\nfile-000001\nfile-000002\n", encoding="utf-8")
    assert listing_difference(LISTED, path) == "4 lines for 3 names"


def test_a_cleared_folder_is_empty(tmp_path: Path) -> None:
    folder, attic = tmp_path / "target", tmp_path / "attic"
    attic.mkdir()
    clear(folder, attic)
    (folder / "old").mkdir()
    clear(folder, attic)
    assert list(folder.iterdir()) == list(attic.iterdir()) == []


def test_many_files_are_removed_at_the_end_only(tmp_path: Path) -> None:
    folder, attic = tmp_path / "target", tmp_path / "attic"
    attic.mkdir()
    for number in range(2):
        clear(folder, attic)
        for name in range(101):
            (folder / f"{number}-{name}").touch()
    clear(folder, attic)
    assert list(folder.iterdir()) == []
    assert len(files_below(attic)) == 202
