"""The button that copies a problem for support, and the row it stands in."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from ferrygate.app.application import make_application
from ferrygate.app.presenters.batch_outcome import RowTone
from ferrygate.app.presenters.problem_text import support_text
from ferrygate.app.presenters.support_details import details_text
from ferrygate.app.presenters.transfer_row import RowAction, RowLink, RowView
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.transfer_row_widget import TransferRowWidget
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.logs import logging_to
from ferrygate.common.message import message
from ferrygate.common.program_facts import program_lines
from ferrygate.common.secret import Secret
from ferrygate.transfers.views import BatchId

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.gui


def row(batch: BatchId, sentence: str) -> RowView:
    problem = Problem(kind=Kind.SIZE_MISMATCH, sentence=message(sentence))
    return RowView(
        batch=batch,
        icon="warning",
        tone=RowTone.AMBER,
        title="t",
        sub="s",
        details=support_text(problem),
        links=(RowLink(RowAction.COPY_DETAILS, "Copy details", "Copy details for support"),),
    )


@pytest.fixture
def widget(qtbot: QtBot) -> TransferRowWidget:
    widget = TransferRowWidget(Theme(make_application(), Qt.ColorScheme.Light))
    qtbot.addWidget(widget)
    return widget


def test_a_row_that_shows_another_batch_has_not_copied_its_details(
    widget: TransferRowWidget,
) -> None:
    (button,) = [b for b in widget.findChildren(QPushButton) if "details" in b.text()]
    widget.render_view(row(BatchId("1"), "The sizes differ."))
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.text() == "Details copied"
    assert QGuiApplication.clipboard().text() == details_text("The sizes differ.\n[size-mismatch]")
    widget.render_view(row(BatchId("1"), "The sizes differ."))
    assert button.text() == "Details copied"
    widget.render_view(row(BatchId("2"), "There is no room."))
    assert button.text() == "Copy details"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == details_text("There is no room.\n[size-mismatch]")


def test_what_runs_and_the_end_of_the_log_go_along_and_no_secret(
    widget: TransferRowWidget, tmp_path: Path
) -> None:
    with logging_to(tmp_path, logging.INFO) as live_secrets:
        live_secrets.add(Secret("correct horse"))
        logging.getLogger("ferrygate.test").info("sent %s", "correct horse")
        (button,) = [b for b in widget.findChildren(QPushButton) if "details" in b.text()]
        widget.render_view(row(BatchId("1"), "The server says: correct horse."))
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    words, program, log = QGuiApplication.clipboard().text().split("\n\n")
    assert words == "The server says: [secret].\n[size-mismatch]"
    assert program.splitlines() == list(program_lines())
    assert log.endswith("ferrygate.test: sent [secret]")
