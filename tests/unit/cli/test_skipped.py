"""Skipped files are told with their reason, and named where sizes differ."""

from __future__ import annotations

import json

import msgspec
import pytest

from ferrygate.cli.terminal import Terminal
from ferrygate.cli.transfer_report import TransferReport
from ferrygate.common.clock import Clock
from ferrygate.engine.messages.transfers import FileChanged
from ferrygate.transfers.views import (
    BatchId,
    ConflictChoice,
    Direction,
    FileView,
    SkipReason,
    TransferState,
)

Capture = pytest.CaptureFixture[str]

OTHER = FileView(
    number=0,
    local="d.csv",
    remote=b"/inbox/d.csv",
    state=TransferState.SKIPPED,
    size=1,
    skip_reason=SkipReason.OTHER_SIZE_THERE,
)

BATCH = BatchId("1")


def test_skipping_another_size_is_not_all_done(
    terminal: Terminal, clock: Clock, capsys: Capture
) -> None:
    terminal.as_json = True
    report = TransferReport(terminal, clock, Direction.UPLOAD, "/inbox", ConflictChoice.SKIP)
    report(FileChanged(BATCH, OTHER))
    report.end()
    assert not report.complete
    told = capsys.readouterr()
    assert json.loads(told.out)["size_differs"] is True
    assert told.err.splitlines() == [
        "d.csv: skipped, another size on the server",
        "0 files delivered, 0 bytes. Skipped: 1.",
        "What has another size is moved with --on-conflict changed or replace.",
    ]


def test_what_is_left_out_is_named_and_counted_and_is_no_failure(
    terminal: Terminal, clock: Clock, capsys: Capture
) -> None:
    report = TransferReport(terminal, clock, Direction.UPLOAD, "/inbox", ConflictChoice.FAIL)
    link = msgspec.structs.replace(
        OTHER, number=1, local="g", skip_reason=SkipReason.LINK_TO_FOLDER
    )
    for view in (msgspec.structs.replace(OTHER, skip_reason=SkipReason.NAME_TAKEN), link):
        report(FileChanged(BATCH, view))
    report.end()
    told = capsys.readouterr().err
    assert "g: left out: a link to a folder" in told
    assert "0 files delivered, 0 bytes. Skipped: 1. Left out: 1." in told
    assert report.complete
