"""Odd servers that all can be worked with: everything arrives, both ways, and is told right."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from ferrygate.common.entry import EntryKind
from support.odd_server_rig import odd_rig, read
from support.scripted_sftp import (
    DATA,
    FSTAT,
    LSTAT,
    MKDIR,
    NAME,
    OPEN,
    OPENDIR,
    READ,
    READDIR,
    REALPATH,
    STAT,
    STATUS,
    Request,
    ScriptedServer,
    attributes,
    names,
    refusing,
    reply,
    status,
)
from support.sftp_bytes import EOF, FAILURE, OP_UNSUPPORTED, PERMISSION_DENIED, string

EXCL = 0x20
TREE = {
    "a.csv": b"a" * 100_000,
    "b.csv": b"",
    "sub/c.csv": b"c" * 5000,
    "sub/deep/d.csv": b"d",
    "other/e.csv": b"e" * 300,
}
Spoil = Callable[[ScriptedServer], None]


def tells_of_missing_names(code: int) -> Spoil:
    def spoil(server: ScriptedServer) -> None:
        def answer(request: Request) -> Iterable[bytes] | None:
            there = server.folders | set(server.files)
            return None if request.fields[0] in there else [status(request.number, code)]

        server.instead[LSTAT] = server.instead[STAT] = answer

    return spoil


def knows_no(code: int, *kinds: int) -> Spoil:
    def spoil(server: ScriptedServer) -> None:
        for kind in kinds:
            server.instead[kind] = refusing(code)

    return spoil


def takes_no_exclusive(code: int) -> Spoil:
    def spoil(server: ScriptedServer) -> None:
        server.instead[OPEN] = lambda request: (
            [status(request.number, code)] if request.fields[1] & EXCL else None
        )

    return spoil


def tells_modes(mode: Callable[[int], int | None]) -> Spoil:
    def spoil(server: ScriptedServer) -> None:
        server.mode = mode

    return spoil


def has_handles(most: int, code: int = FAILURE) -> Spoil:
    def spoil(server: ScriptedServer) -> None:
        server.most_handles, server.too_many = most, code

    return spoil


def has_long_handles(length: int) -> Spoil:
    def spoil(server: ScriptedServer) -> None:
        server.handle_length = length

    return spoil


def lists(write: Callable[[bytes, bytes, int], tuple[bytes, bytes, bytes]]) -> Spoil:
    """Entries as ``write`` makes them of folder, name and mode: name, longname, attributes."""

    def spoil(server: ScriptedServer) -> None:
        told: set[bytes] = set()

        def listing(request: Request) -> Iterable[bytes]:
            handle, number = request.fields[0], request.number
            if handle in told:
                return [status(number, EOF)]
            told.add(handle)
            folder = server.open_handles[handle]
            packed = [
                string(name) + string(longname) + packed
                for entry, mode in server.inside(folder)
                for name, longname, packed in [write(folder, entry, mode)]
            ]
            return [reply(NAME, number, struct.pack(">I", len(packed)), *packed)]

        server.instead[READDIR] = listing

    return spoil


def one_at_a_time(server: ScriptedServer) -> None:
    left: dict[bytes, list[tuple[bytes, int]]] = {}

    def listing(request: Request) -> Iterable[bytes]:
        handle, number = request.fields[0], request.number
        entries = left.setdefault(handle, server.inside(server.open_handles[handle]))
        return [names(number, [entries.pop(0)]) if entries else status(number, EOF)]

    server.instead[READDIR] = listing


def ends_with_an_empty_block(server: ScriptedServer) -> None:
    def listing(request: Request) -> Iterable[bytes]:
        packet = server.usual(request)
        return [names(request.number, []) if packet[4] == STATUS else packet]

    server.instead[READDIR] = listing


def reads_little(server: ScriptedServer) -> None:
    def answer(request: Request) -> Iterable[bytes] | None:
        handle, at, length = request.fields
        found = bytes(server.files[server.open_handles[handle]][at : at + min(length, 1000)])
        return [reply(DATA, request.number, string(found))] if found else None

    server.instead[READ] = answer


def bare_statuses(server: ScriptedServer) -> None:
    """STATUS without text and language, against the draft."""
    for kind in (OPEN, MKDIR, STAT, LSTAT, OPENDIR):

        def answer(request: Request) -> Iterable[bytes] | None:
            packet = server.usual(request)
            return [reply(STATUS, request.number, packet[9:13]) if packet[4] == STATUS else packet]

        server.instead[kind] = answer


def tells_no_sizes(server: ScriptedServer) -> None:
    def answer(request: Request) -> Iterable[bytes] | None:
        packet = server.usual(request)
        (flags,) = struct.unpack_from(">I", packet, 9)
        bare = struct.pack(">I", flags & ~1) + packet[21:]
        return [packet if packet[4] == STATUS else reply(packet[4], request.number, bare)]

    for kind in (STAT, LSTAT, FSTAT):
        server.instead[kind] = answer
    lists(lambda _folder, name, mode: (name, name, struct.pack(">II", 4, mode)))(server)


LS = {0o040755: b"drwxr-xr-x 2 u u 0 ", 0o100644: b"-rw-r--r-- 1 u u 10 "}
ODD: dict[str, Spoil] = {
    "nothing odd": lambda _server: None,
    "no permissions": tells_modes(lambda _mode: None),
    "permissions without type bits": tells_modes(lambda mode: mode & 0o777),
    "permissions of 0": tells_modes(lambda _mode: 0),
    "a kind in the longname alone": lists(
        lambda _folder, name, mode: (name, LS[mode] + name, bytes(4))
    ),
    "no attributes in listings": lists(lambda _folder, name, _mode: (name, name, bytes(4))),
    "a slash behind the names of folders": lists(
        lambda _folder, name, mode: (
            name + b"/" * (mode == 0o040755),
            name,
            attributes(10, None),
        )
    ),
    "whole paths in listings": lists(
        lambda folder, name, mode: (
            folder.rstrip(b"/") + b"/" + name,
            name,
            attributes(10, mode),
        )
    ),
    "whole paths without the first slash": lists(
        lambda folder, name, mode: (
            (folder.strip(b"/") + b"/" + name).lstrip(b"/"),
            name,
            attributes(10, mode),
        )
    ),
    "names behind ./": lists(
        lambda _folder, name, mode: (b"./" + name, name, attributes(10, mode))
    ),
    "one name a packet": one_at_a_time,
    "a listing that ends with an empty block": ends_with_an_empty_block,
    "FAILURE for a missing name": tells_of_missing_names(FAILURE),
    "PERMISSION_DENIED for a missing name": tells_of_missing_names(PERMISSION_DENIED),
    "NO_SUCH_PATH for a missing name": tells_of_missing_names(10),
    "no LSTAT": knows_no(OP_UNSUPPORTED, LSTAT),
    "an LSTAT that fails": knows_no(FAILURE, LSTAT),
    "neither LSTAT nor STAT": knows_no(OP_UNSUPPORTED, LSTAT, STAT),
    "LSTAT and STAT that fail": knows_no(FAILURE, LSTAT, STAT),
    "no FSTAT": knows_no(OP_UNSUPPORTED, FSTAT),
    "no REALPATH": knows_no(FAILURE, REALPATH),
    "no EXCL": takes_no_exclusive(OP_UNSUPPORTED),
    "an EXCL that fails": takes_no_exclusive(FAILURE),
    "an EXCL that is an invalid parameter": takes_no_exclusive(23),
    "handles of 300 bytes": has_long_handles(300),
    "handles of 1,000 bytes": has_long_handles(1000),
    "handles of 4 KiB": has_long_handles(4096),
    "one handle": has_handles(1),
    "two handles": has_handles(2),
    "three handles, and PERMISSION_DENIED": has_handles(3, PERMISSION_DENIED),
    "one handle, and a code of its own": has_handles(1, 4711),
    "short reads": reads_little,
    "statuses without text": bare_statuses,
    "no sizes": tells_no_sizes,
}


@pytest.mark.parametrize("name", ODD)
def test_a_tree_goes_there_and_back(tmp_path: Path, name: str) -> None:
    server = ScriptedServer({}, b"/inbox")
    ODD[name](server)
    with odd_rig(server, tmp_path) as rig:
        sent = rig.session.put(rig.write(TREE), "/inbox")
        assert sent.complete, [view.problem for view in sent.files]
        assert {
            path.removeprefix(b"/inbox/to-send/").decode(): bytes(content)
            for path, content in server.files.items()
        } == TREE
        fetched = rig.session.get("/inbox/to-send", tmp_path / "back")
        assert fetched.complete, [view.problem for view in fetched.files]
        assert read(tmp_path / "back" / "to-send") == TREE
        assert fetched.left_out == ()
        kinds = {entry.name: entry.kind for entry in rig.session.ls("/inbox/to-send")}
        assert kinds == {
            b"a.csv": EntryKind.FILE,
            b"b.csv": EntryKind.FILE,
            b"sub": EntryKind.FOLDER,
            b"other": EntryKind.FOLDER,
        }
        rig.session.remove("/inbox/to-send", recursive=True)
        assert not server.files
        assert server.folders == {b"/", b"/inbox"}
    assert not server.open_handles


@pytest.mark.parametrize("name", ODD)
def test_one_file_goes_into_a_folder_and_a_new_one(tmp_path: Path, name: str) -> None:
    server = ScriptedServer({}, b"/inbox")
    ODD[name](server)
    with odd_rig(server, tmp_path) as rig:
        source = rig.write(TREE) / "sub" / "c.csv"
        for folder in (b"/inbox", b"/inbox/new/below"):
            assert rig.session.put(source, folder).complete
            assert server.files[folder + b"/c.csv"] == TREE["sub/c.csv"]
        rig.session.mkdir("/inbox/p/q", parents=True)
        assert b"/inbox/p/q" in server.folders
