from __future__ import annotations

import json

import msgspec
import pytest

from ferrygate.cli.exit_codes import Exit
from ferrygate.cli.terminal import Terminal
from ferrygate.cli.transfer_report import TransferReport
from ferrygate.common.clock import Clock
from ferrygate.common.errors import (
    Cancelled,
    ConflictError,
    LocalFileError,
    NoSpaceError,
    NotFoundError,
)
from ferrygate.common.message import message
from ferrygate.engine.messages.transfers import BatchChanged, FileChanged
from ferrygate.transfers.views import (
    BatchId,
    BatchView,
    Confirmation,
    ConflictChoice,
    Direction,
    FileView,
    LeftBehind,
    SkipReason,
    TransferState,
)
from support.fake_clock import ManualClock

Capture = pytest.CaptureFixture[str]

DELIVERED = FileView(
    number=0,
    local="a.csv",
    remote=b"/inbox/a\xff.csv",
    state=TransferState.DELIVERED,
    size=2_000_000,
    confirmation=Confirmation.CONFIRMED,
    sha256="ab" * 32,
)

BATCH = BatchId("1")
FAILED = FileView(
    number=1,
    local="b\u202e.csv",
    remote=b"/inbox/b.csv",
    state=TransferState.NEEDS_ATTENTION,
    problem=LocalFileError(message("It cannot be read.")).problem,
)
UNCONFIRMED = FileView(
    number=2,
    local="c.csv",
    remote=b"/inbox/c.csv",
    state=TransferState.DELIVERED,
    size=1,
    confirmation=Confirmation.NO_SIZES,
)
CUT = FileView(
    number=4,
    local="e.csv",
    remote=b"/inbox/e.csv",
    state=TransferState.CANCELLED,
    size=9,
    problem=Cancelled().problem,
)
SKIPPED = FileView(
    number=3, local="d.csv", remote=b"/inbox/d.csv", state=TransferState.SKIPPED, size=1
)
LEFT_OUT = msgspec.structs.replace(SKIPPED, number=6, skip_reason=SkipReason.LINK_TO_FOLDER)


def test_only_what_is_unusual_is_told(report: TransferReport, capsys: Capture) -> None:
    for view in (DELIVERED, FAILED, UNCONFIRMED, SKIPPED):
        report(FileChanged(BATCH, view))
    assert capsys.readouterr().err.splitlines() == [
        r"b\u202e.csv: It cannot be read.",
        "c.csv: size not confirmed: the server does not tell sizes",
    ]


FULL = FileView(
    number=5,
    local="f.csv",
    remote=b"/inbox/f.csv",
    state=TransferState.NEEDS_ATTENTION,
    left_behind=LeftBehind.PART,
    problem=NoSpaceError(
        message("The server has no space left for “f.csv”."),
        next_step=message("Ask for more space."),
        detail="SFTP status 14",
        server_said="only \x1b[31m3 MB left",
    ).problem,
)


@pytest.mark.parametrize("verbose", [True, False])
def test_the_servers_words_stand_below_their_file(
    report: TransferReport, terminal: Terminal, capsys: Capture, *, verbose: bool
) -> None:
    terminal.verbose = verbose
    report(FileChanged(BATCH, FULL))
    report(FileChanged(BATCH, FAILED))
    lines = capsys.readouterr().err.splitlines()
    assert lines[1] == r"  The server says: “only \x1b[31m3 MB left”"
    assert ("  Details: SFTP status 14" in lines) is verbose
    assert sum("The server says" in line for line in lines) == 1


def test_json_has_the_servers_words_for_each_file(
    report: TransferReport, terminal: Terminal, capsys: Capture
) -> None:
    terminal.as_json = True
    report(FileChanged(BATCH, FULL))
    problem = json.loads(capsys.readouterr().out)["problem"]
    assert (problem["kind"], problem["server_said"]) == ("no-space", "only \x1b[31m3 MB left")


def test_sending_again_is_not_advised_where_it_cannot_help(
    report: TransferReport, capsys: Capture
) -> None:
    report(FileChanged(BATCH, FULL))
    report.end()
    told = capsys.readouterr().err
    assert "Ask for more space." in told
    assert "again" not in told


def test_a_download_is_named_by_its_remote_name(
    terminal: Terminal, clock: Clock, capsys: Capture
) -> None:
    TransferReport(terminal, clock, Direction.DOWNLOAD, "/home", ConflictChoice.FAIL)(
        FileChanged(BATCH, FAILED)
    )
    assert capsys.readouterr().err.startswith("/inbox/b.csv: ")


def test_json_has_every_file_at_its_end(
    report: TransferReport, terminal: Terminal, capsys: Capture
) -> None:
    terminal.as_json = True
    for state in (TransferState.WAITING, TransferState.SENDING, TransferState.CHECKING):
        report(FileChanged(BATCH, FileView(number=0, local="a", remote=b"/a", state=state)))
    report(FileChanged(BATCH, DELIVERED))
    assert json.loads(capsys.readouterr().out) == {
        "event": "file",
        "local": "a.csv",
        "remote": "/inbox/a\\xff.csv",
        "remote_base64": "L2luYm94L2H/LmNzdg==",
        "state": "delivered",
        "size": 2_000_000,
        "sha256": "ab" * 32,
        "confirmed": True,
        "confirmation": "confirmed",
        "left_behind": "nothing",
        "skip_reason": None,
        "renamed": False,
        "late_check": "not-needed",
        "size_differs": False,
        "problem": None,
    }


def test_json_ends_with_a_sum(report: TransferReport, terminal: Terminal, capsys: Capture) -> None:
    terminal.as_json = True
    for view in (DELIVERED, FAILED, SKIPPED, LEFT_OUT):
        report(FileChanged(BATCH, view))
    report.end()
    report.summarise(Exit.FAILED)
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {
        "event": "summary",
        "counts": {"delivered": 1, "skipped": 2, "needs-attention": 1, "cancelled": 0},
        "left_out": 1,
        "size_differs": 0,
        "bytes": 2_000_000,
        "exit": 1,
    }


@pytest.mark.parametrize(
    ("files", "sentence", "complete"),
    [
        pytest.param((DELIVERED,), "1 file delivered, 2.0 MB.", True, id="one"),
        pytest.param(
            (DELIVERED, UNCONFIRMED, SKIPPED),
            "2 files delivered, 2.0 MB. Skipped: 1.",
            True,
            id="skipped",
        ),
        pytest.param(
            (DELIVERED, FAILED),
            "1 file delivered, 2.0 MB. Not delivered: 1.",
            False,
            id="failed",
        ),
        pytest.param(
            (DELIVERED, SKIPPED, FAILED, CUT),
            "1 file delivered, 2.0 MB. Skipped: 1. Not delivered: 1. Cancelled: 1.",
            False,
            id="cut",
        ),
    ],
)
def test_the_sum_is_told_at_the_end(
    report: TransferReport,
    capsys: Capture,
    files: tuple[FileView, ...],
    sentence: str,
    *,
    complete: bool,
) -> None:
    for view in files:
        report(FileChanged(BATCH, view))
    capsys.readouterr()
    report.end()
    assert capsys.readouterr().err.splitlines()[0] == sentence
    assert report.complete is complete


def test_without_a_terminal_progress_is_a_line_now_and_then(
    terminal: Terminal, clock: ManualClock, capsys: Capture
) -> None:
    report = TransferReport(terminal, clock, Direction.UPLOAD, "/inbox", ConflictChoice.FAIL)
    view = BatchView(
        batch=BATCH,
        direction=Direction.UPLOAD,
        name="a.csv",
        sources=1,
        target="/inbox",
        files_total=3,
        files_finished=1,
        bytes_total=4_000_000,
        bytes_moved=1_000_000,
    )
    for _tenth in range(250):
        clock.time += 0.1
        report(BatchChanged(view))
    assert capsys.readouterr() == ("", "1.0 MB of 4.0 MB, 1 of 3 files\n" * 2)
    terminal.as_json = True
    clock.time += 10
    report(BatchChanged(view))
    assert json.loads(capsys.readouterr().out) == {
        "event": "progress",
        "bytes_moved": 1_000_000,
        "bytes_total": 4_000_000,
        "bytes_per_second": 0,
        "files_finished": 1,
        "files_total": 3,
        "walking": False,
    }


@pytest.mark.parametrize(
    ("local", "remote", "renamed"),
    [
        ("there/a_b.csv", b"/out/a:b.csv", True),
        ("there/sub_/a.csv", b"/out/sub:/a.csv", True),
        ("there/a (2).csv", b"/out/a.csv", True),
        ("there/a.csv", b"/out/a.csv", False),
        ("there/\u00e9.csv", b"/out/e\xcc\x81.csv", False),
    ],
)
def test_a_fetched_file_of_another_name_is_told(
    terminal: Terminal, clock: Clock, capsys: Capture, local: str, remote: bytes, *, renamed: bool
) -> None:
    terminal.as_json = True
    report = TransferReport(terminal, clock, Direction.DOWNLOAD, "./there", ConflictChoice.FAIL)
    view = FileView(
        number=0,
        local=local,
        remote=remote,
        state=TransferState.DELIVERED,
        confirmation=Confirmation.CONFIRMED,
    )
    report(FileChanged(BATCH, view))
    report.end()
    told = capsys.readouterr()
    assert json.loads(told.out)["renamed"] is renamed
    sentence = "1 file has another name here than on the server."
    assert (sentence in told.err.splitlines()) is renamed


def test_what_to_do_is_told_once_at_the_end(report: TransferReport, capsys: Capture) -> None:
    problems = [
        ConflictError(message("Taken."), next_step=message("Choose in the window.")).problem,
        ConflictError(message("Taken."), next_step=message("Choose in the window.")).problem,
        NotFoundError(message("Missing."), next_step=message("Name it.")).problem,
    ]
    views = [msgspec.structs.replace(FAILED, problem=problem) for problem in problems]
    for view in views:
        report(FileChanged(BATCH, view))
    report.end()
    assert capsys.readouterr().err.splitlines()[-2:] == [
        "Use --on-conflict replace, keep-both, skip or changed.",
        "Name it.",
    ]


NAMED = "Send the files named above again, with --on-conflict replace."
SKIP = "With --on-conflict skip, the same command does the rest."
AGAIN = "With --on-conflict replace, the same command does the rest."
ASKS = "The same command does the rest, and asks again about files already there."
TWICE = "The same command would make second copies of what is done."
UP, DOWN = Direction.UPLOAD, Direction.DOWNLOAD
NOTHING, PART = LeftBehind.NOTHING, LeftBehind.PART


@pytest.mark.parametrize(
    ("direction", "choice", "left", "steps"),
    [
        pytest.param(UP, ConflictChoice.FAIL, NOTHING, [SKIP], id="nothing left"),
        pytest.param(DOWN, ConflictChoice.SKIP, NOTHING, [SKIP], id="fetched"),
        pytest.param(UP, ConflictChoice.FAIL, PART, [NAMED, SKIP], id="a part left"),
        pytest.param(DOWN, ConflictChoice.FAIL, PART, [SKIP], id="a hidden part"),
        pytest.param(UP, ConflictChoice.REPLACE, PART, [AGAIN], id="a part of what stood"),
        pytest.param(UP, ConflictChoice.REPLACE, NOTHING, [AGAIN], id="older ones may stand"),
        pytest.param(UP, ConflictChoice.KEEP_BOTH, NOTHING, [TWICE], id="both"),
        pytest.param(UP, ConflictChoice.KEEP_BOTH, PART, [TWICE], id="a part beside a file"),
        pytest.param(UP, ConflictChoice.ASK, NOTHING, [ASKS], id="it is asked again"),
    ],
)
def test_how_the_rest_is_done_is_told(
    terminal: Terminal,
    clock: Clock,
    capsys: Capture,
    *,
    direction: Direction,
    choice: ConflictChoice,
    left: LeftBehind,
    steps: list[str],
) -> None:
    report = TransferReport(terminal, clock, direction, "", choice)
    for number in range(2):
        report(FileChanged(BATCH, msgspec.structs.replace(CUT, number=number, left_behind=left)))
    report.end()
    told = [line for line in capsys.readouterr().err.splitlines() if "A part" not in line]
    assert told == ["0 files delivered, 0 bytes. Cancelled: 2.", *steps]
    assert report.was_cancelled


def test_files_whose_end_nobody_waited_for_are_told(
    report: TransferReport, terminal: Terminal, capsys: Capture
) -> None:
    terminal.as_json = True
    for number, state in enumerate((TransferState.WAITING, TransferState.SENDING)):
        view = FileView(number=number, local=f"{number}.csv", remote=b"/x", state=state)
        report(FileChanged(BATCH, view))
    report.end()
    told = capsys.readouterr()
    records = [json.loads(line) for line in told.out.splitlines()]
    assert [(file["state"], file["left_behind"]) for file in records] == 2 * [
        ("cancelled", "unknown")
    ]
    assert told.err.splitlines() == [
        "1.csv: Cancelled. What is left of it is not known.",
        "0 files delivered, 0 bytes. Cancelled: 2.",
        "It is not known what is left of the files that were under way.",
    ]


@pytest.mark.parametrize("state", [TransferState.SENDING, TransferState.WAITING])
def test_that_it_is_stopping_is_told_once_where_something_is_under_way(
    report: TransferReport, capsys: Capture, state: TransferState
) -> None:
    view = BatchView(
        batch=BATCH, direction=Direction.UPLOAD, name="a.csv", sources=1, target="/inbox"
    )
    report(FileChanged(BATCH, FileView(number=0, local="a.csv", remote=b"/a.csv", state=state)))
    report(BatchChanged(view))
    for _time in range(2):
        report(BatchChanged(msgspec.structs.replace(view, stopping=True)))
    stopping = "Stopping. What is under way is being cleared away.\n"
    assert capsys.readouterr().err == (stopping if state is TransferState.SENDING else "")
