"""Every disk that transfers may work on keeps what its protocol promises."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ferrygate.common.disk import Disk, Identity, OpenFolder, identity_of, is_link
from ferrygate.common.errors import LocalFileError
from ferrygate.common.file_lock import LockResult
from ferrygate.common.system_disk import SystemDisk
from simulation.memory_disk import new_memory_disk
from support.flush_rig import SyncDisk

NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL


@pytest.fixture(params=[SystemDisk, lambda: SystemDisk(by_descriptor=False), new_memory_disk])
def disk(request: pytest.FixtureRequest) -> Disk:
    """Make a disk of each kind; without descriptors, by Windows' calls as far as they are there."""
    make: Callable[[], Disk] = request.param
    return make()


@pytest.fixture
def folder(disk: Disk, tmp_path: Path) -> Iterator[OpenFolder]:
    disk.make_folders(str(tmp_path / "chosen"))
    with closing(disk.open_folder(str(tmp_path / "chosen"))) as opened:
        yield opened


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Return the path of the folder."""
    return str(tmp_path / "chosen")


def write(disk: Disk, folder: OpenFolder, name: str, content: bytes = b"content") -> None:
    with closing(disk.writer(folder.open(name, NEW))) as file:
        assert file.write(content) == len(content)


def read(disk: Disk, path: str) -> bytes:
    with closing(disk.open_to_read(Path(path))) as file:
        return file.read(1 << 20)


# ---------------------------------------------------------------- files


def test_what_was_written_is_read(disk: Disk, folder: OpenFolder, path: str) -> None:
    write(disk, folder, "a", b"12345")
    with closing(disk.open_to_read(Path(path, "a"))) as file:
        assert (file.read(3), file.read(3), file.read(3)) == (b"123", b"45", b"")
    assert disk.status(f"{path}/a").st_size == 5


def test_an_open_file_is_known_by_its_descriptor(disk: Disk, folder: OpenFolder, path: str) -> None:
    with closing(disk.writer(folder.open("a", NEW))) as file:
        file.write(memoryview(b"12"))
        status = disk.status_of(file.fileno())
        disk.begin_to_write(file.fileno())
        disk.sync(file.fileno())
    there = disk.status(f"{path}/a")
    assert identity_of(status) == identity_of(there)
    assert (status.st_size, status.st_mtime_ns) == (there.st_size, there.st_mtime_ns)


def test_another_descriptor_outlasts_the_first(disk: Disk, folder: OpenFolder) -> None:
    file = disk.writer(folder.open("a", NEW))
    other = disk.duplicate(file.fileno())
    identity = identity_of(disk.status_of(file.fileno()))
    file.close()
    assert identity_of(disk.status_of(other)) == identity
    disk.close(other)
    with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
        disk.status_of(other)


@pytest.mark.parametrize("name", ["missing", "folder", ""])
def test_a_file_to_read_is_there_and_a_file(
    disk: Disk, folder: OpenFolder, path: str, name: str
) -> None:
    folder.make_folder("folder")
    with pytest.raises(LocalFileError):
        disk.open_to_read(Path(path, name))


def test_a_path_that_leads_nowhere_has_no_status(disk: Disk, folder: OpenFolder, path: str) -> None:
    write(disk, folder, "file")
    with pytest.raises(FileNotFoundError):
        disk.status(f"{path}/missing")
    with pytest.raises(NotADirectoryError):
        disk.status(f"{path}/file/below")


# ---------------------------------------------------------------- folders


def test_a_scan_tells_names_kinds_and_sizes(disk: Disk, folder: OpenFolder, path: str) -> None:
    write(disk, folder, "b", b"12345")
    folder.make_folder("a")
    found = sorted(disk.scan(path), key=lambda entry: entry.name)
    assert [entry.name for entry in found] == ["a", "b"]
    assert [entry.path for entry in found] == [os.path.join(path, name) for name in "ab"]  # noqa: PTH118  text
    assert [entry.is_dir(follow_symlinks=False) for entry in found] == [True, False]
    assert found[1].stat().st_size == 5
    with pytest.raises(NotADirectoryError):
        disk.scan(f"{path}/b")


def test_a_folder_has_the_names_of_what_is_in_it(disk: Disk, folder: OpenFolder) -> None:
    write(disk, folder, "a")
    folder.make_folder("b")
    folder.make_folder("b")
    assert sorted(folder.names()) == ["a", "b"]
    status = folder.status("b")
    assert status is not None
    assert stat.S_ISDIR(status.st_mode)
    assert folder.status("c") is None


def test_missing_folders_are_made_and_those_that_are_there_stay(
    disk: Disk, folder: OpenFolder, path: str
) -> None:
    disk.make_folders(f"{path}/x/y")
    disk.make_folders(f"{path}/x/y")
    with closing(folder.descend("x")) as below, closing(below.descend("y")) as lowest:
        write(disk, lowest, "a")
    assert read(disk, f"{path}/x/y/a") == b"content"


def test_a_file_has_one_of_its_names_at_least(disk: Disk, folder: OpenFolder, path: str) -> None:
    write(disk, folder, "part", b"new")
    write(disk, folder, "taken", b"old")
    with pytest.raises(FileExistsError):
        folder.link("part", "taken")
    folder.link("part", "second")
    folder.remove("part")
    assert folder.status("part") is None
    folder.rename("second", "taken")
    assert folder.names() == ["taken"]
    assert read(disk, f"{path}/taken") == b"new"


def test_a_folder_is_replaced_by_no_file(disk: Disk, folder: OpenFolder) -> None:
    write(disk, folder, "a")
    folder.make_folder("folder")
    with pytest.raises(IsADirectoryError):
        folder.rename("a", "folder")
    with pytest.raises(FileExistsError):
        folder.open("a", NEW)


def test_what_is_missing_cannot_be_renamed_or_removed(disk: Disk, folder: OpenFolder) -> None:
    with pytest.raises(FileNotFoundError):
        folder.rename("missing", "a")
    with pytest.raises(FileNotFoundError):
        folder.remove("missing")
    with pytest.raises(FileNotFoundError):
        folder.descend("missing")
    with pytest.raises(FileNotFoundError):
        disk.open_folder("/missing-folder/of-a-test").names()


def test_only_a_folder_is_descended_into(disk: Disk, folder: OpenFolder) -> None:
    write(disk, folder, "file")
    with pytest.raises(NotADirectoryError):
        folder.descend("file")


def test_the_time_of_a_file_is_set(disk: Disk, folder: OpenFolder, path: str) -> None:
    write(disk, folder, "a")
    folder.set_time("a", 1_000_000_007)
    assert disk.status(f"{path}/a").st_mtime == 1_000_000_007


def test_an_open_folder_is_moved_along(disk: Disk, folder: OpenFolder, path: str) -> None:
    """Where it is held open by a descriptor, its path matters no more."""
    disk.make_folders(f"{path}/first")
    with closing(disk.open_folder(f"{path}/first")) as opened:
        folder.rename("first", "second")
        if opened.identity is None:  # a path has to do, which leads nowhere now
            with pytest.raises(FileNotFoundError):
                write(disk, opened, "a")
            return
        write(disk, opened, "a")
        assert opened.identity == identity_of(disk.status(f"{path}/second"))
    assert read(disk, f"{path}/second/a") == b"content"


def test_a_folder_is_synced_by_its_own_name(disk: Disk, folder: OpenFolder) -> None:
    write(disk, folder, "a")
    descriptor = folder.open(".", os.O_RDONLY)
    assert folder.identity in {None, identity_of(disk.status_of(descriptor))}
    disk.sync(descriptor)
    disk.close(descriptor)


# ---------------------------------------------------------------- locks


def test_a_lock_is_held_by_one_open_file_until_its_last_descriptor_is_closed(
    disk: Disk, folder: OpenFolder
) -> None:
    write(disk, folder, "a")
    first, second = folder.open("a", os.O_RDWR), folder.open("a", os.O_RDWR)
    third = disk.duplicate(first)
    assert disk.lock(first) is LockResult.TAKEN
    assert disk.lock(second) is LockResult.HELD
    disk.close(first)
    assert disk.lock(second) is LockResult.HELD
    disk.close(third)
    assert disk.lock(second) is LockResult.TAKEN
    disk.close(second)


def test_a_lock_file_is_taken_by_one_at_a_time_and_leaves_nothing(
    disk: Disk, tmp_path: Path
) -> None:
    path = tmp_path / "locks" / "one.lock"
    first = disk.take_lock_file(path)
    assert first is not None
    assert disk.take_lock_file(path) is None
    other = disk.take_lock_file(path.with_name("other.lock"))
    assert other is not None
    disk.release_lock_file(path, first)
    assert [entry.name for entry in disk.scan(str(path.parent))] == ["other.lock"]
    again = disk.take_lock_file(path)
    assert again is not None
    for name, descriptor in (("one.lock", again), ("other.lock", other)):
        disk.release_lock_file(path.with_name(name), descriptor)
    assert list(disk.scan(str(path.parent))) == []


# ---------------------------------------------------------------- the system's own


def test_no_link_is_followed_below_an_open_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_bytes(b"theirs")
    (tmp_path / "chosen").mkdir()
    (tmp_path / "chosen" / "link").symlink_to(outside)
    (tmp_path / "chosen" / "file").symlink_to(outside / "file")
    disk = SystemDisk()
    with closing(disk.open_folder(str(tmp_path / "chosen"))) as folder:
        with pytest.raises(NotADirectoryError):
            folder.descend("link")
        with pytest.raises(OSError, match=os.strerror(errno.ELOOP)):
            folder.open("file", os.O_RDONLY)
        status = folder.status("link")
        assert status is not None
        assert is_link(status)


def test_the_names_of_folders_that_are_made_are_synced(tmp_path: Path) -> None:
    synced: list[Identity] = []
    disk = SyncDisk(lambda descriptor: synced.append(identity_of(os.fstat(descriptor))))
    disk.make_folders(f"{tmp_path}/a/b/c/")
    above = (tmp_path, tmp_path / "a", tmp_path / "a" / "b")
    assert synced == [identity_of(folder.stat()) for folder in above]
    disk.make_folders(f"{tmp_path}/a/b")
    assert len(synced) == 3


def test_a_disk_that_syncs_no_folders_makes_them_all_the_same(tmp_path: Path) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    SyncDisk(fail).make_folders(f"{tmp_path}/a/b")
    assert (tmp_path / "a" / "b").is_dir()


def test_a_folder_whose_name_cannot_be_synced_is_told(tmp_path: Path) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    for _time in range(2):  # it is not taken for a safe one the second time
        with pytest.raises(OSError, match=os.strerror(errno.EIO)):
            SyncDisk(fail).make_folders(f"{tmp_path}/a")


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder that takes no others")
def test_a_folder_that_says_it_is_not_there_for_all_new_ones_is_told() -> None:
    with pytest.raises(FileNotFoundError):
        SystemDisk().make_folders("/proc/no such process/a")


def test_a_folder_is_not_made_in_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(FileExistsError):
        SystemDisk().make_folders(f"{tmp_path}/a")
    with pytest.raises(NotADirectoryError):
        SystemDisk().make_folders(f"{tmp_path}/a/b")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(LocalFileError, match="is not a file"):
        SystemDisk().open_to_read(tmp_path / "pipe")


def test_calls_that_are_made_for_every_small_file_are_the_system_s_own() -> None:
    disk = SystemDisk()
    ours = (disk.status_of, disk.sync, disk.duplicate, disk.close, disk.status)
    assert ours == (os.fstat, os.fsync, os.dup, os.close, os.stat)
