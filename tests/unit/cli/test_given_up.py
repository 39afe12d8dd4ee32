"""Telling of files whose connection was given up."""

from __future__ import annotations

import pytest

from ferrygate.cli.terminal import Terminal
from ferrygate.cli.transfer_report import TransferReport
from ferrygate.common.clock import Clock
from ferrygate.common.errors import ConnectionLostError
from ferrygate.common.message import message
from ferrygate.engine.messages.transfers import FileChanged
from ferrygate.transfers.views import (
    BatchId,
    ConflictChoice,
    Direction,
    FileView,
    LeftBehind,
    TransferState,
)

BATCH = BatchId("1")


@pytest.mark.parametrize("direction", list(Direction))
def test_each_file_is_named_and_the_cause_is_left_to_the_command(
    clock: Clock, capsys: pytest.CaptureFixture[str], direction: Direction
) -> None:
    terminal = Terminal(clock)
    terminal.given_up = ConnectionLostError(message("It has not come back.")).problem
    report = TransferReport(terminal, clock, direction, "/inbox", ConflictChoice.FAIL)
    left = [LeftBehind.PART, LeftBehind.NOTHING]
    for number, behind in enumerate(
        left if direction is Direction.UPLOAD else 2 * [LeftBehind.NOTHING]
    ):
        view = FileView(
            number=number,
            local=f"{number}.csv",
            remote=f"/inbox/{number}.csv".encode(),
            state=TransferState.NEEDS_ATTENTION,
            problem=terminal.given_up,
            left_behind=behind,
        )
        report(FileChanged(BATCH, view))
    report.end()
    told = capsys.readouterr().err.splitlines()
    assert "has not come back" not in "".join(told)
    if direction is Direction.UPLOAD:
        assert told == [
            "0.csv: not delivered. A part of the file may be left on the server.",
            "1.csv: not delivered.",
            "0 files delivered, 0 bytes. Not delivered: 2.",
            "Send the files named above again, with --on-conflict replace.",
        ]
    else:
        assert told[:2] == ["/inbox/0.csv: not delivered.", "/inbox/1.csv: not delivered."]
