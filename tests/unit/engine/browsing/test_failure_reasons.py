"""A refused request is told with its reason, once the server was asked what is there."""

from __future__ import annotations

import pytest

from ferrygate.common.entry import Entry
from ferrygate.common.errors import FerrygateError, Kind
from ferrygate.engine.browsing.file_operations import carry_out
from ferrygate.engine.messages.files import (
    FileOperation,
    ListFolder,
    MakeFolder,
    RemovePath,
    RenamePath,
)
from support.scripted_sftp import (
    MKDIR,
    OPENDIR,
    REMOVE,
    RENAME,
    STAT,
    Hook,
    ScriptedServer,
    ScriptedSftp,
    status,
)
from support.sftp_bytes import FAILURE, NO_SUCH_FILE, OP_UNSUPPORTED, PERMISSION_DENIED


def refused(code: int) -> Hook:
    return lambda request: [status(request.number, code, b"the server's own words")]


@pytest.fixture
def server() -> ScriptedServer:
    server = ScriptedServer({b"/a": b"1"}, b"/folder")
    for kind in (MKDIR, REMOVE, RENAME, OPENDIR):
        server.instead[kind] = refused(FAILURE)
    return server


def refusal(
    server: ScriptedServer, command: FileOperation, *, object_store: bool = False
) -> FerrygateError:
    rig = ScriptedSftp(server)

    async def take(_entries: tuple[Entry, ...]) -> None:
        """Nothing is shown."""

    with pytest.raises(FerrygateError) as caught:
        rig.run(carry_out(rig.files, command, take, object_store=object_store))
    return caught.value


@pytest.mark.parametrize(
    ("command", "kind", "sentence"),
    [
        (ListFolder(1, b"/a"), Kind.WRONG_TYPE, "“/a” is a file, not a folder."),
        (MakeFolder(1, b"/a"), Kind.CONFLICT, "“/a” is already there."),
        (MakeFolder(1, b"/folder"), Kind.CONFLICT, "“/folder” is already there."),
        (MakeFolder(1, b"/x/y"), Kind.NOT_FOUND, "There is no “/x” on the server."),
        (MakeFolder(1, b"/a/y"), Kind.WRONG_TYPE, "“/a” is a file, not a folder."),
        (MakeFolder(1, b"/a/y", parents=True), Kind.WRONG_TYPE, "“/a” is a file, not a folder."),
        (RenamePath(1, b"/a", b"/folder"), Kind.CONFLICT, "“/folder” is already there."),
        (RenamePath(1, b"/a", b"/x/y"), Kind.NOT_FOUND, "There is no “/x” on the server."),
        (RemovePath(1, b"/folder"), Kind.WRONG_TYPE, "“/folder” is a folder."),
    ],
)
@pytest.mark.parametrize("code", [FAILURE, NO_SUCH_FILE])
def test_what_stands_in_the_way_is_said(
    server: ScriptedServer, command: FileOperation, kind: Kind, sentence: str, code: int
) -> None:
    for refusing in (MKDIR, REMOVE, RENAME, OPENDIR):
        server.instead[refusing] = refused(code)
    problem = refusal(server, command).problem
    assert problem.kind is kind
    assert sentence in str(problem.sentence)


@pytest.mark.parametrize(
    "command",
    [
        ListFolder(1, b"/folder"),
        MakeFolder(1, b"/new"),
        RenamePath(1, b"/a", b"/b"),
        RemovePath(1, b"/a"),
        RemovePath(1, b"/folder", recursive=True),
    ],
)
def test_where_nothing_is_in_the_way_the_refusal_stands(
    server: ScriptedServer, command: FileOperation
) -> None:
    problem = refusal(server, command).problem
    assert problem.kind is Kind.REMOTE_FAILURE
    assert (problem.detail, problem.server_said) == ("SFTP status 4", "the server's own words")


def test_the_refusal_stands_where_looking_is_refused_too(server: ScriptedServer) -> None:
    server.instead[STAT] = refused(PERMISSION_DENIED)
    assert refusal(server, MakeFolder(1, b"/a")).problem.kind is Kind.REMOTE_FAILURE


@pytest.mark.parametrize("code", [FAILURE, NO_SUCH_FILE])
def test_a_source_that_is_missing_is_what_is_said(server: ScriptedServer, code: int) -> None:
    server.instead[RENAME] = refused(code)
    problem = refusal(server, RenamePath(1, b"/none", b"/folder")).problem
    assert "/folder" not in str(problem.sentence)


def test_what_a_look_found_keeps_the_servers_words(server: ScriptedServer) -> None:
    problem = refusal(server, MakeFolder(1, b"/a")).problem
    assert (problem.detail, problem.server_said) == ("SFTP status 4", "the server's own words")


@pytest.mark.parametrize("path", [b"/*.csv", b"/a?"])
def test_a_pattern_is_told_not_to_be_one(server: ScriptedServer, path: bytes) -> None:
    server.instead[OPENDIR] = refused(NO_SUCH_FILE)
    assert "stand for themselves" in str(refusal(server, ListFolder(1, path)).problem.next_step)
    assert refusal(server, ListFolder(1, b"/none")).problem.next_step is None


@pytest.mark.parametrize("code", [FAILURE, PERMISSION_DENIED, OP_UNSUPPORTED])
def test_an_object_store_renames_files_and_no_folders(server: ScriptedServer, code: int) -> None:
    server.instead[RENAME] = refused(code)
    problem = refusal(server, RenamePath(1, b"/folder", b"/other"), object_store=True).problem
    assert (
        str(problem.sentence)
        == "On this server only files can be renamed, and “/folder” is a folder."
    )
    assert "one by one" in str(problem.next_step)
    other = refusal(server, RenamePath(1, b"/a", b"/other"), object_store=True).problem
    assert "only files" not in str(other.sentence)


@pytest.mark.parametrize("code", [FAILURE, PERMISSION_DENIED, OP_UNSUPPORTED])
def test_a_folder_is_not_removed_as_a_file_whatever_the_server_calls_that(
    server: ScriptedServer, code: int
) -> None:
    server.instead[REMOVE] = refused(code)
    assert refusal(server, RemovePath(1, b"/folder")).problem.kind is Kind.WRONG_TYPE
