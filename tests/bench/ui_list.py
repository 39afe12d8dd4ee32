"""``python -m bench.ui_list SITE FOLDER ROWS``: how long the window stands with a large folder.

The window, its presenters, the bridge and the real engine are one process; the server is another.
The folder is opened, scrolled, selected, let go, selected and read again, sorted by each column and
filtered, by the events that wheel, mouse and keys bring. A precise timer beats every 5 ms on the
window's thread (:mod:`bench.ui_rig`). The pause of an act is by how much the latest beat was late
until the window had painted what the act changed: how long a click would have waited. One line of
JSON goes to standard output: what was found for each bar, by its name.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

import msgspec
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHeaderView, QWidget

from bench import bars
from bench.bars import Round
from bench.lateness import lateness, percentile
from bench.ui_rig import PERIOD, Heartbeat, run_until, sign_in, window_options
from ferrygate.app.automation.window_driver import driven
from ferrygate.app.desktop import Desktop
from ferrygate.app.models.folder_columns import Column
from ferrygate.app.options import AppOptions

_MS = 1000
_MIB = 1 << 20
_QUIET_SECONDS = 0.25  # after an act: some paints
_STEPS = 40  # of the wheel
_NOTCH = 120
_NO_KEY = Qt.KeyboardModifier.NoModifier
_LEFT = Qt.MouseButton.LeftButton


class ListBench:
    """The hands and the stopwatch."""

    def __init__(self, desktop: Desktop, options: AppOptions) -> None:
        self._desktop = desktop
        self._clock = options.clock
        self._panel = desktop.window.files
        self._files = desktop.window.files.files
        self._heart = Heartbeat(options.clock, desktop)

    def open(self, folder: Path, rows: int) -> tuple[Round, Round]:
        """Open the folder: how late the loop was while rows came, and its longest pause."""
        began = self._clock.monotonic()
        first = 0.0

        def is_listed() -> bool:
            nonlocal first
            if not first and self._desktop.model.rowCount():
                first = self._clock.monotonic() - began
            return self._has(rows)

        late = self._watched(
            lambda: self._desktop.workspace.folder.open(str(folder).encode()), is_listed
        )
        seconds = self._heart.beats[-1] - self._heart.beats[0] - _QUIET_SECONDS
        beside = {
            "p50_ms": percentile(late, 0.5) * _MS,
            "max_ms": max(late) * _MS,
            "first_rows_ms": first * _MS,
            "seconds": seconds,
        }
        return Round(value=percentile(late, 0.99) * _MS, beside=beside), Round(
            value=max(late) * _MS
        )

    def scroll(self) -> Round:
        """Turn the wheel, and page down as often."""
        pauses = [self._pause(self._turn_wheel, 0.03) for _step in range(_STEPS)]
        pauses += [self._pause(lambda: self._press(Qt.Key.Key_PageDown), 0.03) for _ in range(10)]
        return Round(value=max(pauses))

    def select_all(self) -> Round:
        """Press Ctrl+A, and read what is selected, as Download does."""
        pause = self._pause(lambda: self._press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier))
        read = self._pause(self._files.selected_names)
        return Round(value=pause, beside={"read_ms": read})

    def deselect(self) -> None:
        """Click one row."""
        self._pause(lambda: self._click(self._files.viewport(), QPoint(90, 90)))

    def refresh(self, rows: int) -> Round:
        """Press F5 with all rows selected; the pause is the longest until the new list is shown."""
        self.select_all()
        late = self._watched(lambda: self._press(Qt.Key.Key_F5), lambda: self._has(rows))
        if len(self._files.selected_names()) != rows:
            raise RuntimeError("a refresh lost the selection")
        return Round(value=max(late) * _MS)

    def sort(self) -> Round:
        """Click each column's head twice, with all rows selected."""
        pauses = {
            f"{column.name.lower()}_{turn}_ms": self._pause(partial(self._click_head, column))
            for column in (Column.SIZE, Column.MODIFIED, Column.KIND, Column.NAME)
            for turn in ("up", "down")
        }
        return Round(value=max(pauses.values()), beside=pauses)

    def filter(self) -> Round:
        """Type into the filter, letter by letter, and clear it again."""
        field = self._panel.bar.filter
        pauses = [self._pause(partial(QTest.keyClicks, field, key)) for key in "99.x"]
        pauses += [self._pause(lambda: QTest.keyClick(field, Qt.Key.Key_Backspace)) for _ in "99.x"]
        return Round(value=max(pauses))

    # ------------------------------------------------------------ inside

    def _has(self, rows: int) -> bool:
        view = self._desktop.workspace.folder.view
        return not view.is_reading and self._desktop.model.rowCount() == rows

    def _watched(self, act: Callable[[], object], is_over: Callable[[], bool]) -> list[float]:
        self._heart.beats.clear()
        self._heart.start()
        act()
        run_until(self._desktop, is_over)
        self._rest(_QUIET_SECONDS)
        self._heart.stop()
        return lateness(self._heart.beats, PERIOD)

    def _pause(self, act: Callable[[], object], quiet: float = _QUIET_SECONDS) -> float:
        """Milliseconds that the loop stood for an act and its paint."""
        self._heart.beats.clear()
        self._heart.start()
        act()
        self._rest(quiet)
        self._heart.stop()
        return max(now - before - PERIOD for before, now in pairwise(self._heart.beats)) * _MS

    def _rest(self, seconds: float) -> None:
        end = self._clock.monotonic() + seconds
        run_until(self._desktop, lambda: self._clock.monotonic() >= end, every=PERIOD)

    def _press(self, key: Qt.Key, held: Qt.KeyboardModifier = _NO_KEY) -> None:
        QTest.keyClick(self._files, key, held)

    def _click(self, widget: QWidget, place: QPoint) -> None:
        QTest.mouseClick(widget, _LEFT, _NO_KEY, place)

    def _click_head(self, column: Column) -> None:
        header: QHeaderView = self._files.horizontalHeader()
        place = QPoint(header.sectionViewportPosition(column) + 30, header.height() // 2)
        self._click(header.viewport(), place)

    def _turn_wheel(self) -> None:
        port = self._files.viewport()
        place = QPointF(port.rect().center())
        turn = QWheelEvent(
            place,
            port.mapToGlobal(place),
            QPoint(),
            QPoint(0, -_NOTCH),
            Qt.MouseButton.NoButton,
            _NO_KEY,
            Qt.ScrollPhase.NoScrollPhase,
            False,  # noqa: FBT003  Qt's signature
        )
        self._desktop.application.sendEvent(port, turn)


def resident_bytes() -> int:
    """Read how much memory of this process is in use now, in bytes (proc(5), VmRSS)."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def measure(options: AppOptions, folder: Path, rows: int) -> dict[str, Round]:
    """Work through the list; what was found, by the names of bars."""
    with driven(options) as (desktop, driver):
        sign_in(desktop, driver)
        before = resident_bytes() / _MIB
        bench = ListBench(desktop, options)
        found: dict[str, Round] = {}
        found[bars.ROWS_COME.name], found[bars.ROWS_PAUSE.name] = bench.open(folder, rows)
        listed = resident_bytes() / _MIB
        found[bars.SCROLL.name] = bench.scroll()
        found[bars.SELECT_ALL.name] = bench.select_all()
        bench.deselect()
        beside = {"before_mib": before, "listed_mib": listed}
        found[bars.MEMORY.name] = Round(value=resident_bytes() / _MIB, beside=beside)
        found[bars.REFRESH.name] = bench.refresh(rows)
        found[bars.SORT.name] = bench.sort()
        found[bars.FILTER.name] = bench.filter()
        found[bars.MEMORY.name].beside["at_the_end_mib"] = resident_bytes() / _MIB
    return found


def main(site: Path, folder: Path, rows: int) -> None:
    """Put the window together as ``app`` does, and print what was found."""
    with window_options(site) as options:
        found = measure(options, folder, rows)
    sys.stdout.write(msgspec.json.encode(found).decode() + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
