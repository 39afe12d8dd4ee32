"""Garbage is looked for on the Qt thread, whichever thread asks: Qt's objects belong to it."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ferrygate.app.bridge.qt_garbage import collector_on_qt_thread

pytestmark = pytest.mark.gui


class InCycle(QWidget):
    """A widget that nothing but itself refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.itself = self


@pytest.fixture
def by_hand() -> Iterator[None]:
    """Have nothing collected but what a test asks for."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("by_hand")
def test_what_another_thread_has_collected_is_destroyed_on_the_qt_thread(qtbot: QtBot) -> None:
    collect = collector_on_qt_thread()
    threads: list[threading.Thread] = []
    InCycle().destroyed.connect(
        lambda: threads.append(threading.current_thread()), Qt.ConnectionType.DirectConnection
    )
    engine = threading.Thread(target=collect)
    engine.start()
    engine.join()
    assert threads == []
    qtbot.waitUntil(lambda: bool(threads))
    assert threads == [threading.main_thread()]
