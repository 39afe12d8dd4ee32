"""Opens the system's file choosers beside the window, without waiting for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QDir, QStandardPaths, Qt, QTimer, QUrl
from PySide6.QtWidgets import QFileDialog, QWidget

from ferrygate.app.presenters.run_in_background import RunInBackground
from ferrygate.app.widgets.dropped_files import local_paths
from ferrygate.common.i18n import _
from ferrygate.sites.arrived_files import only_file

Location = QStandardPaths.StandardLocation
_DOWNLOADS, _DOCUMENTS = Location.DownloadLocation, Location.DocumentsLocation
_LAST = "last-folder"  # a property of the window
_DISK_TIMEOUT_MS = 300  # with a disk: about as long as people take a click for answered
_ENDING = re.compile(r"\*(\.\w+)")  # in a name filter


def choose_connection_file(
    parent: QWidget, background: RunInBackground, chosen: Callable[[str], None]
) -> None:
    """Ask for a connection file."""
    kinds = _("Connection files (*.ferrygate)")
    _choose_file(parent, _("Open a connection file"), kinds, background, chosen)


def choose_picture(
    parent: QWidget,
    background: RunInBackground,
    chosen: Callable[[str], None],
    *,
    beside: Path | None = None,
) -> None:
    """Ask for a picture of a QR code; ``beside`` is the folder that probably has it."""
    kinds = _("Pictures (*.png *.jpg *.jpeg *.gif *.bmp *.webp)")
    first = QUrl.fromLocalFile(str(beside)) if beside is not None else None
    _choose_file(parent, _("Choose the picture of your QR code"), kinds, background, chosen, first)


def choose_uploads(parent: QWidget, chosen: Callable[[list[str]], None]) -> None:
    """Ask for files to upload."""
    title = _("Choose files to upload")
    _dialog(parent, title, QFileDialog.FileMode.ExistingFiles, chosen, _existing(_DOCUMENTS)).open()


def choose_download_folder(parent: QWidget, chosen: Callable[[str], None]) -> None:
    """Ask where downloads go."""
    title = _("Choose where to download to")
    dialog = _dialog(parent, title, QFileDialog.FileMode.Directory, _one(chosen))
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.open()


def choose_report(parent: QWidget, name: str, chosen: Callable[[str], None]) -> None:
    """Ask where a report goes; ``name`` is suggested for its file."""
    title = _("Save the report")
    dialog = _dialog(
        parent, title, QFileDialog.FileMode.AnyFile, _one(chosen), _existing(_DOCUMENTS)
    )
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter(_("Web pages (*.html)"))
    dialog.setDefaultSuffix("html")
    dialog.selectFile(name)
    dialog.open()


def download_folder() -> str:
    """Return the person's folder for downloads."""
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)


def arrival_folders() -> tuple[Path, ...]:
    """Return the folders in which files from mails and web pages arrive."""
    desktop = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DesktopLocation)
    return Path(download_folder()), Path(desktop)


def _one(chosen: Callable[[str], None]) -> Callable[[list[str]], None]:
    """Return what tells ``chosen`` of each path."""

    def tell(paths: list[str]) -> None:
        for path in paths:
            chosen(path)

    return tell


def _dialog(
    parent: QWidget,
    title: str,
    mode: QFileDialog.FileMode,
    chosen: Callable[[list[str]], None],
    first: QUrl | None = None,
) -> QFileDialog:
    """Make a chooser that opens where the person chose something of that kind before.

    In this run of the program, that is; or else in the ``first`` folder, or that for downloads:
    never in the one that the program happened to be started in. What is chosen is asked of the
    chooser once it is accepted: Qt's own emits neither ``urlSelected`` nor ``urlsSelected``.
    Addresses keep bytes that are no UTF-8.
    """
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(mode)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    window = parent.window()
    kind = f"{_LAST}-{title}"
    dialog.setDirectoryUrl(window.property(kind) or first or _existing(_DOWNLOADS))

    def tell() -> None:
        urls = dialog.selectedUrls()
        is_folder = mode is QFileDialog.FileMode.Directory
        window.setProperty(kind, urls[0] if is_folder else urls[0].resolved(QUrl(".")))
        chosen(local_paths(urls))

    dialog.accepted.connect(tell)
    return dialog


def _choose_file(
    parent: QWidget,
    title: str,
    kinds: str,
    background: RunInBackground,
    chosen: Callable[[str], None],
    first: QUrl | None = None,
) -> None:
    """Ask for one file; where no other in the folder is of its kind, that one is chosen already.

    The disk is waited for, but not for long: once a chooser is open, nothing is chosen in it but by
    the person, whose field Qt leaves as it is.
    """
    if any(each.windowTitle() == title for each in parent.findChildren(QFileDialog)):
        return  # a double click
    dialog = _dialog(parent, title, QFileDialog.FileMode.ExistingFile, _one(chosen), first)
    dialog.setNameFilter(kinds)
    endings = tuple(_ENDING.findall(kinds))
    is_open = False

    def open_on(only: Path | None = None) -> None:
        nonlocal is_open
        if not is_open:
            is_open = True
            if only is not None:
                dialog.selectUrl(QUrl.fromLocalFile(str(only)))
            dialog.open()

    QTimer.singleShot(_DISK_TIMEOUT_MS, dialog, open_on)
    for folder in local_paths([dialog.directoryUrl()]):
        background(partial(only_file, Path(folder), endings), open_on, lambda _problem: open_on())


def _existing(location: Location) -> QUrl:
    folder = QStandardPaths.writableLocation(location)
    return QUrl.fromLocalFile(folder if QDir(folder).exists() else QDir.homePath())
