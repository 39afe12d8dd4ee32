"""Operations on files over a channel in memory."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from ferrygate.common.entry import EntryKind
from ferrygate.common.errors import (
    ConflictError,
    IncompleteListingError,
    NotFoundError,
    PermissionDeniedError,
    RemoteFailureError,
)
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.replies import check_ok, data_read
from ferrygate.sftp.wire import DataReply, HandleReply, Status, StatusReply
from support.listing_script import Listing, some
from support.scripted_sftp import (
    FILE,
    FOLDER,
    LINK,
    LSTAT,
    MKDIR,
    OPEN,
    OPENDIR,
    READDIR,
    REMOVE,
    RENAME,
    RMDIR,
    STAT,
    Request,
    ScriptedServer,
    ScriptedSftp,
    refusing,
    reply,
    status,
)
from support.sftp_bytes import EOF, FAILURE, NO_SUCH_FILE, OP_UNSUPPORTED, PERMISSION_DENIED


@pytest.fixture
def files(rig: ScriptedSftp) -> RemoteFiles:
    return RemoteFiles(rig.channel)


def test_stat_names_the_entry(rig: ScriptedSftp, files: RemoteFiles) -> None:
    assert rig.run(files.stat(b"/a")).name == b"a"


def test_make_folders_makes_what_is_missing(
    rig: ScriptedSftp, files: RemoteFiles, server: ScriptedServer
) -> None:
    rig.run(files.make_folders(b"/folder/x/y"))
    assert server.asked(MKDIR) == [(b"/folder/x", 0), (b"/folder/x/y", 0)]


@pytest.mark.parametrize("code", [FAILURE, OP_UNSUPPORTED, 5, 4711])
def test_make_folders_where_a_missing_name_cannot_be_asked_about(
    rig: ScriptedSftp, files: RemoteFiles, server: ScriptedServer, code: int
) -> None:
    def only_what_is_there(request: Request) -> Iterable[bytes] | None:
        there = request.fields[0] in server.folders | set(server.files)
        return None if there else [status(request.number, code)]

    server.instead[LSTAT] = server.instead[STAT] = only_what_is_there
    rig.run(files.make_folders(b"/folder/x/y"))
    assert server.folders >= {b"/folder/x", b"/folder/x/y"}


@pytest.mark.parametrize("code", [FAILURE, OP_UNSUPPORTED])
def test_make_folders_where_nothing_can_be_asked_about(
    rig: ScriptedSftp, files: RemoteFiles, server: ScriptedServer, code: int
) -> None:
    server.instead[LSTAT] = server.instead[STAT] = refusing(code)
    rig.run(files.make_folders(b"/folder/below/y"))
    assert b"/folder/below/y" in server.folders
    rig.run(files.make_folders(b"/folder/below"))  # OPENDIR says that it is there
    server.instead[MKDIR] = refusing(PERMISSION_DENIED)
    with pytest.raises(PermissionDeniedError):
        rig.run(files.make_folders(b"/folder/new"))


def test_lstat_is_stat_where_the_server_has_no_other(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    server.instead[LSTAT] = refusing(OP_UNSUPPORTED)
    assert rig.run(rig.files.lstat(b"/folder")).kind is EntryKind.FOLDER
    with pytest.raises(NotFoundError):
        rig.run(rig.files.lstat(b"/none"))


@pytest.mark.parametrize("mode", [None, 0o755])
def test_opendir_tells_a_folder_from_a_file(
    rig: ScriptedSftp, server: ScriptedServer, mode: int | None
) -> None:
    server.mode = lambda _mode: mode
    assert rig.run(rig.files.look(b"/folder")).kind is EntryKind.FOLDER
    assert rig.run(rig.files.look(b"/a")).kind is EntryKind.FILE
    assert rig.run(rig.files.stat(b"/a")).kind is EntryKind.UNKNOWN
    server.instead[OPENDIR] = refusing(PERMISSION_DENIED)
    assert rig.run(rig.files.look(b"/a")).kind is EntryKind.UNKNOWN
    assert not server.open_handles


def test_opendir_tells_where_nothing_else_may_be_asked(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    server.instead[LSTAT] = server.instead[STAT] = refusing(FAILURE)
    assert rig.run(rig.files.look(b"/folder", follow=True)).kind is EntryKind.FOLDER
    with pytest.raises(RemoteFailureError):
        rig.run(rig.files.look(b"/a"))


def test_a_file_without_a_kind_is_no_reason_not_to_try(
    rig: ScriptedSftp, files: RemoteFiles, server: ScriptedServer
) -> None:
    server.mode = lambda _mode: None
    rig.run(files.make_folders(b"/folder"))
    assert server.asked(MKDIR) == []


def test_make_folders_is_content_with_what_somebody_else_made_meanwhile(
    rig: ScriptedSftp, files: RemoteFiles, server: ScriptedServer
) -> None:
    def made_before(request: Request) -> Iterable[bytes]:
        server.folders.add(request.fields[0])
        return [status(request.number, FAILURE)]

    server.instead[MKDIR] = made_before
    rig.run(files.make_folders(b"/folder/x/y"))
    assert b"/folder/x/y" in server.folders


def test_make_folders_says_why_one_cannot_be_made(
    rig: ScriptedSftp, files: RemoteFiles, server: ScriptedServer
) -> None:
    server.instead[MKDIR] = refusing(FAILURE)
    with pytest.raises(RemoteFailureError):
        rig.run(files.make_folders(b"/folder/x/y"))
    assert server.asked(MKDIR) == [(b"/folder/x", 0)]  # nothing below what is not there


@pytest.mark.parametrize("path", [b"/", b"/folder/below"])
def test_make_folders_sends_nothing_for_what_stands(
    rig: ScriptedSftp, files: RemoteFiles, server: ScriptedServer, path: bytes
) -> None:
    rig.run(files.make_folders(path))
    assert server.asked(MKDIR) == []


def test_remove_tree(rig: ScriptedSftp, files: RemoteFiles, server: ScriptedServer) -> None:
    server.files |= {b"/folder/1": bytearray(), b"/folder/below/2": bytearray()}
    rig.run(files.remove_tree(b"/folder"))
    assert set(server.files) == {b"/a"}
    assert server.folders == {b"/"}
    assert server.asked(RMDIR) == [(b"/folder/below",), (b"/folder",)]


@pytest.mark.parametrize("odd", [FAILURE, [(b"a/b", FILE)]])
def test_remove_tree_removes_what_it_saw_and_says_that_more_may_be_there(
    rig: ScriptedSftp,
    files: RemoteFiles,
    server: ScriptedServer,
    odd: int | list[tuple[bytes, int]],
) -> None:
    server.files |= {b"/folder/1": bytearray(), b"/folder/2": bytearray()}
    below = [(b"below", FOLDER)]
    server.instead[READDIR] = Listing(
        [*below, *some(1)], EOF, some(2), *([odd, EOF] if isinstance(odd, list) else [odd])
    )
    server.files[b"/folder/below/2"] = bytearray()
    with pytest.raises(IncompleteListingError, match="/folder/below"):
        rig.run(files.remove_tree(b"/folder"))
    assert set(server.files) == {b"/a", b"/folder/2"}
    assert server.asked(RMDIR) == []  # neither the folder nor the one above it is known to be empty


@pytest.mark.parametrize("mode", [None, 0o755])
def test_remove_tree_where_no_kinds_are_told(
    rig: ScriptedSftp, files: RemoteFiles, server: ScriptedServer, mode: int | None
) -> None:
    server.files |= {b"/folder/1": bytearray(), b"/folder/below/2": bytearray()}
    server.mode = lambda _mode: mode
    rig.run(files.remove_tree(b"/folder"))
    assert set(server.files) == {b"/a"}
    assert server.folders == {b"/"}


def test_remove_tree_of_a_file(
    rig: ScriptedSftp, files: RemoteFiles, server: ScriptedServer
) -> None:
    rig.run(files.remove_tree(b"/a"))
    assert not server.files


def test_remove_tree_does_not_follow_links(
    rig: ScriptedSftp, files: RemoteFiles, server: ScriptedServer
) -> None:
    server.instead[READDIR] = Listing([(b"link", LINK)], EOF)
    server.instead[LSTAT] = lambda request: (
        [reply(105, request.number, bytes.fromhex("00000004 0000a1ff"))]
        if request.fields == (b"/folder/link",)
        else None
    )
    server.instead[REMOVE] = lambda request: [status(request.number, 0)]
    rig.run(files.remove_tree(b"/folder"))
    assert server.asked(REMOVE) == [(b"/folder/link",)]


def test_remove_tree_takes_folders_that_went_with_their_last_object(
    rig: ScriptedSftp, files: RemoteFiles, server: ScriptedServer
) -> None:
    server.files |= {b"/folder/1": bytearray(), b"/folder/below/2": bytearray()}
    server.instead[RMDIR] = lambda request: [status(request.number, NO_SUCH_FILE)]
    rig.run(files.remove_tree(b"/folder"))
    assert set(server.files) == {b"/a"}
    assert server.asked(RMDIR) == [(b"/folder/below",), (b"/folder",)]


def test_remove_tree_stops_at_a_refusal(
    rig: ScriptedSftp, files: RemoteFiles, server: ScriptedServer
) -> None:
    server.files[b"/folder/1"] = bytearray()
    server.instead[REMOVE] = lambda request: [status(request.number, PERMISSION_DENIED)]
    with pytest.raises(PermissionDeniedError):
        rig.run(files.remove_tree(b"/folder"))
    assert server.asked(RMDIR) == []


def test_remove_tree_does_not_go_down_for_ever(rig: ScriptedSftp, server: ScriptedServer) -> None:
    name = b"/" + b"f" * 100
    server.folders |= {name * depth for depth in range(1, 50)}
    with pytest.raises(RemoteFailureError, match="without an end"):
        rig.run(rig.files.remove_tree(name))
    assert len(server.folders) >= 50  # nothing was removed


def test_remove_tree_takes_a_tree_as_deep_as_put_makes(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    before = set(server.folders)
    server.folders |= {b"/f" * depth for depth in range(1, 301)}
    server.files[b"/f" * 300 + b"/x"] = bytearray()
    rig.run(rig.files.remove_tree(b"/f"))
    assert server.folders == before
    assert b"/f" * 300 + b"/x" not in server.files


@pytest.mark.parametrize(("code", "text"), [(11, b""), (FAILURE, b"File already exists")])
def test_a_new_name_that_is_taken_is_the_one_that_is_said(
    rig: ScriptedSftp, files: RemoteFiles, server: ScriptedServer, code: int, text: bytes
) -> None:
    server.instead[RENAME] = lambda request: [status(request.number, code, text)]
    with pytest.raises(ConflictError, match="“/b”"):
        rig.run(files.rename(b"/a", b"/b"))


def test_rename_and_remove(rig: ScriptedSftp, files: RemoteFiles, server: ScriptedServer) -> None:
    rig.run(files.rename(b"/a", b"/b"))
    assert server.asked(RENAME) == [(b"/a", b"/b")]
    with pytest.raises(NotFoundError):
        rig.run(files.remove_file(b"/missing"))


@pytest.mark.parametrize(("replace", "flags"), [(True, 0x1A), (False, 0x2A)])
def test_files_are_opened_write_only(
    rig: ScriptedSftp, files: RemoteFiles, server: ScriptedServer, *, replace: bool, flags: int
) -> None:
    rig.run(files.open_for_writing(b"/new", replace=replace))
    assert server.asked(OPEN) == [(b"/new", flags, 0)]


def test_data_and_writes() -> None:
    assert data_read(DataReply(b"x"), b"/a") == b"x"
    assert data_read(StatusReply(Status.EOF, b""), b"/a") is None
    for reply_ in (StatusReply(Status.FAILURE, b""), HandleReply(b"h")):
        with pytest.raises(RemoteFailureError):
            data_read(reply_, b"/a")
        with pytest.raises(RemoteFailureError):
            check_ok(reply_, b"/a")
    check_ok(StatusReply(Status.OK, b""), b"/a")
