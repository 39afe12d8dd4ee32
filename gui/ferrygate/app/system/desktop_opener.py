"""Opens files with the desktop's programs, and shows them in its file manager.

No shell has a part in it. What is started has the environment of this process, from which the
secrets of the start have been taken away.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QUrl
from PySide6.QtGui import QDesktopServices

_SERVICE = "org.freedesktop.FileManager1"
_OBJECT = "/org/freedesktop/FileManager1"
_WINDOWS = "C:\\Windows"
_ANSWER_MS = 3000  # a file manager that has to be started first takes its time


def show_command(platform: str, path: str, windows: str) -> tuple[str, list[str]] | None:
    """Return the program that shows a file in its folder, and its arguments; none on Linux.

    Args:
        platform: as ``sys.platform``.
        path: the file.
        windows: the folder of Windows, so that no other program of that name is started.
    """
    if platform == "win32":
        return str(Path(windows, "explorer.exe")), ["/select,", path.replace("/", "\\")]
    if platform == "darwin":
        return "/usr/bin/open", ["-R", path]
    return None


def show_over_bus(path: str, shown: Callable[[bool], None], owner: QObject) -> None:
    """Ask the file manager of a Linux desktop to show a file; ``shown`` is called with the outcome.

    Nothing is waited for: a blocking call would hold the interpreter, and the window with it.
    """
    from PySide6.QtDBus import (  # noqa: PLC0415  seldom used
        QDBusConnection,
        QDBusMessage,
        QDBusPendingCallWatcher,
    )

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        shown(False)  # noqa: FBT003  as it is told
        return
    address = QUrl.fromLocalFile(path).toString(QUrl.ComponentFormattingOption.FullyEncoded)
    call = QDBusMessage.createMethodCall(_SERVICE, _OBJECT, _SERVICE, "ShowItems")
    call.setArguments([[address], ""])
    watcher = QDBusPendingCallWatcher(bus.asyncCall(call, _ANSWER_MS), owner)

    def answered(_watcher: QDBusPendingCallWatcher) -> None:
        shown(not watcher.isError())
        watcher.deleteLater()

    watcher.finished.connect(answered)


def start_program(program: str, arguments: Sequence[str]) -> bool:
    """Start a program that goes on by itself; tell whether it was started."""
    started, _process = QProcess.startDetached(program, list(arguments))
    return started


class DesktopOpener(QObject):
    """Opens files and shows folders by this computer's desktop."""

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        platform: str = sys.platform,
        start: Callable[[str, Sequence[str]], bool] = start_program,
        over_bus: Callable[[str, Callable[[bool], None], QObject], None] = show_over_bus,
    ) -> None:
        """Take the system's ways.

        Args:
            parent: Qt's owner.
            platform: as ``sys.platform``.
            start: as :func:`start_program`.
            over_bus: as :func:`show_over_bus`.
        """
        super().__init__(parent)
        self._platform = platform
        self._start = start
        self._over_bus = over_bus

    def open(self, path: str) -> bool:
        """See :class:`FileOpener`."""
        return QDesktopServices.openUrl(QUrl.fromLocalFile(path))

    def show(self, path: str, shown: Callable[[bool], None]) -> None:
        """See :class:`FileOpener`."""
        command = show_command(self._platform, path, os.environ.get("SYSTEMROOT", _WINDOWS))
        if command is None:
            self._over_bus(path, shown, self)
        else:
            shown(self._start(*command))
