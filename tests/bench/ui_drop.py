"""``python -m bench.ui_drop SITE FILES``: one drop into the window, and how late its loop was.

The window, its presenters, the bridge and the real engine are one process, put together as the
command ``app`` does it; the server is another. The files are dropped on the list by the events
that a file manager's drop brings. From the drop until the window says that all is delivered and
the list shows the files, a precise timer beats every 5 ms on the window's thread, in Python, as a
click's handler is; :func:`bench.lateness.lateness` makes figures of its beats. One line of JSON
goes to standard output.
"""

from __future__ import annotations

import gc
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Qt, QTimer, Slot

from bench.bars import Round
from bench.lateness import lateness, percentile
from ferrygate import bootstrap
from ferrygate.__main__ import MANY_OBJECTS
from ferrygate.app.desktop import Desktop
from ferrygate.app.driver import Driver, carried, driven
from ferrygate.app.options import AppOptions
from ferrygate.common.clock import Clock, SystemClock
from ferrygate.common.environment import log_level
from ferrygate.common.logs import logging_to
from ferrygate.common.open_files import raise_limit
from ferrygate.common.paths import Home
from ferrygate.common.remote_path import normalise
from ferrygate.engine.engine import Engine
from ferrygate.engine.messages import Listener
from ferrygate.sites.connection_file import read_connection_file
from ferrygate.vault.memory import MemoryVault

_PERIOD = 0.005
_MS = 1000


class Heartbeat(QObject):
    """Notes when a precise timer came, on the window's thread."""

    def __init__(self, clock: Clock, parent: QObject) -> None:
        super().__init__(parent)
        self._clock = clock
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(round(_PERIOD * _MS))
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


def drop(options: AppOptions, files: list[Path]) -> Round:
    """Sign in, drop the files, and wait until they are delivered and listed."""
    with driven(options) as (desktop, driver):
        _sign_in(desktop, driver)
        heart, data = Heartbeat(options.clock, desktop), carried(files)
        processor = _processor_seconds()
        heart.start()
        driver.drop_data(data, driver.empty_place())
        _run_until(desktop, lambda: _is_over(desktop, len(files)))
        heart.stop()
        processor = _processor_seconds() - processor
    late = lateness(heart.beats, _PERIOD)
    return Round(
        value=percentile(late, 0.99) * _MS,
        beside={
            "p50_ms": percentile(late, 0.5) * _MS,
            "p95_ms": percentile(late, 0.95) * _MS,
            "max_ms": max(late) * _MS,
            "seconds": heart.beats[-1] - heart.beats[0],
            "processor_seconds": processor,
        },
    )


def _sign_in(desktop: Desktop, driver: Driver) -> None:
    driver.click("Use this connection")
    driver.click("Sign in")
    site = desktop.workspace.site
    driver.wait_for_folder(normalise(site.start_folder if site else "/"))


def _is_over(desktop: Desktop, files: int) -> bool:
    is_listed = desktop.model.rowCount() >= files and not desktop.workspace.folder.view.is_reading
    return is_listed and desktop.workspace.transfers.delivered == 1


def _run_until(desktop: Desktop, condition: Callable[[], bool]) -> None:
    """Run the loop as the product does, and look now and then."""
    look = QTimer(desktop)
    look.timeout.connect(lambda: desktop.application.quit() if condition() else None)
    look.start(100)
    desktop.application.exec()
    look.stop()


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main(site: Path, folder: Path) -> None:
    """Put the window together as ``app`` does, and print what a drop was like."""
    gc.set_threshold(MANY_OBJECTS)
    raise_limit()
    home, clock = Home.from_environment(os.environ).prepare(), SystemClock()
    files = sorted(folder.iterdir())
    with logging_to(home.logs, log_level(os.environ), lambda: "bench") as live_secrets:

        def make_engine(listener: Listener) -> Engine:
            engine = bootstrap.make_engine(listener, home, clock, MemoryVault, live_secrets)
            gc.freeze()
            return engine

        options = AppOptions(
            home=home, opened=read_connection_file(site), make_engine=make_engine, clock=clock
        )
        found = drop(options, files)
    sys.stdout.write(msgspec.json.encode(found).decode() + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
