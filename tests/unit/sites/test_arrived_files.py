from __future__ import annotations

import os
from pathlib import Path

import pytest

from ferrygate.sites.arrived_files import arrived_files, only_file

PICTURES = (".png", ".jpg")


def arrive(path: Path, at: int) -> Path:
    path.write_text("format = 1\n")
    os.utime(path, (at, at))
    return path


def test_the_newest_connection_files_of_all_folders_are_found(tmp_path: Path) -> None:
    downloads, desktop = tmp_path / "Downloads", tmp_path / "Desktop"
    downloads.mkdir()
    desktop.mkdir()
    arrive(downloads / "oldest.ferrygate", 1_000)
    expected = (
        arrive(desktop / "d.FERRYGATE", 4_000),
        arrive(downloads / "c.ferrygate", 3_000),
        arrive(desktop / "b.ferrygate", 2_000),
    )
    arrive(downloads / "a.txt", 9_000)
    assert arrived_files([downloads, desktop]) == expected


def test_folders_links_and_what_cannot_be_read_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "folder.ferrygate").mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    arrive(elsewhere / "real.ferrygate", 1_000)
    (tmp_path / "link.ferrygate").symlink_to(elsewhere / "real.ferrygate")
    assert arrived_files([tmp_path, tmp_path / "missing"]) == ()


def test_the_only_file_that_fits_is_found(tmp_path: Path) -> None:
    arrive(tmp_path / "notes.txt", 1_000)
    arrive(tmp_path / ".hidden.png", 1_000)
    expected = arrive(tmp_path / "Code.PNG", 1_000)
    assert only_file(tmp_path, PICTURES) == expected


@pytest.mark.parametrize(
    "names", [(), ("a.png", "b.jpg"), ("a\u202eb.png",), ("caf\udce9.png",)], ids=ascii
)
def test_none_is_the_only_one_where_several_fit_or_its_name_cannot_be_shown(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    for name in names:
        arrive(tmp_path / name, 1_000)
    assert only_file(tmp_path, PICTURES) is None


def test_no_folder_and_no_link_is_the_only_file(tmp_path: Path) -> None:
    folders, links = tmp_path / "folders", tmp_path / "links"
    (folders / "a.png").mkdir(parents=True)
    links.mkdir()
    (links / "a.png").symlink_to(arrive(tmp_path / "a.png", 1_000))
    assert [only_file(folder, PICTURES) for folder in (folders, links)] == [None, None]
    assert only_file(tmp_path / "missing", PICTURES) is None


def test_a_folder_too_large_to_be_looked_through_has_no_only_file(tmp_path: Path) -> None:
    for number in range(5_000):
        (tmp_path / str(number)).touch()
    arrive(tmp_path / "a.png", 1_000)
    assert only_file(tmp_path, PICTURES) is None
