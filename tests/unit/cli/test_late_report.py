"""``put`` names files over which the part of a lost connection may come."""

from __future__ import annotations

import json

import msgspec
import pytest

from ferrygate.cli.terminal import Terminal
from ferrygate.cli.transfer_report import TransferReport
from ferrygate.engine.messages.transfers import BatchChanged, FileChanged
from ferrygate.transfers.views import (
    BatchId,
    BatchView,
    Confirmation,
    Direction,
    FileView,
    LateCheck,
    TransferState,
)

Capture = pytest.CaptureFixture[str]

WAITS = FileView(
    number=0,
    local="a.csv",
    remote=b"/inbox/a.csv",
    state=TransferState.CHECKING,
    size=9,
    late_check=LateCheck.DUE,
    asked_again_at=1_795_000_330.0,
)

BATCH = BatchId("1")
VIEW = BatchView(
    batch=BATCH,
    direction=Direction.UPLOAD,
    name="a.csv",
    sources=1,
    target="/inbox",
    files_total=2,
    files_finished=1,
    files_late=1,
    late_until=1_795_000_330.0,
)


def tell(report: TransferReport, file: FileView = WAITS, **changes: object) -> None:
    report(FileChanged(BATCH, file))
    report(BatchChanged(msgspec.structs.replace(VIEW, **changes)))


def test_what_is_waited_for_is_said_once_and_how_not_to(
    report: TransferReport, capsys: Capture
) -> None:
    for _time in range(3):
        tell(report)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("Delivered; asked again at ")
    assert ", because the line was lost." in line
    assert line.endswith("With --no-late-check, put ends without that.")


def test_while_others_move_nothing_is_said_of_it(report: TransferReport, capsys: Capture) -> None:
    tell(report, files_finished=0)
    tell(report, walking=True)
    assert capsys.readouterr().err == ""


def test_what_may_not_be_sent_yet_is_not_called_delivered(
    report: TransferReport, capsys: Capture
) -> None:
    tell(report, msgspec.structs.replace(WAITS, state=TransferState.INTERRUPTED))
    assert capsys.readouterr().err.startswith("1 file is sent again at ")


def test_a_program_is_told_until_when(
    report: TransferReport, terminal: Terminal, capsys: Capture
) -> None:
    terminal.as_json = True
    tell(report, files_late=1)
    record = json.loads(capsys.readouterr().out)
    assert (record["event"], record["code"]) == ("warning", "late-check")
    assert (record["files"], record["until"]) == (1, 1_795_000_330)


@pytest.mark.parametrize(
    ("check", "confirmation"),
    [(LateCheck.NOT_DONE, Confirmation.NOT_ASKED_AGAIN), (LateCheck.DONE, Confirmation.CONFIRMED)],
)
def test_a_program_is_told_whether_it_was_asked_again(
    report: TransferReport,
    terminal: Terminal,
    capsys: Capture,
    check: LateCheck,
    confirmation: Confirmation,
) -> None:
    terminal.as_json = True
    report(
        FileChanged(
            BATCH,
            msgspec.structs.replace(
                WAITS, state=TransferState.DELIVERED, late_check=check, confirmation=confirmation
            ),
        )
    )
    record = json.loads(capsys.readouterr().out)
    assert (record["state"], record["late_check"]) == ("delivered", check.value)
    assert record["confirmation"] == confirmation.value


def test_stopped_while_it_waits_it_is_delivered_and_the_command_was_cut_short(
    report: TransferReport, capsys: Capture
) -> None:
    tell(report)
    tell(report, stopping=True)
    done = msgspec.structs.replace(
        WAITS,
        state=TransferState.DELIVERED,
        late_check=LateCheck.NOT_DONE,
        confirmation=Confirmation.NOT_ASKED_AGAIN,
    )
    report(FileChanged(BATCH, done))
    report.end()
    assert report.complete
    assert report.was_cut_short
    told = capsys.readouterr().err
    assert "cleared away" not in told
    assert (
        "a.csv: delivered, not asked again, though the line was lost\n1 file delivered, 9 bytes.\n"
        in told
    )


def test_without_the_check_the_command_is_not_cut_short(report: TransferReport) -> None:
    done = msgspec.structs.replace(
        WAITS, state=TransferState.DELIVERED, late_check=LateCheck.NOT_DONE
    )
    report(FileChanged(BATCH, done))
    assert report.complete
    assert not report.was_cut_short
