"""Each system shows a file in its folder in a way of its own: explorer, finder, program or bus."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QObject

from ferrygate.app.system.desktop_opener import DesktopOpener, show_command

_RUN_SESSION = shutil.which("dbus-run-session") or ""
_GUI = Path(__file__).parents[2] / "gui"
_MANAGER = """
import sys
sys.path.insert(0, {gui!r})
from PySide6.QtCore import ClassInfo, QCoreApplication, QObject, Slot
from PySide6.QtDBus import QDBusConnection
from ferrygate.app.system.desktop_opener import show_over_bus

@ClassInfo(**{{"D-Bus Interface": "org.freedesktop.FileManager1"}})
class Manager(QObject):
    @Slot("QStringList", str)
    def ShowItems(self, addresses, startup):
        print(list(addresses), repr(startup), flush=True)

def shown(well):
    print(well, flush=True)
    application.quit()

application = QCoreApplication([])
bus = QDBusConnection.connectToBus(QDBusConnection.BusType.SessionBus, "manager")
if {serves}:
    assert bus.registerService("org.freedesktop.FileManager1")
    manager = Manager()
    assert bus.registerObject(
        "/org/freedesktop/FileManager1", manager, QDBusConnection.RegisterOption.ExportAllSlots
    )
owner = QObject()
show_over_bus(sys.argv[1], shown, owner)
application.exec()
"""


def test_windows_selects_the_file_in_its_own_explorer() -> None:
    command = show_command("win32", "D:/ann/a b.csv", "C:\\Windows")
    assert command is not None
    program, arguments = command
    assert program.replace("/", "\\") == "C:\\Windows\\explorer.exe"
    assert arguments == ["/select,", "D:\\ann\\a b.csv"]


def test_macos_reveals_the_file_in_its_finder() -> None:
    path = "/srv/ann/-a; b.csv"
    assert show_command("darwin", path, "") == ("/usr/bin/open", ["-R", path])


@pytest.mark.parametrize("works", [True, False])
def test_a_program_is_started_where_that_is_the_way(*, works: bool) -> None:
    started: list[Sequence[str]] = []

    def start(program: str, arguments: Sequence[str]) -> bool:
        started.append([program, *arguments])
        return works

    told: list[bool] = []
    DesktopOpener(platform="darwin", start=start).show("/a.csv", told.append)
    assert told == [works]
    assert started == [["/usr/bin/open", "-R", "/a.csv"]]


@pytest.mark.parametrize("works", [True, False])
def test_a_linux_desktop_is_asked_over_its_bus(*, works: bool) -> None:
    def over_bus(path: str, shown: Callable[[bool], None], _owner: QObject) -> None:
        assert path == "/a.csv"
        shown(works)

    told: list[bool] = []
    DesktopOpener(platform="linux", over_bus=over_bus).show("/a.csv", told.append)
    assert told == [works]


@pytest.mark.skipif(sys.platform != "linux", reason="the bus of Linux desktops")
@pytest.mark.skipif(not _RUN_SESSION, reason="no bus here")
@pytest.mark.parametrize("serves", [True, False])
def test_a_file_manager_on_the_bus_shows_the_file(tmp_path: Path, *, serves: bool) -> None:
    """On a bus of its own, in a process of its own."""
    file = tmp_path / "a b#c%.csv"
    file.touch()
    script = _MANAGER.format(gui=str(_GUI), serves=serves)
    done = subprocess.run(
        [_RUN_SESSION, "--", sys.executable, "-c", script, str(file)],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    lines = done.stdout.splitlines()
    if serves:
        address = f"file://{tmp_path}/a%20b%23c%25.csv"
        assert lines == [f"[{address!r}] ''", "True"]
    else:
        assert lines == ["False"]
