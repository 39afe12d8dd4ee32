"""Names that stand on the server in another normal form of Unicode than the one they come in."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest

from ferrygate.common.entry import Entry
from ferrygate.common.errors import ConflictError, NotFoundError
from ferrygate.engine.browsing.file_operations import carry_out
from ferrygate.engine.messages.files import ListFolder, MakeFolder, RemovePath, RenamePath, StatPath
from ferrygate.sftp.spelling import as_spelled, other_forms, spelled_otherwise
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.views import ConflictChoice
from support.scripted_sftp import LSTAT, REMOVE, RENAME, ScriptedServer, ScriptedSftp, refusing
from support.sftp_bytes import FAILURE
from support.transfer_rig import TransferRig
from support.walk_rig import Walk


def nfc(text: str) -> bytes:
    return unicodedata.normalize("NFC", text).encode()


def nfd(text: str) -> bytes:
    return unicodedata.normalize("NFD", text).encode()


@pytest.fixture
def server() -> ScriptedServer:
    """Make a server on which an old Mac has left its names."""
    return ScriptedServer(
        {nfd("/Büro/Müller.csv"): b"1", b"/plain.csv": b"2"},
        nfd("/Büro"),
        nfd("/Büro/Für später"),
        b"/inbox",
    )


@pytest.fixture
def rig(server: ScriptedServer) -> ScriptedSftp:
    return ScriptedSftp(server)


@pytest.mark.parametrize(
    ("name", "others"),
    [
        (b"plain", ()),
        ("日本".encode(), ()),
        (b"caf\xe9", ()),
        (nfc("ü"), (nfd("ü"),)),
        (nfd("ü"), (nfc("ü"),)),
        (nfd("ü") + nfc("ü"), (nfc("üü"), nfd("üü"))),
        (nfc("が"), (nfd("が"),)),
    ],
)
def test_most_names_have_but_one_form(name: bytes, others: tuple[bytes, ...]) -> None:
    assert other_forms(name) == others


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (nfc("/Büro"), nfd("/Büro")),
        (nfc("/Büro/Müller.csv"), nfd("/Büro/Müller.csv")),
        (nfd("/Büro") + nfc("/Müller.csv"), nfd("/Büro/Müller.csv")),
        (nfd("/Büro"), None),  # as it stands
        (nfc("/Böro"), None),  # nowhere
        (b"/plain.csv", None),
    ],
)
def test_what_is_there_is_found_by_any_form(
    rig: ScriptedSftp, asked: bytes, found: bytes | None
) -> None:
    assert rig.run(spelled_otherwise(rig.files, asked)) == found


def test_a_twin_is_never_taken_for_the_name_asked_for(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    server.folders.add(nfc("/Büro"))
    for path in (nfc("/Büro"), nfd("/Büro")):
        assert rig.run(as_spelled(rig.files, path)) == path


def test_what_is_not_there_yet_becomes_nfc_below_what_is(rig: ScriptedSftp) -> None:
    assert rig.run(as_spelled(rig.files, nfc("/Büro") + nfd("/März"))) == nfd("/Büro") + nfc(
        "/März"
    )


def test_a_server_that_says_failure_for_what_is_missing_is_asked_on(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    server.instead[LSTAT] = lambda request: (
        None if request.fields[0] == nfd("/Büro") else refusing(FAILURE)(request)
    )
    assert rig.run(spelled_otherwise(rig.files, nfc("/Büro"))) == nfd("/Büro")


def test_a_plain_path_costs_no_request(rig: ScriptedSftp, server: ScriptedServer) -> None:
    rig.run(as_spelled(rig.files, b"/inbox/new"))
    assert server.requests == []


# ---------------------------------------------------------------- browsing


def browse(rig: ScriptedSftp, command: Any) -> list[Entry]:
    shown: list[Entry] = []

    async def show(entries: tuple[Entry, ...]) -> None:
        shown.extend(entries)

    rig.run(carry_out(rig.files, command, show, object_store=False))
    return shown


def test_listing_and_stat_find_the_name_that_was_shown(rig: ScriptedSftp) -> None:
    shown = {entry.name for entry in browse(rig, ListFolder(1, nfc("/Büro")))}
    assert shown == {nfd("Müller.csv"), nfd("Für später")}
    (entry,) = browse(rig, StatPath(1, nfc("/Büro/Müller.csv")))
    assert entry.size == 1


def test_renaming_and_removing_find_it_as_well(rig: ScriptedSftp, server: ScriptedServer) -> None:
    browse(rig, RenamePath(1, nfc("/Büro/Müller.csv"), nfc("/Büro/Mayer.csv")))
    assert server.asked(RENAME) == [(nfd("/Büro/Müller.csv"), nfd("/Büro") + b"/Mayer.csv")]
    browse(rig, RemovePath(1, nfc("/Büro/Müller.csv")))
    assert server.asked(REMOVE) == [(nfd("/Büro/Müller.csv"),)]


def test_a_new_folder_is_made_in_the_one_that_is_there(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    browse(rig, MakeFolder(1, nfc("/Büro/März")))
    assert nfd("/Büro") + nfc("/März") in server.folders
    assert nfc("/Büro") not in server.folders


def test_what_is_nowhere_is_said_by_the_name_asked_for(rig: ScriptedSftp) -> None:
    with pytest.raises(NotFoundError, match="Böro"):
        browse(rig, StatPath(1, nfc("/Böro")))


# ---------------------------------------------------------------- moving files


def test_an_upload_goes_into_the_folder_that_is_there(
    server: ScriptedServer, tmp_path: Path
) -> None:
    tree = tmp_path / "Für später"
    tree.mkdir()
    (tree / "a.csv").write_text("a")
    walk = Walk(server)
    before = set(server.folders)
    assert walk.up(tree, folder=nfc("/Büro")) == [nfd("/Büro/Für später") + b"/a.csv"]
    assert server.folders == before


def test_a_download_takes_the_name_that_was_shown(server: ScriptedServer, tmp_path: Path) -> None:
    walk = Walk(server)
    assert walk.down(nfc("/Büro/Müller.csv"), folder=tmp_path) == ["Müller.csv"]
    assert [job.remote for job in walk.jobs] == [nfd("/Büro/Müller.csv")]


@pytest.mark.parametrize("choice", list(ConflictChoice))
def test_a_file_under_another_form_of_its_name_is_no_free_name(
    tmp_path: Path, choice: ConflictChoice
) -> None:
    moving = TransferRig(tmp_path)
    old, folder = nfd("/inbox/Müller.csv"), b"/inbox"
    moving.server.files[old] = bytearray(b"old")
    job = FileJob(
        number=0,
        local=moving.write("Müller.csv", b"newer"),
        remote=folder + nfc("/Müller.csv"),
        size=5,
        on_conflict=choice,
    )
    if choice in {ConflictChoice.FAIL, ConflictChoice.ASK}:
        with pytest.raises(ConflictError):
            moving.send(job)
    else:
        moving.send(job)
    both = {old: b"old", folder + nfc("/Müller (2).csv"): b"newer"}
    after = {
        ConflictChoice.REPLACE: {old: b"newer"},
        ConflictChoice.CHANGED: {old: b"newer"},
        ConflictChoice.KEEP_BOTH: both,
    }
    assert moving.server.files == after.get(choice, {old: b"old"})
