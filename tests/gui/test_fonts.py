"""Fonts that are larger or wider than the design's: words are not cut, and lengths follow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QStandardPaths, Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QPushButton,
    QTreeView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ferrygate.app.automation.scenes.every_scene import SCENES
from ferrygate.app.automation.scenes.scene import Scene
from ferrygate.app.automation.screen_gallery import open_scene_window
from ferrygate.app.dialogs.choosers import choose_download_folder, choose_uploads
from ferrygate.app.scale import px, wide
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.labels import ElidedLabel
from ferrygate.app.window import HEIGHT, WIDTH
from ferrygate.common.clock import SystemClock
from gui.file_choosing import choose

pytestmark = pytest.mark.gui

FONTS = {"wide": ("DejaVu Sans Mono", 13), "large": ("Sans", 20), "both": ("DejaVu Sans Mono", 20)}


@pytest.fixture
def font(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[QFont]:
    before = qapp.font()
    family, size = FONTS[request.param]
    chosen = QFont(family)
    chosen.setPixelSize(size)
    qapp.setFont(chosen)
    yield chosen
    qapp.setFont(before)


def cut_words(window: QWidget) -> list[str]:
    """Find the words that are cut off, but for words that end in an ellipsis and have a tip."""
    return [
        words
        for widget in window.findChildren(QWidget)
        if widget.isVisible() and (words := cut_word(widget))
    ]


def cut_word(widget: QWidget) -> str:
    room = 1 + widget.contentsRect().width()
    if isinstance(widget, QPushButton):
        is_cut = widget.sizeHint().width() > widget.width() + 1
        return widget.text() if is_cut else ""
    if not isinstance(widget, QLabel) or isinstance(widget, ElidedLabel):
        return ""
    if widget.wordWrap():
        is_cut = widget.heightForWidth(widget.width()) > widget.height() + 1
    else:
        is_cut = widget.fontMetrics().horizontalAdvance(widget.text()) > room
    return widget.text() if is_cut else ""


def cut_in(scene: Scene, empty: Path) -> list[str]:
    """Play a scene, and say what is cut in it."""
    empty.mkdir(exist_ok=True)
    with open_scene_window(SystemClock(), empty) as (desktop, window):
        desktop.window.resize(px(WIDTH), px(HEIGHT))
        scene(window)
        QTest.qWait(80)
        return cut_words(desktop.window)


@pytest.mark.parametrize("font", FONTS, indirect=True)
@pytest.mark.parametrize("name", ["enrol", "spent"])
def test_no_code_and_no_word_of_a_card_is_cut(font: QFont, name: str, tmp_path: Path) -> None:
    assert cut_in(SCENES[name], tmp_path) == []
    assert px(100) == round(100 * font.pixelSize() / 13)
    assert wide(100) >= px(100)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("font", FONTS, indirect=True)
@pytest.mark.usefixtures("font")
def test_no_word_of_any_scene_is_cut(tmp_path: Path) -> None:
    cut = {name: cut_in(scene, tmp_path / name) for name, scene in SCENES.items()}
    assert {name: words for name, words in cut.items() if words} == {}


def opened(parent: QWidget) -> QFileDialog:
    dialog = parent.findChildren(QFileDialog)[-1]
    QTest.qWaitForWindowExposed(dialog)
    return dialog


Location = QStandardPaths.StandardLocation


@pytest.fixture
def parent(qtbot: QtBot, qapp: QApplication) -> QWidget:
    Theme(qapp, Qt.ColorScheme.Light).apply()
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def persons(location: QStandardPaths.StandardLocation) -> Path:
    """Return a folder of this person, or the home where there is no such folder."""
    folder = Path(QStandardPaths.writableLocation(location))
    return folder if folder.exists() else Path.home()


def test_a_chooser_opens_in_the_persons_folder_and_then_where_they_chose_last(
    parent: QWidget, tmp_path: Path
) -> None:
    chosen: list[list[str]] = []
    choose_uploads(parent, chosen.append)
    first = opened(parent)
    assert Path(first.directory().path()) == persons(Location.DocumentsLocation)
    files = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for file in files:
        file.write_text("1")
    choose(first, *map(str, files))
    assert chosen == [list(map(str, files))]
    choose_uploads(parent, chosen.append)
    again = opened(parent)
    assert Path(again.directory().path()) == tmp_path
    choose_download_folder(parent, lambda _folder: None)
    assert Path(opened(parent).directory().path()) == persons(Location.DownloadLocation)


def test_the_lists_of_a_chooser_have_a_frame(parent: QWidget) -> None:
    choose_uploads(parent, lambda _paths: None)
    dialog = opened(parent)
    (tree,) = dialog.findChildren(QTreeView)
    edge = tree.mapTo(dialog, QPoint(0, tree.height() // 2))
    picture = dialog.grab().toImage()
    assert picture.pixelColor(edge) != picture.pixelColor(edge + QPoint(3, 0))
