"""The Python API as its documentation shows it, against the sandbox."""

from __future__ import annotations

import pydoc
from collections.abc import Iterator
from pathlib import Path

import pytest

import ferrygate
from ferrygate.api.result import Result
from ferrygate.api.session import Session
from ferrygate.common.entry import EntryKind
from ferrygate.common.errors import (
    ConflictError,
    FerrygateError,
    HostKeyUnknownError,
    NotFoundError,
    SecretsMissingError,
    UsageError,
)
from ferrygate.common.paths import Home
from ferrygate.engine.messages.transfers import FileChanged
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sites.connection_file import format_connection_file
from ferrygate.sites.site import Site
from ferrygate.transfers.views import ConflictChoice, FileView, SkipReason, TransferState
from support.sandbox_site import site_of


@pytest.fixture
def connection_file(sandbox: Sandbox, tmp_path: Path) -> Path:
    path = tmp_path / "acme.ferrygate"
    path.write_text(format_connection_file(site_of(sandbox.ready)))
    return path


def connect(
    sandbox: Sandbox, site: str | Path | Site, *, accept_new_host_key: bool = False
) -> Session:
    return ferrygate.connect(
        site,
        password=sandbox.ready.password.reveal(),
        totp_secret=sandbox.ready.totp_secret.reveal(),
        accept_new_host_key=accept_new_host_key,
    )


@pytest.fixture
def session(sandbox: Sandbox, connection_file: Path) -> Iterator[Session]:
    with connect(sandbox, connection_file) as session:
        yield session


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.csv"
    path.write_text("well,value\n")
    return path


def test_the_documented_example(sandbox: Sandbox, connection_file: Path, report: Path) -> None:
    with connect(sandbox, str(connection_file)) as session:
        result = session.put([report], "/inbox")
    assert result.complete
    (view,) = result.files
    assert (view.state, view.remote) == (TransferState.DELIVERED, b"/inbox/report.csv")
    assert (sandbox.ready.root / "inbox" / "report.csv").read_text() == "well,value\n"
    assert [record.outcome for record in sandbox.log] == ["granted"]


def test_help_shows_the_whole_api() -> None:
    text = pydoc.plain(pydoc.render_doc(ferrygate))
    for name in ("connect(", "class ConflictChoice", "class FerrygateError", "session.put("):
        assert name in text
    with pytest.raises(AttributeError):
        getattr(ferrygate, "disconnect")  # noqa: B009  mypy knows that there is none


def test_an_error_can_be_caught_and_says_its_sentence() -> None:
    with pytest.raises(ferrygate.FerrygateError) as caught:
        ferrygate.connect("nobody-saved-this")
    assert str(caught.value) == str(caught.value.problem.sentence)


def test_files_and_folders(session: Session, sandbox: Sandbox, tmp_path: Path) -> None:
    assert {entry.name for entry in session.ls("/")} >= {b"inbox", b"exports", b"README.txt"}
    session.mkdir("/inbox/a/b", parents=True)
    session.rename("/README.txt", "/inbox/a/READ.txt")
    assert session.stat("inbox/a").kind is EntryKind.FOLDER
    result = session.get(["/inbox/a"], tmp_path / "to")
    assert [view.local for view in result.files] == [str(tmp_path / "to" / "a" / "READ.txt")]
    session.remove("/inbox/a", recursive=True)
    assert not (sandbox.ready.root / "inbox" / "a").exists()


def test_errors_are_exceptions(session: Session) -> None:
    with pytest.raises(NotFoundError):
        session.stat("/missing")
    with pytest.raises(NotFoundError):
        list(session.ls("/missing"))
    with pytest.raises(UsageError):
        session.stat(b"/a\0b")


def test_a_listing_left_half_way_is_cancelled(session: Session, sandbox: Sandbox) -> None:
    for number in range(3000):
        (sandbox.ready.root / "inbox" / f"{number:04}").touch()
    entries = session.ls("/inbox")
    next(entries)
    del entries
    assert session.stat("/inbox").kind is EntryKind.FOLDER


def test_files_that_fail_are_in_the_result(session: Session, report: Path) -> None:
    assert session.put([report], "/inbox").complete
    again = session.put([report, report.with_name("gone.csv")], "/inbox")
    assert not again.complete
    assert [view.state for view in again.files] == 2 * [TransferState.NEEDS_ATTENTION]
    skipped = session.put([report], "/inbox", on_conflict=ferrygate.ConflictChoice.SKIP)
    assert skipped.complete
    unattended = session.put([report], "/inbox", on_conflict=ConflictChoice.ASK)
    problem = unattended.files[0].problem
    assert problem is not None
    assert problem.kind is ConflictError.kind


def test_moves_are_told(session: Session, sandbox: Sandbox, report: Path) -> None:
    told: list[object] = []
    result = session.put(report, "/inbox", name="new.csv", on_event=told.append)
    assert [view.remote for view in result.files] == [b"/inbox/new.csv"]
    assert (sandbox.ready.root / "inbox" / "new.csv").read_bytes() == report.read_bytes()
    assert type(told[0]).__name__ == "BatchChanged"
    assert type(told[-1]).__name__ == "BatchChanged"


def test_a_caller_that_is_told_of_each_file_need_not_keep_those_that_ended_well(
    session: Session, report: Path
) -> None:
    folder = report.parent / "plates"
    folder.mkdir()
    (folder / report.name).write_bytes(report.read_bytes())
    (folder / "link").symlink_to(folder)
    told: list[object] = []
    sources = [report, folder, report.parent / "missing.csv"]
    result = session.put(sources, "/inbox", on_event=told.append, keep_all=False)
    assert {view.remote for view in result.files} == {b"/inbox/missing.csv", b"/inbox/plates/link"}
    assert [view.remote for view in result.left_out] == [b"/inbox/plates/link"]
    assert not result.complete
    assert len({event.view.number for event in told if isinstance(event, FileChanged)}) == 4


def test_a_code_for_elsewhere(session: Session, sandbox: Sandbox) -> None:
    code = session.code().code
    assert len(code) == 6
    assert sandbox.log.hash_of(code) != sandbox.log[0].code_hash


def test_a_host_key_nobody_confirmed(sandbox: Sandbox) -> None:
    site = site_of(sandbox.ready, host_key_fingerprints=())
    with pytest.raises(HostKeyUnknownError):
        connect(sandbox, site)
    assert len(sandbox.log) == 0
    with connect(sandbox, site, accept_new_host_key=True) as session:
        assert session.stat("/").kind is EntryKind.FOLDER


def test_what_is_missing(sandbox: Sandbox, connection_file: Path) -> None:
    with pytest.raises(SecretsMissingError):
        ferrygate.connect(connection_file)
    with pytest.raises(UsageError):
        ferrygate.connect("nobody-saved-this")
    with pytest.raises(FerrygateError):
        ferrygate.connect(
            connection_file,
            password="x",
            totp_secret="0189",
            home=Home(connection_file.parent),
        )
    assert len(sandbox.log) == 0


def test_a_result_is_complete_with_what_was_delivered_or_skipped() -> None:
    def ended(*states: TransferState) -> Result:
        files = enumerate(states)
        return Result(
            tuple(FileView(number=n, local="", remote=b"", state=state) for n, state in files)
        )

    assert ended().complete
    assert ended(TransferState.DELIVERED, TransferState.SKIPPED).complete
    assert not ended(TransferState.DELIVERED, TransferState.CANCELLED).complete
    other_size = FileView(
        number=0,
        local="",
        remote=b"",
        state=TransferState.SKIPPED,
        skip_reason=SkipReason.OTHER_SIZE_THERE,
    )
    assert not Result((other_size,)).complete


def test_a_caller_may_ask_while_it_goes_through_a_listing(session: Session) -> None:
    sizes = {entry.name: session.stat(b"/" + entry.name).size for entry in session.ls("/")}
    assert b"README.txt" in sizes


def test_a_listing_left_half_way_disturbs_nothing(session: Session) -> None:
    for _entry in session.ls("/"):
        break
    assert session.stat("/exports").kind is EntryKind.FOLDER
    assert all(entry.name.startswith(b"2026-") for entry in session.ls("/exports"))
