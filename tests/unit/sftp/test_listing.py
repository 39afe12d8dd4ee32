"""Folders listed over a channel in memory: to their end, and where there is none."""

from __future__ import annotations

import pytest

from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import (
    Kind,
    NotFoundError,
    PermissionDeniedError,
    RemoteFailureError,
    ServerUnusableError,
)
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.listing import incomplete
from support.listing_script import Listing, some
from support.scripted_sftp import (
    FILE,
    FOLDER,
    OPENDIR,
    READDIR,
    Held,
    ScriptedServer,
    ScriptedSftp,
    names,
    refusing,
    reply,
    status,
)
from support.sftp_bytes import EOF, FAILURE, NO_SUCH_FILE, OP_UNSUPPORTED, PERMISSION_DENIED


def listed(rig: ScriptedSftp, path: bytes = b"/folder") -> list[bytes]:
    found: list[Entry] = []

    async def take(entries: tuple[Entry, ...]) -> None:
        found.extend(entries)

    assert rig.run(RemoteFiles(rig.channel).list_folder(path, take)).is_whole
    return [entry.name for entry in found]


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
    rig: ScriptedSftp, server: ScriptedServer, script: tuple[list[tuple[bytes, int]] | int]
) -> None:
    server.instead[READDIR] = Listing(*script)
    assert listed(rig) == [b"1", b"2", b"3"]
    assert not server.open_handles


@pytest.mark.parametrize("first", [EOF, []])
def test_an_empty_folder(
    rig: ScriptedSftp, server: ScriptedServer, first: int | list[tuple[bytes, int]]
) -> None:
    server.instead[READDIR] = Listing(first)
    assert listed(rig) == []
    assert len(server.asked(READDIR)) == 2
    assert not server.open_handles


def test_readdirs_go_ahead_and_stay_bounded(rig: ScriptedSftp, server: ScriptedServer) -> None:
    blocks = [some(*range(block * 10, block * 10 + 10)) for block in range(40)]
    server.instead[READDIR] = Listing(*blocks, EOF)
    assert len(listed(rig)) == 400
    assert 41 <= len(server.asked(READDIR)) <= 41 + 64


def test_readdirs_ahead_grow_by_the_round_trip_while_replies_are_full(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    server.instead[READDIR] = held = Held(server)
    full = some(*range(100))
    in_flight: list[int] = []

    def answer_all() -> None:
        in_flight.append(len(held.answers))
        ended = len(in_flight) > 7
        for request in server.requests[-len(held.answers) :]:
            answer = status(request.number, EOF) if ended else names(request.number, full)
            rig.stream.packets.append(answer)
        held.answers.clear()

    rig.stream.after = answer_all
    listed(rig)
    assert in_flight == [2, 4, 16, 64, 256, 256, 256, 256]


@pytest.mark.parametrize("first", [some(1), some(*range(100)), some(*range(30_000)), []])
def test_a_small_folder_and_its_end_take_one_round_trip(
    rig: ScriptedSftp, server: ScriptedServer, first: list[tuple[bytes, int]]
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


def test_short_replies_ask_for_no_more_at_a_time(rig: ScriptedSftp, server: ScriptedServer) -> None:
    server.instead[READDIR] = Listing(some(1, 2, 3), some(4), some(5), some(6), EOF)
    assert len(listed(rig)) == 6
    assert len(server.asked(READDIR)) <= 4 + 4


def test_a_folder_that_cannot_be_read_at_all(rig: ScriptedSftp, server: ScriptedServer) -> None:
    server.instead[READDIR] = Listing(PERMISSION_DENIED)
    with pytest.raises(PermissionDeniedError):
        listed(rig)
    assert not server.open_handles


@pytest.mark.parametrize(
    "code", [NO_SUCH_FILE, PERMISSION_DENIED, FAILURE, 7, OP_UNSUPPORTED, 4711]
)
def test_what_came_before_an_error_is_kept_and_not_called_whole(
    rig: ScriptedSftp, server: ScriptedServer, code: int
) -> None:
    server.instead[READDIR] = Listing(some(1), some(2), code)
    entries, end = rig.run(rig.files.entries(b"/folder"))
    assert [entry.name for entry in entries] == [b"1", b"2"]
    assert not end.is_whole
    problem = incomplete(end, b"/folder").problem
    assert problem.kind is Kind.INCOMPLETE_LISTING
    assert str(problem.sentence) == "The server broke off its list of “/folder”: more may be there."
    assert problem.detail == f"SFTP status {code}"
    assert not server.open_handles


@pytest.mark.parametrize("name", [b".", b"../elsewhere"])
def test_a_list_without_a_name_for_ever_is_ended(
    rig: ScriptedSftp, server: ScriptedServer, name: bytes
) -> None:
    server.instead[READDIR] = Listing(some(1), *[[(name, FOLDER)]] * 5000, EOF)
    entries, end = rig.run(rig.files.entries(b"/folder"))
    assert [entry.name for entry in entries] == [b"1"]
    assert end.cut_short is not None
    assert "READDIRs" in incomplete(end, b"/folder").problem.detail
    assert len(server.asked(READDIR)) < 2000
    assert not server.open_handles


def test_an_error_behind_the_end_takes_nothing_away(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    server.instead[READDIR] = Listing(some(1), EOF, FAILURE)
    assert rig.run(rig.files.entries(b"/folder"))[1].is_whole


def test_an_answer_that_is_no_listing(rig: ScriptedSftp, server: ScriptedServer) -> None:
    server.instead[READDIR] = lambda request: [reply(102, request.number, bytes(4))]
    with pytest.raises(RemoteFailureError):
        listed(rig)
    assert not server.open_handles


def test_a_folder_in_one_huge_packet(rig: ScriptedSftp, server: ScriptedServer) -> None:
    server.instead[READDIR] = Listing(some(*range(30_000)), EOF)
    rig.stream.max_recv_bytes = 10_000
    assert len(listed(rig)) == 30_000


@pytest.mark.parametrize(
    ("folder", "name", "found"),
    [
        (b"/folder", b"sub/", b"sub"),
        (b"/folder", b"sub//", b"sub"),
        (b"/folder", b"/folder/a", b"a"),
        (b"/folder", b"folder/a", b"a"),
        (b"/folder", b"./a", b"a"),
        (b"/folder", b"/folder/sub/", b"sub"),
        (b"/folder", b"folder", b"folder"),
        (b"/folder", b"folder/", b"folder"),  # a folder of the same name in it
        (b"/folder/below", b"/folder/below/a", b"a"),
        (b"/folder/below", b"folder/below/a", b"a"),
        (b"/", b"/a", b"a"),
        (b"/", b"/sub/", b"sub"),
    ],
)
def test_what_servers_put_around_a_name_is_taken_off(
    rig: ScriptedSftp, server: ScriptedServer, folder: bytes, name: bytes, found: bytes
) -> None:
    server.instead[READDIR] = Listing([(name, FILE)], EOF)
    entries, end = rig.run(rig.files.entries(folder))
    assert [entry.name for entry in entries] == [found]
    assert end.is_whole


@pytest.mark.parametrize(
    "name", [b".", b"..", b"./", b"../", b"/folder", b"/folder/", b"/folder/.", b"/folder/.."]
)
def test_the_folder_itself_and_the_one_above_are_no_names_in_it(
    rig: ScriptedSftp, server: ScriptedServer, name: bytes
) -> None:
    server.instead[READDIR] = Listing([(name, FOLDER), (b"ok", FILE)], EOF)
    entries, end = rig.run(rig.files.entries(b"/folder"))
    assert [entry.name for entry in entries] == [b"ok"]
    assert end.is_whole


@pytest.mark.parametrize(
    "name",
    [b"", b"/", b"a/b", b"/etc/passwd", b"../x", b"a\0b", b"/folder/a/b", b"/folders/a", b"//"],
)
def test_names_that_are_no_names_are_left_out_and_counted(
    rig: ScriptedSftp, server: ScriptedServer, name: bytes
) -> None:
    server.instead[READDIR] = Listing([(name, FOLDER), (b"ok", FILE)], [(name, FOLDER)], EOF)
    entries, end = rig.run(rig.files.entries(b"/folder"))
    assert [entry.name for entry in entries] == [b"ok"]
    assert (end.unusable, end.example, end.is_whole) == (2, name, False)
    assert "2 names that cannot be used here" in str(incomplete(end, b"/folder").problem.sentence)


def test_a_slash_behind_a_name_says_that_it_is_a_folder(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    server.instead[READDIR] = Listing([(b"sub/", 0), (b"a", 0)], EOF)
    entries, _end = rig.run(rig.files.entries(b"/folder"))
    assert [entry.kind for entry in entries] == [EntryKind.FOLDER, EntryKind.UNKNOWN]


def test_a_missing_folder(rig: ScriptedSftp) -> None:
    with pytest.raises(NotFoundError):
        listed(rig, b"/missing")


def test_a_folder_without_an_end_is_not_held(rig: ScriptedSftp, server: ScriptedServer) -> None:
    server.instead[READDIR] = Listing([(b"%d" % number, FILE) for number in range(100)])
    with pytest.raises(RemoteFailureError, match="too many files"):
        rig.run(rig.files.entries(b"/folder", max_entries=1000))


def test_long_names_without_an_end_are_not_held(rig: ScriptedSftp, server: ScriptedServer) -> None:
    block = [(b"%d" % number + b"n" * 4000, FILE) for number in range(60)]
    server.instead[READDIR] = Listing(block)
    with pytest.raises(RemoteFailureError, match="too many names") as caught:
        rig.run(rig.files.entries(b"/folder"))
    assert caught.value.problem.next_step
    assert len(server.asked(READDIR)) < 600  # 64 MiB are 280 blocks, and some are in flight


def test_a_name_longer_than_any_path_is_none(rig: ScriptedSftp, server: ScriptedServer) -> None:
    server.instead[READDIR] = Listing([(b"n" * 4096, FILE), (b"n" * 4097, FILE)], EOF)
    entries, end = rig.run(rig.files.entries(b"/folder"))
    assert [len(entry.name) for entry in entries] == [4096]
    assert (end.unusable, end.example) == (1, b"n" * 100)


def test_an_account_without_a_home_folder(rig: ScriptedSftp, server: ScriptedServer) -> None:
    server.instead[OPENDIR] = refusing(NO_SUCH_FILE)
    with pytest.raises(ServerUnusableError, match="home folder on the server is not there") as it:
        listed(rig, b"/")
    assert it.value.problem.next_step
    with pytest.raises(NotFoundError):
        listed(rig, b"/folder")
