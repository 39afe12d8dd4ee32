"""Every server gives the same session, the same calls, the same errors."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ferrygate.api.session import Session
from ferrygate.common.entry import EntryKind
from ferrygate.common.errors import FerrygateError, Kind, NotFoundError
from ferrygate.common.paths import Home
from ferrygate.engine.messages.transfers import BatchChanged, FileChanged
from ferrygate.transfers.views import ConflictChoice, FileView, TransferState
from servers.rigs.peers import Peer, running_peer

MIB = 1 << 20
MANY = 200


@pytest.fixture(
    scope="module",
    params=["sandbox", "openssh", "proftpd", pytest.param("openssh_otp", marks=pytest.mark.root)],
)
def peer(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Peer]:
    """Every server in turn, with one session for all tests."""
    home = Home(tmp_path_factory.mktemp("home"))
    with running_peer(request.param, tmp_path_factory.mktemp("server"), home) as peer:
        yield peer


@pytest.fixture
def place(peer: Peer, request: pytest.FixtureRequest) -> str:
    """Make a remote folder of the test's own; :func:`on_disk` finds it here."""
    path = f"{peer.home}/{request.node.originalname}"
    peer.session.mkdir(path)
    return path


def on_disk(peer: Peer, place: str) -> Path:
    """Find the same folder on this disk."""
    return peer.disk / place.rpartition("/")[2]


def contents(folder: Path) -> dict[str, bytes | None]:
    """Every file below a folder with its bytes, every folder with none."""
    return {
        str(path.relative_to(folder)): None if path.is_dir() else path.read_bytes()
        for path in folder.rglob("*")
    }


def names(session: Session, path: str | bytes) -> set[bytes]:
    """List the names in a remote folder."""
    return {entry.name for entry in session.ls(path)}


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """Make a file to send."""
    path = tmp_path / "report.csv"
    path.write_bytes(b"new")
    return path


# ---------------------------------------------------------------- put and get


def test_a_folder_comes_back_as_it_was(peer: Peer, place: str, tmp_path: Path) -> None:
    folder = tmp_path / "Ergebnisse für März"
    folder.joinpath("leer").mkdir(parents=True)
    folder.joinpath("tief", "tiefer").mkdir(parents=True)
    folder.joinpath("empty.txt").touch()
    folder.joinpath("tief", "Größe in µm, Platte 1.csv").write_bytes("ä;ö;ü\n".encode())
    folder.joinpath("scan.bin").write_bytes(os.urandom(50 * MIB))
    for number in range(MANY - 3):
        below = folder / ("tief/tiefer" if number % 2 else "tief")
        below.joinpath(f"file {number}.dat").write_bytes(os.urandom(37 * number))

    sent = peer.session.put([folder], place)
    assert sent.complete
    assert len(sent.files) == MANY
    assert all(view.confirmed and view.sha256 for view in sent.files)
    assert contents(on_disk(peer, place) / folder.name) == contents(folder)

    fetched = peer.session.get([f"{place}/{folder.name}"], tmp_path / "back")
    assert fetched.complete
    assert len(fetched.files) == MANY
    assert contents(tmp_path / "back" / folder.name) == contents(folder)
    assert {view.sha256 for view in fetched.files} == {view.sha256 for view in sent.files}
    assert peer.connections() == 1


def test_a_missing_local_file_fails_alone(
    peer: Peer, place: str, report: Path, tmp_path: Path
) -> None:
    result = peer.session.put([tmp_path / "gone.csv", report], place)
    assert not result.complete
    gone, there = sorted(result.files, key=lambda view: view.local)
    assert problem_kind(gone) is Kind.LOCAL_FILE
    assert there.state is TransferState.DELIVERED


def test_a_missing_remote_file_fails_alone(
    peer: Peer, place: str, report: Path, tmp_path: Path
) -> None:
    assert peer.session.put([report], place).complete
    result = peer.session.get([f"{place}/gone.csv", f"{place}/report.csv"], tmp_path / "back")
    gone, there = sorted(result.files, key=lambda view: view.remote)
    assert problem_kind(gone) is Kind.NOT_FOUND
    assert there.state is TransferState.DELIVERED
    assert contents(tmp_path / "back") == {"report.csv": b"new"}


def problem_kind(view: FileView) -> Kind:
    assert view.state is TransferState.NEEDS_ATTENTION
    assert view.problem is not None
    return view.problem.kind


class TakenBackError(Exception):
    """A person has seen enough of a transfer."""


def take_back_once_moving(event: BatchChanged | FileChanged) -> None:
    if isinstance(event, BatchChanged) and event.view.bytes_moved:
        raise TakenBackError


def test_a_cancelled_upload_leaves_nothing_that_looks_whole(
    peer: Peer, place: str, tmp_path: Path
) -> None:
    big = tmp_path / "big.bin"
    with big.open("wb") as file:
        file.truncate(256 * MIB)
    with pytest.raises(TakenBackError):
        peer.session.put([big], place, on_event=take_back_once_moving)
    assert names(peer.session, place) == set()
    assert contents(on_disk(peer, place)) == {}


def test_a_cancelled_download_leaves_nothing(peer: Peer, place: str, tmp_path: Path) -> None:
    with on_disk(peer, place).joinpath("big.bin").open("wb") as file:
        file.truncate(256 * MIB)
    with pytest.raises(TakenBackError):
        peer.session.get([f"{place}/big.bin"], tmp_path / "back", on_event=take_back_once_moving)
    assert contents(tmp_path / "back") == {}


# ---------------------------------------------------------------- conflicts


@pytest.fixture
def taken(peer: Peer, place: str, tmp_path: Path) -> Path:
    """Make a remote file of the report's name, as it lies on this disk."""
    older = tmp_path / "older" / "report.csv"
    older.parent.mkdir()
    older.write_bytes(b"older and longer")
    assert peer.session.put([older], place).complete
    return on_disk(peer, place) / older.name


def test_an_upload_overwrites_nothing_unasked(
    peer: Peer, place: str, report: Path, taken: Path
) -> None:
    (view,) = peer.session.put([report], place).files
    assert problem_kind(view) is Kind.CONFLICT
    assert taken.read_bytes() == b"older and longer"


def test_an_upload_is_skipped_as_chosen(peer: Peer, place: str, report: Path, taken: Path) -> None:
    (view,) = peer.session.put([report], place, on_conflict=ConflictChoice.SKIP).files
    assert view.state is TransferState.SKIPPED
    assert taken.read_bytes() == b"older and longer"


def test_an_upload_replaces_as_chosen(peer: Peer, place: str, report: Path, taken: Path) -> None:
    assert peer.session.put([report], place, on_conflict=ConflictChoice.REPLACE).complete
    assert taken.read_bytes() == b"new"


def test_an_upload_keeps_both_as_chosen(peer: Peer, place: str, report: Path, taken: Path) -> None:
    assert peer.session.put([report], place, on_conflict=ConflictChoice.KEEP_BOTH).complete
    assert contents(taken.parent) == {
        "report.csv": b"older and longer",
        "report (2).csv": b"new",
    }


# ---------------------------------------------------------------- names


def test_a_folder_is_made_with_those_above_it(peer: Peer, place: str) -> None:
    with pytest.raises(NotFoundError):
        peer.session.mkdir(f"{place}/a/b")
    peer.session.mkdir(f"{place}/a/b", parents=True)
    assert names(peer.session, f"{place}/a") == {b"b"}
    with pytest.raises(FerrygateError):
        peer.session.mkdir(f"{place}/a")


def test_an_empty_folder_is_empty(peer: Peer, place: str) -> None:
    assert list(peer.session.ls(place)) == []


def test_a_folder_is_listed_with_kinds_and_sizes(peer: Peer, place: str) -> None:
    on_disk(peer, place).joinpath("sub").mkdir()
    on_disk(peer, place).joinpath("file").write_bytes(b"12345")
    found = {entry.name: entry for entry in peer.session.ls(place)}
    assert found.keys() == {b"sub", b"file"}
    assert found[b"sub"].kind is EntryKind.FOLDER
    assert (found[b"file"].kind, found[b"file"].size) == (EntryKind.FILE, 5)


def test_a_path_is_described(peer: Peer, place: str) -> None:
    on_disk(peer, place).joinpath("file").write_bytes(b"12345")
    entry = peer.session.stat(f"{place}/file")
    assert (entry.name, entry.kind, entry.size) == (b"file", EntryKind.FILE, 5)
    assert peer.session.stat(place).kind is EntryKind.FOLDER


def test_a_rename_moves_a_file_with_its_bytes(peer: Peer, place: str) -> None:
    on_disk(peer, place).joinpath("draft").write_bytes(b"words")
    peer.session.rename(f"{place}/draft", f"{place}/final")
    assert contents(on_disk(peer, place)) == {"final": b"words"}


def test_a_rename_onto_an_existing_name_is_refused(peer: Peer, place: str) -> None:
    before: dict[str, bytes | None] = {"old": b"old", "new": b"new"}
    for name, data in before.items():
        on_disk(peer, place).joinpath(name).write_bytes(data or b"")
    with pytest.raises(FerrygateError):
        peer.session.rename(f"{place}/new", f"{place}/old")
    assert contents(on_disk(peer, place)) == before


def test_a_file_is_removed(peer: Peer, place: str) -> None:
    on_disk(peer, place).joinpath("file").touch()
    peer.session.remove(f"{place}/file")
    assert contents(on_disk(peer, place)) == {}


def test_a_folder_is_removed_with_all_that_is_in_it(peer: Peer, place: str, tmp_path: Path) -> None:
    tmp_path.joinpath("a", "b").mkdir(parents=True)
    for number in range(30):
        tmp_path.joinpath("a", "b", f"{number}").touch()
    assert peer.session.put([tmp_path / "a"], place).complete
    with pytest.raises(FerrygateError):
        peer.session.remove(f"{place}/a")
    peer.session.remove(f"{place}/a", recursive=True)
    assert contents(on_disk(peer, place)) == {}


def test_a_missing_name_is_not_found(peer: Peer, place: str) -> None:
    gone, session = f"{place}/gone", peer.session
    with pytest.raises(NotFoundError):
        session.stat(gone)
    with pytest.raises(NotFoundError):
        list(session.ls(gone))
    with pytest.raises(NotFoundError):
        session.remove(gone)
    with pytest.raises(NotFoundError):
        session.remove(gone, recursive=True)
    with pytest.raises(NotFoundError):
        session.rename(gone, f"{place}/here")


def test_listing_a_file_is_refused(peer: Peer, place: str) -> None:
    on_disk(peer, place).joinpath("file").touch()
    with pytest.raises(FerrygateError):
        list(peer.session.ls(f"{place}/file"))


def test_unicode_names_arrive_composed(peer: Peer, place: str, tmp_path: Path) -> None:
    decomposed = tmp_path / "Gru\u0308ße 試料 🧪.txt"
    decomposed.write_bytes(b"hello")
    assert peer.session.put([decomposed], place).complete
    assert names(peer.session, place) == {"Grüße 試料 🧪.txt".encode()}


def test_names_that_are_no_utf_8_are_kept_as_bytes(peer: Peer, place: str, tmp_path: Path) -> None:
    raw, folder = b"caf\xe9.txt", os.fsencode(tmp_path)
    local = os.fsdecode(folder + b"/" + raw)
    Path(local).write_bytes(b"latin-1")
    result = peer.session.put([local], place)
    if not peer.any_bytes:  # an object store's names are UTF-8 (S3 user guide)
        assert not result.complete
        assert names(peer.session, place) == set()
        return
    assert result.complete
    assert names(peer.session, place) == {raw}
    path = place.encode() + b"/" + raw
    assert peer.session.stat(path).name == raw
    assert peer.session.get([path], tmp_path / "back").complete
    assert contents(tmp_path / "back") == {"caf_.txt": b"latin-1"}
    peer.session.rename(path, path + b"\xff")
    peer.session.remove(path + b"\xff")
    assert names(peer.session, place) == set()
