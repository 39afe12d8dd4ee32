"""Operations on files over a channel in memory."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from ferrygate.common.entry import Entry
from ferrygate.common.errors import (
    NotFoundError,
    PermissionDeniedError,
    RemoteFailureError,
)
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.replies import check_ok, data_read
from ferrygate.sftp.wire import DataReply, HandleReply, Status, StatusReply
from scripted_sftp import (
    FILE,
    FOLDER,
    LINK,
    LSTAT,
    MKDIR,
    OPEN,
    READDIR,
    REMOVE,
    RENAME,
    RMDIR,
    Held,
    Request,
    Rig,
    ScriptedServer,
    names,
    refusing,
    reply,
    status,
)
from sftp_bytes import EOF, FAILURE, PERMISSION_DENIED


class Listing:
    """Answers READDIRs from a script, and the last line of it again and again."""

    def __init__(self, *script: list[tuple[bytes, int]] | int) -> None:
        self.script = list(script)

    def __call__(self, request: Request) -> Iterable[bytes]:
        line = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(line, int):
            return [status(request.number, line)]
        return [names(request.number, line)]


@pytest.fixture
def server() -> ScriptedServer:
    return ScriptedServer({b"/a": b"1"}, b"/folder", b"/folder/below")


@pytest.fixture
def rig(server: ScriptedServer) -> Rig:
    return Rig(server)


@pytest.fixture
def files(rig: Rig) -> RemoteFiles:
    return RemoteFiles(rig.channel)


def listed(rig: Rig, path: bytes = b"/folder") -> list[bytes]:
    found: list[Entry] = []

    async def take(entries: tuple[Entry, ...]) -> None:
        found.extend(entries)

    rig.run(RemoteFiles(rig.channel).list_folder(path, take))
    return [entry.name for entry in found]


def some(*numbers: int) -> list[tuple[bytes, int]]:
    return [(b"%d" % number, FILE) for number in numbers]


@pytest.mark.parametrize(
    "script",
    [
        (some(1, 2), some(3), EOF),
        (some(1), some(2, 3), []),
        (some(1, 2, 3), EOF, FAILURE),
        (EOF, some(1, 2, 3), EOF),  # servers with threads may answer in any order
        (some(1, 2, 3), [], FAILURE),
        ([(b".", FOLDER), (b"..", FOLDER), *some(1)], some(2, 3), EOF),
    ],
)
def test_a_folder_ends_in_many_ways(
    rig: Rig, server: ScriptedServer, script: tuple[list[tuple[bytes, int]] | int]
) -> None:
    server.instead[READDIR] = Listing(*script)
    assert listed(rig) == [b"1", b"2", b"3"]
    assert not server.open_handles


@pytest.mark.parametrize("first", [EOF, []])
def test_an_empty_folder(
    rig: Rig, server: ScriptedServer, first: int | list[tuple[bytes, int]]
) -> None:
    server.instead[READDIR] = Listing(first)
    assert listed(rig) == []
    assert len(server.asked(READDIR)) == 2
    assert not server.open_handles


def test_readdirs_go_ahead_and_stay_bounded(rig: Rig, server: ScriptedServer) -> None:
    blocks = [some(*range(block * 10, block * 10 + 10)) for block in range(40)]
    server.instead[READDIR] = Listing(*blocks, EOF)
    assert len(listed(rig)) == 400
    assert 41 <= len(server.asked(READDIR)) <= 41 + 64


def test_readdirs_ahead_grow_by_the_round_trip_while_replies_are_full(
    rig: Rig, server: ScriptedServer
) -> None:
    server.instead[READDIR] = held = Held(server)
    full = some(*range(100))
    flying: list[int] = []

    def answer_all() -> None:
        flying.append(len(held.answers))
        ended = len(flying) > 7
        for request in server.requests[-len(held.answers) :]:
            answer = status(request.number, EOF) if ended else names(request.number, full)
            rig.stream.packets.append(answer)
        held.answers.clear()

    rig.stream.after = answer_all
    listed(rig)
    assert flying == [2, 4, 16, 64, 256, 256, 256, 256]


@pytest.mark.parametrize("first", [some(1), some(*range(100)), some(*range(30_000)), []])
def test_a_small_folder_and_its_end_take_one_round_trip(
    rig: Rig, server: ScriptedServer, first: list[tuple[bytes, int]]
) -> None:
    """Whatever the server calls one block; each answer comes by itself."""
    server.instead[READDIR] = held = Held(server)
    flights: list[int] = []

    def answer_one_by_one() -> None:
        if held.answers and not rig.stream.packets:
            flights.append(len(held.answers))
            asked = server.requests[-len(held.answers) :]
            rig.stream.packets.append(names(asked[0].number, first))
            rig.stream.packets.extend(status(each.number, EOF) for each in asked[1:])
            held.answers.clear()

    rig.stream.after = answer_one_by_one
    assert len(listed(rig)) == len(first)
    assert flights == [2]


def test_short_replies_ask_for_no_more_at_a_time(rig: Rig, server: ScriptedServer) -> None:
    server.instead[READDIR] = Listing(some(1, 2, 3), some(4), some(5), some(6), EOF)
    assert len(listed(rig)) == 6
    assert len(server.asked(READDIR)) <= 4 + 4


def test_an_error_in_the_middle_of_a_folder(rig: Rig, server: ScriptedServer) -> None:
    server.instead[READDIR] = Listing(some(1), PERMISSION_DENIED)
    with pytest.raises(PermissionDeniedError):
        listed(rig)
    assert not server.open_handles


def test_an_answer_that_is_no_listing(rig: Rig, server: ScriptedServer) -> None:
    server.instead[READDIR] = lambda request: [reply(102, request.number, bytes(4))]
    with pytest.raises(RemoteFailureError):
        listed(rig)
    assert not server.open_handles


def test_a_folder_in_one_huge_packet(rig: Rig, server: ScriptedServer) -> None:
    server.instead[READDIR] = Listing(some(*range(30_000)), EOF)
    rig.stream.most = 10_000
    assert len(listed(rig)) == 30_000


@pytest.mark.parametrize("name", [b"", b"a/b", b"/etc/passwd", b"../x", b"a\0b"])
def test_names_that_are_no_names_are_left_out(
    rig: Rig, server: ScriptedServer, name: bytes
) -> None:
    server.instead[READDIR] = Listing([(name, FOLDER), (b"ok", FILE)], EOF)
    assert listed(rig) == [b"ok"]


def test_a_missing_folder(rig: Rig) -> None:
    with pytest.raises(NotFoundError):
        listed(rig, b"/missing")


def test_stat_names_the_entry(rig: Rig, files: RemoteFiles) -> None:
    assert rig.run(files.stat(b"/a")).name == b"a"


def test_make_folders_makes_what_is_missing(
    rig: Rig, files: RemoteFiles, server: ScriptedServer
) -> None:
    rig.run(files.make_folders(b"/folder/x/y"))
    assert server.asked(MKDIR) == [(b"/folder/x", 0), (b"/folder/x/y", 0)]


def test_make_folders_is_content_with_what_somebody_else_made_meanwhile(
    rig: Rig, files: RemoteFiles, server: ScriptedServer
) -> None:
    def made_before(request: Request) -> Iterable[bytes]:
        server.folders.add(request.fields[0])
        return [status(request.number, FAILURE)]

    server.instead[MKDIR] = made_before
    rig.run(files.make_folders(b"/folder/x/y"))
    assert b"/folder/x/y" in server.folders


def test_make_folders_says_why_one_cannot_be_made(
    rig: Rig, files: RemoteFiles, server: ScriptedServer
) -> None:
    server.instead[MKDIR] = refusing(FAILURE)
    with pytest.raises(RemoteFailureError):
        rig.run(files.make_folders(b"/folder/x/y"))
    assert server.asked(MKDIR) == [(b"/folder/x", 0)]


@pytest.mark.parametrize("path", [b"/", b"/folder/below"])
def test_make_folders_sends_nothing_for_what_stands(
    rig: Rig, files: RemoteFiles, server: ScriptedServer, path: bytes
) -> None:
    rig.run(files.make_folders(path))
    assert server.asked(MKDIR) == []


def test_remove_tree(rig: Rig, files: RemoteFiles, server: ScriptedServer) -> None:
    server.files |= {b"/folder/1": bytearray(), b"/folder/below/2": bytearray()}
    rig.run(files.remove_tree(b"/folder"))
    assert set(server.files) == {b"/a"}
    assert server.folders == {b"/"}
    assert server.asked(RMDIR) == [(b"/folder/below",), (b"/folder",)]


def test_remove_tree_of_a_file(rig: Rig, files: RemoteFiles, server: ScriptedServer) -> None:
    rig.run(files.remove_tree(b"/a"))
    assert not server.files


def test_remove_tree_does_not_follow_links(
    rig: Rig, files: RemoteFiles, server: ScriptedServer
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


def test_remove_tree_stops_at_a_refusal(
    rig: Rig, files: RemoteFiles, server: ScriptedServer
) -> None:
    server.files[b"/folder/1"] = bytearray()
    server.instead[REMOVE] = lambda request: [status(request.number, PERMISSION_DENIED)]
    with pytest.raises(PermissionDeniedError):
        rig.run(files.remove_tree(b"/folder"))
    assert server.asked(RMDIR) == []


def test_remove_tree_does_not_go_down_for_ever(rig: Rig, server: ScriptedServer) -> None:
    name = b"/" + b"f" * 100
    server.folders |= {name * depth for depth in range(1, 50)}
    with pytest.raises(RemoteFailureError, match="without an end"):
        rig.run(rig.files.remove_tree(name))
    assert len(server.folders) >= 50  # nothing was removed


def test_remove_tree_takes_a_tree_as_deep_as_put_makes(rig: Rig, server: ScriptedServer) -> None:
    before = set(server.folders)
    server.folders |= {b"/f" * depth for depth in range(1, 301)}
    server.files[b"/f" * 300 + b"/x"] = bytearray()
    rig.run(rig.files.remove_tree(b"/f"))
    assert server.folders == before
    assert b"/f" * 300 + b"/x" not in server.files


def test_a_folder_without_an_end_is_not_held(
    rig: Rig, files: RemoteFiles, server: ScriptedServer
) -> None:
    server.instead[READDIR] = Listing([(b"%d" % number, FILE) for number in range(100)])
    with pytest.raises(RemoteFailureError, match="too many files"):
        rig.run(files.entries(b"/folder", most=1000))


def test_rename_and_remove(rig: Rig, files: RemoteFiles, server: ScriptedServer) -> None:
    rig.run(files.rename(b"/a", b"/b"))
    assert server.asked(RENAME) == [(b"/a", b"/b")]
    with pytest.raises(NotFoundError):
        rig.run(files.remove_file(b"/missing"))


@pytest.mark.parametrize(("replace", "flags"), [(True, 0x1A), (False, 0x2A)])
def test_files_are_opened_write_only(
    rig: Rig, files: RemoteFiles, server: ScriptedServer, *, replace: bool, flags: int
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
