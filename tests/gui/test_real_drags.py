"""Drags from another program, with a real pointer and a window manager."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QPushButton

from ferrygate.engine.messages.transfers import Upload
from gui import drag_source
from gui.scripted_engine import tree_of

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from gui.conftest import Rig

    Place = Callable[[Rig], QPoint]

pytestmark = [pytest.mark.gui, pytest.mark.slow]

XDOTOOL = shutil.which("xdotool") or "xdotool"
STEPS = 12
STEP_MS = 30
LAST_MS = 200  # the pointer rests before the button is let go, as a hand does


@contextmanager
def running(*command: str, output: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process that is ended afterwards."""
    with ExitStack() as files:
        out = subprocess.DEVNULL if output is None else files.enter_context(output.open("wb"))
        process = subprocess.Popen(command, stdout=out)
        try:
            yield process
        finally:
            process.terminate()
            process.wait()


class Source:
    """A window of another program, and the pointer that drags out of it."""

    def __init__(self, rig: Rig, output: Path) -> None:
        self._rig = rig
        self._output = output
        rig.driver.wait_for("source", lambda: any(line[:3] == "at " for line in self.lines))
        self._at = QPoint(*map(int, self.lines[0].split()[1:]))

    @property
    def lines(self) -> list[str]:
        """Read what the other program has told."""
        return self._output.read_text().splitlines()

    def do(self, *command: object) -> None:
        """Have xdotool do something, while the window works."""
        process = subprocess.Popen([XDOTOOL, *map(str, command)])
        self._rig.driver.wait_for("xdotool", lambda: process.poll() is not None)
        assert process.returncode == 0

    def drag(self, to: QPoint) -> None:
        """Press on the source and move to a place of the screen, where the pointer rests."""
        self.do("mousemove", self._at.x(), self._at.y(), "mousedown", 1)
        for step in range(1, STEPS + 1):
            place = self._at + (to - self._at) * step / STEPS
            self.do("mousemove", place.x(), place.y())
            self._rig.driver.let_work(STEP_MS)
        self.do("mousemove_relative", 1, 1)
        self._rig.driver.let_work(LAST_MS)

    def drop(self) -> str:
        """Let the button go; how the drag has ended for the source."""
        before = len(self.lines)
        self.do("mouseup", 1)
        self._rig.driver.wait_for("end", lambda: len(self.lines) > before)
        return self.lines[before]


MakeSource = Callable[..., Source]


@pytest.fixture
def manager(qtbot: QtBot) -> Iterator[None]:  # noqa: ARG001  the screen
    """Run a window manager, which decides about the focus."""
    with running("openbox"):
        yield


@pytest.fixture
def make_source(manager: None, signed_in: Rig, tmp_path: Path) -> Iterator[MakeSource]:  # noqa: ARG001
    """Another program beside the window, which is signed in."""
    signed_in.window.move(200, 60)
    output = tmp_path / "source.txt"
    with ExitStack() as stack:

        def make(*addresses: str) -> Source:
            command = (sys.executable, str(drag_source.__file__), *addresses)
            stack.enter_context(running(*command, output=output))
            return Source(signed_in, output)

        yield make


def middle_of(rig: Rig, look: str, name: str) -> QPoint:
    (button,) = (
        each
        for each in rig.window.findChildren(QPushButton)
        if each.property("look") == look and each.accessibleName() == name and each.isVisible()
    )
    return button.mapToGlobal(button.rect().center())


def first_row(rig: Rig) -> QPoint:
    files = rig.window.files.files
    row = files.visualRect(rig.desktop.model.index(0, 0))
    return files.viewport().mapToGlobal(row.center())


def below_rows(rig: Rig) -> QPoint:
    return rig.window.files.files.viewport().mapToGlobal(rig.driver.empty_place())


def folders(rig: Rig) -> list[bytes]:
    return [command.folder for command in rig.engine.commands if isinstance(command, Upload)]


def test_a_drag_over_a_place_goes_there_and_the_keys_follow_it(
    make_source: MakeSource, signed_in: Rig, tmp_path: Path
) -> None:
    file = tmp_path / "report.csv"
    file.write_text("1")
    source = make_source(file.as_uri())
    source.drag(middle_of(signed_in, "place", "inbox"))
    assert signed_in.driver.shows("Upload to inbox")
    assert source.drop() == "taken"
    assert folders(signed_in) == [b"/inbox"]
    signed_in.driver.wait_for("focus", lambda: QApplication.activeWindow() is signed_in.window)
    source.do("type", "secret")
    assert signed_in.window.focusWidget() is signed_in.window.files.files
    assert not [line for line in source.lines if line.startswith("typed")]


@pytest.mark.parametrize(
    ("place", "words", "folder"),
    [
        (below_rows, "Upload to exports", b"/exports"),
        (first_row, "Upload to 2026", b"/exports/2026"),
        (partial(middle_of, look="crumb", name="Home"), "Upload to Home", b"/"),
    ],
    ids=["list", "row", "crumb"],
)
def test_a_drag_says_where_it_goes_and_goes_there(
    make_source: MakeSource, signed_in: Rig, place: Place, words: str, folder: bytes
) -> None:
    signed_in.engine.tree |= tree_of("exports/", "exports/2026/")
    signed_in.workspace.folder.open(b"/exports")
    signed_in.driver.wait_for_folder(b"/exports")
    source = make_source("file:///data/report.csv")
    source.drag(place(signed_in))
    assert signed_in.driver.shows(words)
    assert source.drop() == "taken"
    assert folders(signed_in) == [folder]
    assert not signed_in.driver.shows(words)


def test_a_drag_elsewhere_is_refused_by_the_pointer(
    make_source: MakeSource, signed_in: Rig, tmp_path: Path
) -> None:
    source = make_source((tmp_path / "report.csv").as_uri())
    side = signed_in.window.side
    source.drag(side.mapToGlobal(QPoint(100, side.height() // 2)))
    assert source.drop() == "no"
    assert folders(signed_in) == []


def test_a_web_address_is_taken_to_be_explained(make_source: MakeSource, signed_in: Rig) -> None:
    source = make_source("https://example.org/a.csv")
    port = signed_in.window.files.files.viewport()
    source.drag(port.mapToGlobal(QPoint(60, 150)))
    assert source.drop() == "taken"
    assert signed_in.driver.shows("Download it first, then drop the file.")
