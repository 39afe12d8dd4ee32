"""A batch is planned by walking folders on this computer, and on a server in memory."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path
from shutil import rmtree

import pytest

from ferrygate.common.errors import (
    Cancelled,
    Kind,
    LocalFileError,
    PermissionDeniedError,
    Problem,
    UsageError,
    WrongTypeError,
)
from ferrygate.common.system_disk import SystemDisk
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.plan import Planner
from ferrygate.transfers.views import ConflictChoice
from support.scripted_sftp import (
    FILE,
    FOLDER,
    LINK,
    LSTAT,
    MKDIR,
    OPENDIR,
    READDIR,
    STAT,
    Request,
    ScriptedServer,
    names,
    refusing,
    status,
)
from support.sftp_bytes import EOF, FAILURE, NO_SUCH_FILE, OP_UNSUPPORTED, PERMISSION_DENIED
from support.walk_rig import Walk

FILE_ALREADY_EXISTS = 11  # from version 5 on, and sent by some of version 3


def test_a_folder_lands_under_its_name(walk: Walk, server: ScriptedServer, tree: Path) -> None:
    assert sorted(walk.up(tree)) == [
        b"/inbox/month/a.csv",
        b"/inbox/month/b.csv",
        b"/inbox/month/plates/p.csv",
        b"/inbox/month/plates/raw/r.dat",
    ]
    assert {b"/inbox/month/empty", b"/inbox/month/plates/raw"} <= server.folders
    assert [job.number for job in walk.jobs] == [0, 1, 2, 3]
    assert {job.on_conflict for job in walk.jobs} == {ConflictChoice.SKIP}
    assert all(job.size == Path(job.local).stat().st_size for job in walk.jobs)


def test_a_source_that_cannot_be_looked_at_fails_as_a_file_and_the_others_go_on(
    walk: Walk, tree: Path
) -> None:
    def look(path: str) -> os.stat_result:
        if path.startswith("/theirs"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return os.stat(path)  # noqa: PTH116  the disk's own call

    disk = SystemDisk()
    disk.status = look
    walk.planner = Planner(disk, walk.jobs.append, ConflictChoice.FAIL, new_folders_are_empty=True)
    assert walk.up(Path("/theirs/a.csv"), tree / "a.csv") == [b"/inbox/a.csv", b"/inbox/a (2).csv"]
    assert [job.size for job in walk.jobs] == [None, (tree / "a.csv").stat().st_size]


def test_folders_that_stand_already_are_used(
    walk: Walk, server: ScriptedServer, tree: Path
) -> None:
    server.folders |= {b"/inbox/month", b"/inbox/month/plates"}
    assert len(walk.up(tree)) == 4


def test_the_target_is_made_when_missing(walk: Walk, server: ScriptedServer, tree: Path) -> None:
    assert walk.up(tree / "a.csv", folder=b"/new/below") == [b"/new/below/a.csv"]
    assert {b"/new", b"/new/below"} <= server.folders


def test_a_drop_box_tells_nothing_of_its_folders(
    walk: Walk, server: ScriptedServer, tree: Path
) -> None:
    server.instead[LSTAT] = lambda request: [status(request.number, PERMISSION_DENIED)]
    assert walk.up(tree / "a.csv") == [b"/inbox/a.csv"]
    assert server.asked(MKDIR) == []


def test_a_folder_that_cannot_be_made(walk: Walk, server: ScriptedServer, tree: Path) -> None:
    server.instead[MKDIR] = lambda request: [status(request.number, PERMISSION_DENIED)]
    with pytest.raises(PermissionDeniedError, match="/inbox/month"):
        walk.up(tree)
    with pytest.raises(PermissionDeniedError, match="“/new”"):
        walk.up(tree, folder=b"/new")
    assert walk.jobs == []


@pytest.mark.parametrize("told", [NO_SUCH_FILE, FAILURE, OP_UNSUPPORTED])
@pytest.mark.parametrize("refused", [PERMISSION_DENIED, FAILURE, NO_SUCH_FILE, OP_UNSUPPORTED])
def test_a_drop_box_may_be_hidden(
    walk: Walk, server: ScriptedServer, tree: Path, told: int, refused: int
) -> None:
    for kind in (STAT, LSTAT):
        server.instead[kind] = refusing(told)
    for kind in (MKDIR, OPENDIR):
        server.instead[kind] = refusing(refused)
    assert walk.up(tree / "a.csv", tree / "b.csv", folder=b"/drop") == [
        b"/drop/a.csv",
        b"/drop/b.csv",
    ]
    reasons = [job.folder_refused for job in walk.jobs]
    assert all(reason is not None and "“/drop”" in str(reason.sentence) for reason in reasons)


@pytest.mark.parametrize(
    ("code", "words"),
    [(FAILURE, b"File exists"), (FILE_ALREADY_EXISTS, b"")],
    ids=["words", "code"],
)
def test_a_folder_that_hides_and_is_there_says_mkdir(
    walk: Walk, server: ScriptedServer, tree: Path, code: int, words: bytes
) -> None:
    for kind in (STAT, LSTAT, OPENDIR):
        server.instead[kind] = refusing(NO_SUCH_FILE)
    server.instead[MKDIR] = lambda request: [status(request.number, code, words)]
    assert walk.up(tree / "a.csv", folder=b"/drop/here") == [b"/drop/here/a.csv"]
    assert walk.up(tree, folder=b"/drop/here")  # the folders in it are hidden alike
    reasons = [job.folder_refused for job in walk.jobs]
    assert all(reason is not None and reason.kind is Kind.CONFLICT for reason in reasons)


def test_a_file_where_a_folder_is_to_be(walk: Walk, server: ScriptedServer, tree: Path) -> None:
    server.files[b"/inbox/month"] = bytearray()
    server.instead[MKDIR] = lambda request: [status(request.number, 4)]
    with pytest.raises(WrongTypeError, match="is a file, not a folder"):
        walk.up(tree)


def test_a_missing_file_is_announced_and_fails_later(walk: Walk, tree: Path) -> None:
    assert walk.up(tree / "gone.csv", tree / "a.csv") == [b"/inbox/gone.csv", b"/inbox/a.csv"]
    assert walk.jobs[0].size is None


def test_a_folder_that_cannot_be_read_fails_as_a_file(walk: Walk, tree: Path) -> None:
    def remove_then_add(job: FileJob) -> None:
        rmtree(tree / "plates", ignore_errors=True)
        walk.jobs.append(job)

    walk.planner = Planner(
        SystemDisk(), remove_then_add, ConflictChoice.FAIL, new_folders_are_empty=True
    )
    other = tree.parent / "other"
    other.mkdir()
    (other / "c.csv").touch()
    assert walk.up(tree, other) == [
        b"/inbox/month/a.csv",
        b"/inbox/month/b.csv",
        b"/inbox/other/c.csv",
        b"/inbox/month/plates",
    ]


def test_relative_names_are_resolved(walk: Walk, tree: Path) -> None:
    assert walk.up(tree / "plates" / ".." / "a.csv") == [b"/inbox/a.csv"]


def test_the_root_of_a_disk_has_no_name(walk: Walk) -> None:
    with pytest.raises(UsageError):
        walk.up(Path("/"))


def test_names_go_as_utf8_in_nfc(walk: Walk, tree: Path) -> None:
    (tree / "u\u0308ber.csv").write_text("")
    assert "/inbox/month/über.csv".encode() in walk.up(tree)


@pytest.mark.parametrize("kind", [MKDIR, STAT])
def test_a_cancelled_upload_walk_stops(
    walk: Walk, server: ScriptedServer, tree: Path, kind: int
) -> None:
    server.folders.add(b"/inbox/month")
    server.instead[kind] = lambda _request: ()
    walk.rig.stream.after = walk.rig.cancel.cancel
    with pytest.raises(Cancelled):
        walk.up(tree)
    assert walk.jobs == []


def test_nothing_can_stand_in_a_folder_that_is_new(
    walk: Walk, server: ScriptedServer, tree: Path
) -> None:
    server.folders.add(b"/inbox/month")
    walk.up(tree)
    free = {job.remote for job in walk.jobs if job.known_absent}
    assert free == {job.remote for job in walk.jobs if b"/plates/" in job.remote}


def test_on_an_object_store_names_may_stand_below_a_new_folder(walk: Walk, tree: Path) -> None:
    walk.planner = Planner(
        SystemDisk(), walk.jobs.append, ConflictChoice.FAIL, new_folders_are_empty=False
    )
    walk.up(tree)
    assert not any(job.known_absent for job in walk.jobs)


def test_folders_of_one_level_are_made_at_a_time(walk: Walk, tmp_path: Path) -> None:
    for number in range(100):
        (tmp_path / "wide" / f"{number:02}").mkdir(parents=True)
    asked = walk.asked_at_a_time(MKDIR)
    walk.up(tmp_path / "wide")
    assert asked == [1, 64, 36]


def test_begun_again_it_announces_nothing_twice(walk: Walk, tree: Path) -> None:
    walk.up(tree)
    assert len(walk.up(tree, tree / "a.csv")) == 5


def test_equal_names_from_two_folders_do_not_overwrite_each_other(walk: Walk, tree: Path) -> None:
    other = tree / "plates" / "a.csv"
    other.write_text("another")
    expected = [b"/inbox/a.csv", b"/inbox/a (2).csv"]
    assert walk.up(tree / "a.csv", other, tree / "a.csv") == expected
    assert walk.up(tree / "a.csv", other) == expected


# ---------------------------------------------------------------- downloads


def test_a_remote_folder_lands_under_its_name(
    walk: Walk, server: ScriptedServer, tmp_path: Path
) -> None:
    server.files |= {b"/inbox/a": bytearray(b"1"), b"/inbox/sub/b": bytearray(b"22")}
    server.folders |= {b"/inbox/sub", b"/inbox/none"}
    assert walk.down(b"/inbox", folder=tmp_path / "to") == ["inbox/a", "inbox/sub/b"]
    assert (tmp_path / "to" / "inbox" / "none").is_dir()
    assert [job.remote for job in walk.jobs] == [b"/inbox/a", b"/inbox/sub/b"]


def test_the_root_lands_without_a_name(walk: Walk, server: ScriptedServer, tmp_path: Path) -> None:
    server.files[b"/a"] = bytearray(b"1")
    assert walk.down(b"/", folder=tmp_path) == ["a"]


def test_a_missing_remote_file_is_announced(walk: Walk, tmp_path: Path) -> None:
    assert walk.down(b"/gone.csv", folder=tmp_path) == ["gone.csv"]


def test_equal_names_are_kept_apart(walk: Walk, server: ScriptedServer, tmp_path: Path) -> None:
    for folder in (b"/x", b"/y"):
        server.files[folder + b"/same.csv"] = bytearray(b"1")
    found = walk.down(b"/x/same.csv", b"/y/same.csv", folder=tmp_path)
    assert found == ["same.csv", "same (2).csv"]


HOSTILE = [
    b"../../escape",
    b"..\\..\\escape",
    b"/etc/passwd",
    b"C:\\boot.ini",
    b"con.txt",
    b"a\0b",
    b"line\nbreak",
    b"\xe2\x80\xaegnp.exe",
    b"A.csv",
    b"a.csv",
    b"trailing. ",
    b"\xff\xfe",
    300 * b"x",
    b".",
    b"..",
    b"",
]


@pytest.mark.parametrize("mode", [FILE, FOLDER])
def test_hostile_names_stay_in_the_folder(
    walk: Walk, server: ScriptedServer, tmp_path: Path, mode: int
) -> None:
    listings = [[(name, mode) for name in HOSTILE]]

    def hostile(request: Request) -> Iterable[bytes]:
        listing = listings.pop() if listings else None
        number = request.number
        return [names(number, listing)] if listing else [status(number, EOF)]

    server.instead[READDIR] = hostile
    server.folders |= {b"/inbox/" + name for name in HOSTILE}
    to = tmp_path / "to"
    walk.down(b"/inbox", folder=to)
    *found, unusable = walk.jobs
    assert isinstance(unusable.not_moved, Problem)
    assert "4 names that cannot be used here" in str(unusable.not_moved.sentence)
    made = [Path(job.local) for job in found] + list((to / "inbox").iterdir())
    assert len({str(path).casefold() for path in made}) == len(made) > 8
    assert all(path.parent == to / "inbox" for path in made)
    assert all(path.name.isprintable() and len(path.name.encode()) <= 255 for path in made)
    assert list(tmp_path.iterdir()) == [to]


def test_links_of_one_folder_are_looked_at_some_at_a_time(
    walk: Walk, server: ScriptedServer, tmp_path: Path
) -> None:
    links = [f"{number:03}" for number in range(150)]
    listings = [[(name.encode(), LINK) for name in links]]
    server.instead[READDIR] = lambda request: [
        names(request.number, listings.pop()) if listings else status(request.number, EOF)
    ]
    server.files |= {b"/inbox/" + name.encode(): bytearray(b"1") for name in links}
    asked = walk.asked_at_a_time(STAT)
    assert walk.down(b"/inbox", folder=tmp_path) == [f"inbox/{name}" for name in links]
    assert asked == [1, 64, 64, 22]


def test_a_remote_folder_that_cannot_be_read(
    walk: Walk, server: ScriptedServer, tmp_path: Path
) -> None:
    server.instead[READDIR] = lambda request: [status(request.number, PERMISSION_DENIED)]
    with pytest.raises(PermissionDeniedError):
        walk.down(b"/inbox", folder=tmp_path)


def test_a_local_file_where_a_folder_is_to_be(walk: Walk, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(LocalFileError, match="is a file, not a folder"):
        walk.down(b"/inbox", folder=tmp_path / "taken")


def test_a_local_folder_that_cannot_be_made(walk: Walk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LocalFileError):
        walk.down(b"/inbox", folder=tmp_path / "file" / "below")
