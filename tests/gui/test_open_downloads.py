"""The links of a finished download, worked by clicks and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from ferrygate.engine.messages.transfers import BatchChanged, FileChanged
from ferrygate.transfers.views import BatchId, BatchView, Direction, FileView, TransferState

if TYPE_CHECKING:
    from pathlib import Path

    from gui.conftest import Rig
    from gui.fake_opener import FakeOpener

pytestmark = pytest.mark.gui


def fetch(rig: Rig, file: Path) -> None:
    """Have a batch of one file end."""
    file.write_text("1,2\n")
    begun = BatchView(
        batch=BatchId("1"),
        direction=Direction.DOWNLOAD,
        name=file.name,
        sources=1,
        target=str(file.parent),
        files_total=1,
        bytes_total=4,
    )
    view = FileView(
        number=0, local=str(file), remote=b"/a.csv", state=TransferState.DELIVERED, size=4
    )
    ended = BatchView(
        batch=begun.batch,
        direction=begun.direction,
        name=begun.name,
        sources=1,
        target=begun.target,
        files_total=1,
        files_finished=1,
        files_delivered=1,
        files_confirmed=1,
        bytes_total=4,
        bytes_moved=4,
        finished=True,
        finished_at=rig.workspace.transfers._clock.now(),
    )
    rig.workspace.handle(
        BatchChanged(view=begun),
        FileChanged(batch=begun.batch, view=view),
        BatchChanged(view=ended),
    )


def link(rig: Rig, words: str) -> QPushButton:
    def found() -> list[QPushButton]:
        buttons = rig.window.transfers.findChildren(QPushButton)
        return [each for each in buttons if each.isVisible() and each.text() == words]

    rig.driver.wait_for(words, lambda: len(found()) == 1)
    return found()[0]


def test_a_click_opens_the_file_and_shows_it_in_its_folder(
    signed_in: Rig, opener: FakeOpener, tmp_path: Path
) -> None:
    file = tmp_path / "a.csv"
    fetch(signed_in, file)
    QTest.mouseClick(link(signed_in, "Open"), Qt.MouseButton.LeftButton)
    signed_in.driver.wait_for("file", lambda: opener.opened == [str(file)])
    QTest.mouseClick(link(signed_in, "Show in folder"), Qt.MouseButton.LeftButton)
    signed_in.driver.wait_for("folder", lambda: opener.shown == [str(file)])


def test_enter_opens_the_file_by_keyboard_alone(
    signed_in: Rig, opener: FakeOpener, tmp_path: Path
) -> None:
    file = tmp_path / "a.csv"
    fetch(signed_in, file)
    button = link(signed_in, "Open")
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Return)
    signed_in.driver.wait_for("file", lambda: opener.opened == [str(file)])


def test_a_fetched_file_is_called_downloaded(signed_in: Rig, tmp_path: Path) -> None:
    fetch(signed_in, tmp_path / "a.csv")
    signed_in.driver.wait_for("words", lambda: signed_in.driver.shows("Downloaded "))
    assert not signed_in.driver.shows("Delivered")


def test_what_has_come_in_a_files_place_is_not_started_by_a_click(
    signed_in: Rig, opener: FakeOpener, tmp_path: Path
) -> None:
    file, script = tmp_path / "a.csv", tmp_path / "run.sh"
    fetch(signed_in, file)
    script.touch()
    file.unlink()
    file.symlink_to(script)
    QTest.mouseClick(link(signed_in, "Open"), Qt.MouseButton.LeftButton)
    words = "“a.csv” is no longer the file that was downloaded."
    signed_in.driver.wait_for("words", lambda: signed_in.driver.shows(words))
    assert opener.opened == []


def test_a_file_that_could_run_has_no_button_to_open_it(signed_in: Rig, tmp_path: Path) -> None:
    fetch(signed_in, tmp_path / "setup.desktop")
    link(signed_in, "Show in folder")
    buttons = signed_in.window.transfers.findChildren(QPushButton)
    assert "Open" not in [button.text() for button in buttons if button.isVisible()]


def test_what_could_not_be_opened_is_said_in_the_window(
    signed_in: Rig, opener: FakeOpener, tmp_path: Path
) -> None:
    fetch(signed_in, tmp_path / "a.csv")
    opener.opens = False
    QTest.mouseClick(link(signed_in, "Open"), Qt.MouseButton.LeftButton)
    signed_in.driver.wait_for("notice", lambda: signed_in.workspace.notices.problem is not None)
