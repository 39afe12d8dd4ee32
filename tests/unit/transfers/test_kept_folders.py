"""Folders that stay open for files that go into them: used as long as their names lead there."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ferrygate.common.disk import OpenFolder
from ferrygate.common.errors import LocalFileError
from ferrygate.common.system_disk import SystemDisk
from ferrygate.transfers.kept_folders import KeptFolders
from ferrygate.transfers.local_folder import LocalFolder
from support.fake_clock import ManualClock

if os.name != "posix":
    pytest.skip("folders have no descriptors here", allow_module_level=True)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def kept(clock: ManualClock) -> Iterator[KeptFolders]:
    kept = KeptFolders(SystemDisk(), clock.monotonic)
    yield kept
    kept.close()


@pytest.fixture
def folder(tmp_path: Path) -> LocalFolder:
    (tmp_path / "chosen" / "below" / "lower").mkdir(parents=True)
    return LocalFolder(str(tmp_path / "chosen"), ("below", "lower"))


def make(folder: OpenFolder, name: str) -> None:
    os.close(folder.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL))


def descriptors() -> set[str]:
    return set(os.listdir("/proc/self/fd"))  # noqa: PTH208  numbers


def test_a_folder_stays_open_for_the_next_file(kept: KeptFolders, folder: LocalFolder) -> None:
    first = kept.open(folder)
    assert kept.open(folder, at_once=True) is first
    make(first, "a.csv")
    assert (folder.path / "a.csv").exists()


@pytest.mark.parametrize("swapped", ["chosen", "chosen/below", "chosen/below/lower"])
def test_a_folder_made_anew_is_the_one_that_is_used(
    kept: KeptFolders, folder: LocalFolder, tmp_path: Path, swapped: str
) -> None:
    kept.open(folder)
    (tmp_path / swapped).rename(tmp_path / "away")
    folder.path.mkdir(parents=True)
    make(kept.open(folder, at_once=True), "a.csv")
    assert [path.name for path in folder.path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize("swapped", ["below", "below/lower"])
def test_a_link_that_came_in_a_folder_s_place_is_not_followed(
    kept: KeptFolders, folder: LocalFolder, tmp_path: Path, swapped: str
) -> None:
    """The link leads to the very folder that is open, and no name on the way may be one."""
    kept.open(folder)
    place = tmp_path / "chosen" / swapped
    place.rename(tmp_path / "away")
    place.symlink_to(tmp_path / "away")
    with pytest.raises(LocalFileError, match="link"):
        kept.open(folder, at_once=True)


def test_a_link_that_the_person_chose_may_lead_elsewhere_meanwhile(
    kept: KeptFolders, folder: LocalFolder, tmp_path: Path
) -> None:
    chosen, other = tmp_path / "link", tmp_path / "other"
    chosen.symlink_to(tmp_path / "chosen")
    kept.open(LocalFolder(str(chosen), folder.below))
    chosen.unlink()
    (other / "below" / "lower").mkdir(parents=True)
    chosen.symlink_to(other)
    make(kept.open(LocalFolder(str(chosen), folder.below), at_once=True), "a.csv")
    assert (other / "below" / "lower" / "a.csv").exists()


def test_names_are_asked_again_once_a_moment_has_passed(
    kept: KeptFolders, folder: LocalFolder, clock: ManualClock
) -> None:
    first = kept.open(folder)
    folder.path.rmdir()
    assert kept.open(folder) is first  # what is made there fails, and leads nowhere else
    with pytest.raises(FileNotFoundError):
        make(first, "a.csv")
    clock.wait(threading.Event(), 1)
    with pytest.raises(FileNotFoundError):
        kept.open(folder)


def test_no_more_descriptors_are_kept_than_allowed(clock: ManualClock, tmp_path: Path) -> None:
    before = descriptors()
    kept = KeptFolders(SystemDisk(), clock.monotonic, max_descriptors=6)
    folders = []
    for number in range(10):
        (tmp_path / str(number) / "below").mkdir(parents=True)
        folders.append(LocalFolder(str(tmp_path), (str(number), "below")))
    for folder in folders:
        kept.open(folder)
        assert len(descriptors() - before) <= 6
    assert kept.open(folders[8]) is kept.open(folders[8])  # the last two are kept
    kept.close()
    assert descriptors() == before


def test_a_folder_too_deep_to_be_kept_is_opened_for_each_use(
    clock: ManualClock, folder: LocalFolder
) -> None:
    before = descriptors()
    kept = KeptFolders(SystemDisk(), clock.monotonic, max_descriptors=2)
    make(kept.open(folder), "a.csv")
    assert len(descriptors() - before) == 1
    moved = folder.path.rename(folder.path.with_name("away"))
    moved.with_name("lower").mkdir()
    make(kept.open(folder, at_once=True), "b.csv")
    assert (folder.path / "b.csv").exists()
    kept.close()
    assert descriptors() == before


def test_a_folder_that_cannot_be_reached_leaves_nothing_open(
    kept: KeptFolders, folder: LocalFolder
) -> None:
    before = descriptors()
    with pytest.raises(FileNotFoundError):
        kept.open(LocalFolder(folder.chosen, ("below", "missing")))
    assert descriptors() == before
