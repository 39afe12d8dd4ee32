"""Odd servers that something does not work with: each is told in the sentence that is right."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import pytest

from ferrygate.common.entry import Entry
from ferrygate.common.errors import FerrygateError, IncompleteListingError, Kind, Problem
from ferrygate.transfers.views import Confirmation, FileView, TransferState
from support.listing_script import Listing, some
from support.odd_server_rig import OddRig, odd_rig, read
from support.scripted_sftp import (
    FILE,
    LSTAT,
    MKDIR,
    OPEN,
    OPENDIR,
    READ,
    READDIR,
    RENAME,
    RMDIR,
    STAT,
    WRITE,
    Hook,
    Request,
    ScriptedServer,
    refusing,
    status,
)
from support.sftp_bytes import EOF, FAILURE, NO_SUCH_FILE, OP_UNSUPPORTED, PERMISSION_DENIED

CLOSE = 4


def says(code: int, words: bytes = b"") -> Hook:
    return lambda request: [status(request.number, code, words)]


def says_of(path: bytes, code: int, words: bytes = b"") -> Hook:
    return lambda request: (
        [status(request.number, code, words)] if request.fields[0] == path else None
    )


class OddCase(NamedTuple):
    """Holds a server's odd answer to one kind of request while a file is sent, and what is told."""

    request: int
    code: int
    words: bytes
    kind: Kind
    sentence: str
    next_step: str


FULL = "The server has no space left for “/inbox/a.csv”."
ROOM = "more space"
ASK = "tell them what the server says"
REFUSALS = {
    "no space, by its code": OddCase(WRITE, 14, b"ENOSPC", Kind.NO_SPACE, FULL, ROOM),
    "no space, by its words": OddCase(
        WRITE, 4, b"No space left on device", Kind.NO_SPACE, FULL, ROOM
    ),
    "a full disk that shows at CLOSE": OddCase(CLOSE, 4, b"disk full", Kind.NO_SPACE, FULL, ROOM),
    "a quota, by its code": OddCase(
        WRITE, 15, b"10 GB", Kind.NO_SPACE, "“/inbox/a.csv” does not fit into", ROOM
    ),
    "a quota, by its words": OddCase(
        OPEN, 3, b"Quota exceeded", Kind.NO_SPACE, "“/inbox/a.csv” does not fit into", ROOM
    ),
    "a virus scanner": OddCase(
        CLOSE,
        4,
        b"rejected by the virus scanner: EICAR",
        Kind.PERMISSION_DENIED,
        "The server's scanner did not let “/inbox/a.csv” pass.",
        "Check the file on this computer",
    ),
    "write protection": OddCase(
        OPEN, 12, b"medium is locked", Kind.PERMISSION_DENIED, "is read-only", "which folder"
    ),
    "no medium": OddCase(
        OPEN, 13, b"tape is out", Kind.REMOTE_FAILURE, "storage behind the server", "contact"
    ),
    "a lock": OddCase(
        OPEN, 17, b"in use by u2", Kind.REMOTE_FAILURE, "Somebody else is using", "in a few minutes"
    ),
    "a name it does not take": OddCase(
        OPEN, 20, b"no blanks, please", Kind.REMOTE_FAILURE, "does not take the name", "simpler"
    ),
    "only some endings": OddCase(
        OPEN, 3, b"only .xml here", Kind.PERMISSION_DENIED, "does not allow this", ASK
    ),
    "a reason of its own": OddCase(
        CLOSE, 4, b"Checksum mismatch at gate 7", Kind.REMOTE_FAILURE, "refused to do that", ASK
    ),
    "an operation that it lacks": OddCase(
        OPEN, 8, b"read-only mirror", Kind.UNSUPPORTED, "This server cannot do that", ""
    ),
    "a code nobody knows": OddCase(
        OPEN, 4711, b"hic sunt dracones", Kind.REMOTE_FAILURE, "refused to do that", ASK
    ),
}


def one(views: tuple[FileView, ...]) -> Problem:
    """Give the problem of the one item that did not go well."""
    (problem,) = [view.problem for view in views if view.problem is not None]
    return problem


@pytest.fixture
def server() -> ScriptedServer:
    return ScriptedServer(
        {b"/in/a.csv": b"a", b"/in/sub/b.csv": b"b"}, b"/in", b"/in/sub", b"/inbox"
    )


@pytest.fixture
def rig(server: ScriptedServer, tmp_path: Path) -> Iterable[OddRig]:
    with odd_rig(server, tmp_path) as rig:
        yield rig


@pytest.mark.parametrize("name", REFUSALS)
def test_why_a_file_was_not_taken_is_told(rig: OddRig, server: ScriptedServer, name: str) -> None:
    told = REFUSALS[name]
    server.instead[told.request] = says(told.code, told.words)
    result = rig.session.put(rig.write({"a.csv": b"1"}) / "a.csv", "/inbox")
    assert not result.complete
    problem = one(result.files)
    assert problem.kind is told.kind
    assert str(told.sentence) in str(problem.sentence)
    assert str(told.next_step) in str(problem.next_step)
    assert "Send it again" not in str(problem.next_step)
    assert problem.server_said == told.words.decode()


# ---------------------------------------------------------------- listings


CUT = "The server broke off its list of “/in”: more may be there."
BROKEN_LISTINGS = {
    "FAILURE after two names": (Listing(some(1, 2), FAILURE), CUT),
    "PERMISSION_DENIED after two names": (Listing(some(1), some(2), PERMISSION_DENIED), CUT),
    "NO_SUCH_FILE after two names": (Listing(some(1, 2), NO_SUCH_FILE), CUT),
    "an unknown code after two names": (Listing(some(1, 2), 4711), CUT),
    "a name that leads elsewhere": (
        Listing([*some(1, 2), (b"../x", FILE)], EOF),
        "“/in” holds 1 name that cannot be used here, such as “../x”.",
    ),
    "names of another folder": (
        Listing([*some(1, 2), (b"/out/x", FILE), (b"/out/y", FILE)], EOF),
        "“/in” holds 2 names that cannot be used here, such as “/out/x”.",
    ),
    "a name with a NUL": (
        Listing([*some(1, 2), (b"a\0b", FILE)], EOF),
        r"“/in” holds 1 name that cannot be used here, such as “a\x00b”.",
    ),
    "a name without a letter": (
        Listing([*some(1, 2), (b"", FILE)], EOF),
        "“/in” holds 1 name that cannot be used here, such as “”.",
    ),
}


@pytest.mark.parametrize("name", BROKEN_LISTINGS)
def test_a_listing_that_is_not_whole_is_shown_and_said(
    rig: OddRig, server: ScriptedServer, name: str
) -> None:
    script, sentence = BROKEN_LISTINGS[name]
    server.instead[READDIR] = Listing(*script.script)
    found: list[Entry] = []
    with pytest.raises(IncompleteListingError) as caught:
        found.extend(rig.session.ls("/in"))
    assert [entry.name for entry in found] == [b"1", b"2"]
    assert str(caught.value.problem.sentence) == sentence


@pytest.mark.parametrize("name", BROKEN_LISTINGS)
def test_a_listing_that_is_not_whole_is_fetched_and_not_called_done(
    rig: OddRig, server: ScriptedServer, tmp_path: Path, name: str
) -> None:
    script, sentence = BROKEN_LISTINGS[name]
    server.instead[READDIR] = Listing(*script.script)
    server.files |= {b"/in/1": bytearray(b"1"), b"/in/2": bytearray(b"22")}
    result = rig.session.get("/in", tmp_path / "to")
    assert not result.complete
    assert str(one(result.files).sentence) == sentence
    assert read(tmp_path / "to" / "in") == {"1": b"1", "2": b"22"}


@pytest.mark.parametrize("name", BROKEN_LISTINGS)
def test_of_a_listing_that_is_not_whole_only_what_was_seen_is_removed(
    rig: OddRig, server: ScriptedServer, name: str
) -> None:
    script, sentence = BROKEN_LISTINGS[name]
    server.instead[READDIR] = Listing(*script.script)
    server.files |= {b"/in/1": bytearray(b"1"), b"/in/2": bytearray(b"22")}
    with pytest.raises(IncompleteListingError) as caught:
        rig.session.remove("/in", recursive=True)
    assert str(caught.value.problem.sentence) == sentence
    assert set(server.files) == {b"/in/a.csv", b"/in/sub/b.csv"}
    assert b"/in" in server.folders


# ---------------------------------------------------------------- trees


def closed_folder(server: ScriptedServer) -> None:
    server.instead[OPENDIR] = says_of(b"/in/sub", PERMISSION_DENIED)


def dangling_link(server: ScriptedServer) -> None:
    server.links[b"/in/l"] = b"/none"


def link_that_fails(server: ScriptedServer) -> None:
    server.links[b"/in/l"] = b"/in/l"
    server.instead[STAT] = server.instead[OPENDIR] = lambda request: (
        [status(request.number, 21, b"too many hops")] if request.fields[0] == b"/in/l" else None
    )


def file_that_is_gone(server: ScriptedServer) -> None:
    server.instead[OPEN] = says_of(b"/in/a.csv", NO_SUCH_FILE)


def file_that_breaks_off(server: ScriptedServer) -> None:
    def answer(request: Request) -> Iterable[bytes] | None:
        path = server.open_handles[request.fields[0]]
        return [status(request.number, FAILURE, b"bad sector")] if path == b"/in/a.csv" else None

    server.instead[READ] = answer


TREES: dict[str, tuple[Callable[[ScriptedServer], None], Kind, str]] = {
    "a folder that is closed": (closed_folder, Kind.PERMISSION_DENIED, "“/in/sub”"),
    "a link to nowhere": (dangling_link, Kind.NOT_FOUND, "“l” is a link that leads nowhere."),
    "a link to itself": (link_that_fails, Kind.REMOTE_FAILURE, "leads back to itself"),
    "a file that is gone": (file_that_is_gone, Kind.NOT_FOUND, "There is no “/in/a.csv”"),
    "a file that cannot be read": (file_that_breaks_off, Kind.REMOTE_FAILURE, "“/in/a.csv”"),
}


@pytest.mark.parametrize("name", TREES)
def test_what_cannot_be_fetched_takes_nothing_else_with_it(
    rig: OddRig, server: ScriptedServer, tmp_path: Path, name: str
) -> None:
    spoil, kind, sentence = TREES[name]
    server.files[b"/in/z.csv"] = bytearray(b"z")
    spoil(server)
    result = rig.session.get("/in", tmp_path / "to")
    assert not result.complete
    problem = one(result.files)
    assert (problem.kind, sentence in str(problem.sentence)) == (kind, True)
    assert read(tmp_path / "to")["in/z.csv"] == b"z"


LEFT_OUT: dict[str, tuple[Callable[[ScriptedServer], None], str]] = {
    "a link to a folder": (
        lambda server: server.links.update({b"/in/x": b"/in/sub"}),
        "link-to-folder",
    ),
    "a device": (lambda server: server.modes.update({b"/in/x": 0o060660}), "special"),
    "a pipe": (lambda server: server.modes.update({b"/in/x": 0o010660}), "special"),
    "a socket": (lambda server: server.modes.update({b"/in/x": 0o140660}), "special"),
}


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_is_no_file_is_left_out_and_counted(
    rig: OddRig, server: ScriptedServer, tmp_path: Path, name: str
) -> None:
    spoil, why = LEFT_OUT[name]
    spoil(server)
    if b"/in/x" in server.modes:
        server.files[b"/in/x"] = bytearray()
    result = rig.session.get("/in", tmp_path / "to")
    assert result.complete
    ((remote, reason),) = [(view.remote, view.skip_reason) for view in result.left_out]
    assert (remote, reason and reason.value) == (b"/in/x", why)
    assert read(tmp_path / "to") == {"in/a.csv": b"a", "in/sub/b.csv": b"b"}


# ---------------------------------------------------------------- drop boxes


@pytest.mark.parametrize("looks", [NO_SUCH_FILE, FAILURE, PERMISSION_DENIED, OP_UNSUPPORTED])
@pytest.mark.parametrize("makes", [PERMISSION_DENIED, FAILURE, OP_UNSUPPORTED, NO_SUCH_FILE])
def test_a_drop_box_that_hides_takes_files(
    rig: OddRig, server: ScriptedServer, looks: int, makes: int
) -> None:
    for kind in (LSTAT, STAT, OPENDIR):
        server.instead[kind] = refusing(looks)
    server.instead[MKDIR] = refusing(makes)
    (view,) = rig.session.put(rig.write({"a.csv": b"1"}) / "a.csv", "/drop").files
    assert (view.state, view.confirmed) == (TransferState.DELIVERED, False)
    assert view.confirmation in {Confirmation.REFUSED, Confirmation.MOVED_ON}
    assert server.files[b"/drop/a.csv"] == b"1"


def test_a_folder_that_is_neither_there_nor_to_be_made_is_what_is_said(
    rig: OddRig, server: ScriptedServer
) -> None:
    server.instead[MKDIR] = says(PERMISSION_DENIED, b"ask Ms Weber")
    server.instead[OPEN] = refusing(NO_SUCH_FILE)
    problem = one(rig.session.put(rig.write({"a.csv": b"1"}) / "a.csv", "/new").files)
    assert (problem.kind, problem.server_said) == (Kind.PERMISSION_DENIED, "ask Ms Weber")
    assert "“/new”" in str(problem.sentence)


# ---------------------------------------------------------------- the rest


def test_an_object_store_renames_no_folders(tmp_path: Path, server: ScriptedServer) -> None:
    server.instead[RENAME] = says(OP_UNSUPPORTED, b"Cannot rename a directory")
    with odd_rig(server, tmp_path, stores_objects=True) as rig:
        with pytest.raises(FerrygateError, match="only files can be renamed") as caught:
            rig.session.rename("/in", "/out")
        assert caught.value.problem.server_said == "Cannot rename a directory"


def test_a_server_that_changes_files_on_arrival_is_told_as_one(
    rig: OddRig, server: ScriptedServer
) -> None:
    def convert(request: Request) -> None:
        server.files[server.open_handles[request.fields[0]]] = bytearray(b"1\r\n2\r\n")

    server.instead[CLOSE] = convert
    result = rig.session.put(rig.write({"a.csv": b"1\n2\n"}) / "a.csv", "/inbox")
    problem = one(result.files)
    assert problem.kind is Kind.SIZE_MISMATCH
    assert "Where the server changes files as they arrive" in str(problem.next_step)


@pytest.mark.parametrize("mode", [None, 0o644])
def test_a_file_where_a_folder_was_meant_is_said_without_kinds_too(
    rig: OddRig, server: ScriptedServer, mode: int | None
) -> None:
    server.mode = lambda _mode: mode
    with pytest.raises(FerrygateError) as caught:
        list(rig.session.ls("/in/a.csv"))
    assert caught.value.problem.kind is Kind.WRONG_TYPE
    assert rig.session.stat("/in/a.csv").kind.value == "file"
    assert rig.session.stat("/in").kind.value == "folder"


def test_a_folder_that_is_not_empty_is_told(rig: OddRig, server: ScriptedServer) -> None:
    server.instead[RMDIR] = says(18)
    with pytest.raises(FerrygateError, match="is not empty"):
        rig.session.remove("/in/sub", recursive=True)
