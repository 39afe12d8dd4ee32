"""The window as the command ``app`` puts it together, signed in, with a heartbeat on its loop."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from ferrygate import bootstrap
from ferrygate.__main__ import MANY_OBJECTS
from ferrygate.app.automation.window_driver import WindowDriver
from ferrygate.app.desktop import Desktop
from ferrygate.app.options import AppOptions
from ferrygate.common.clock import Clock, SystemClock
from ferrygate.common.environment import log_level
from ferrygate.common.logs import logging_to
from ferrygate.common.open_files import raise_limit
from ferrygate.common.paths import Home
from ferrygate.common.remote_path import normalise
from ferrygate.engine.engine import Engine
from ferrygate.engine.messages.event import Listener
from ferrygate.sites.connection_file import read_connection_file
from ferrygate.vault.memory import MemoryVault

PERIOD = 0.005
"""Seconds between two beats."""

_MS = 1000


class Heartbeat(QObject):
    """Notes when a precise timer came, on the window's thread."""

    def __init__(self, clock: Clock, parent: QObject) -> None:
        super().__init__(parent)
        self._clock = clock
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(round(PERIOD * _MS))
        self._timer.timeout.connect(self._beat)
        self.beats: list[float] = []

    def start(self) -> None:
        """Begin with a beat."""
        self._beat()
        self._timer.start()

    def stop(self) -> None:
        """End with a beat, so that what blocked the loop until now counts."""
        self._timer.stop()
        self._beat()

    @Slot()
    def _beat(self) -> None:
        self.beats.append(self._clock.monotonic())


@contextmanager
def window_options(site: Path) -> Iterator[AppOptions]:
    """Give the options of a window for a connection file, over the real engine."""
    gc.set_threshold(MANY_OBJECTS)
    raise_limit()
    home, clock = Home.from_environment(os.environ).prepare(), SystemClock()
    with logging_to(home.logs, log_level(os.environ), lambda: "bench") as live_secrets:

        def make_engine(listener: Listener) -> Engine:
            engine = bootstrap.make_engine(listener, home, clock, MemoryVault, live_secrets)
            gc.freeze()
            return engine

        yield AppOptions(
            home=home, opened=read_connection_file(site), make_engine=make_engine, clock=clock
        )


def sign_in(desktop: Desktop, driver: WindowDriver) -> None:
    """Sign in to the site that the window was opened with."""
    driver.click("Use this connection")
    driver.click("Sign in")
    site = desktop.workspace.site
    driver.wait_for_folder(normalise(site.start_folder if site else "/"))


def run_until(desktop: Desktop, condition: Callable[[], bool], every: float = 0.1) -> None:
    """Run the loop as the product does, and look every so many seconds."""
    look = QTimer(desktop)
    look.timeout.connect(lambda: desktop.application.quit() if condition() else None)
    look.start(round(every * _MS))
    desktop.application.exec()
    look.stop()
