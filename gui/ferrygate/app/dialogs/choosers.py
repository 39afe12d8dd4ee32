"""The system's file choosers, opened beside the window and never waited for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDir, QStandardPaths, Qt, QUrl
from PySide6.QtWidgets import QFileDialog, QWidget

from ferrygate.app.widgets.dropped_files import local_paths
from ferrygate.common.i18n import _

Location = QStandardPaths.StandardLocation
_DOWNLOADS, _DOCUMENTS = Location.DownloadLocation, Location.DocumentsLocation
_LAST = "last-folder"  # a property of the window


def choose_connection_file(parent: QWidget, chosen: Callable[[str], None]) -> None:
    """Ask for a connection file."""
    title = _("Open a connection file")
    dialog = _dialog(parent, title, QFileDialog.FileMode.ExistingFile, _one(chosen))
    dialog.setNameFilter(_("Connection files (*.ferrygate)"))
    dialog.open()


def choose_picture(parent: QWidget, chosen: Callable[[str], None]) -> None:
    """Ask for a picture of a QR code."""
    title = _("Choose the picture of your QR code")
    dialog = _dialog(parent, title, QFileDialog.FileMode.ExistingFile, _one(chosen))
    dialog.setNameFilter(_("Pictures (*.png *.jpg *.jpeg *.gif *.bmp *.webp)"))
    dialog.open()


def choose_uploads(parent: QWidget, chosen: Callable[[list[str]], None]) -> None:
    """Ask for files to upload."""
    title = _("Choose files to upload")
    _dialog(parent, title, QFileDialog.FileMode.ExistingFiles, chosen, _DOCUMENTS).open()


def choose_download_folder(parent: QWidget, chosen: Callable[[str], None]) -> None:
    """Ask where downloads go."""
    title = _("Choose where to download to")
    dialog = _dialog(parent, title, QFileDialog.FileMode.Directory, _one(chosen))
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.open()


def download_folder() -> str:
    """The person's folder for downloads."""
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
    first: Location = _DOWNLOADS,
) -> QFileDialog:
    """Make a chooser that opens where the person chose something of that kind before.

    In this run of the program, that is, or else in a folder of theirs: never in the one that the
    program happened to be started in. What is chosen is asked of the chooser once it is accepted:
    Qt's own emits neither ``urlSelected`` nor ``urlsSelected``. Addresses keep bytes that are no
    UTF-8.
    """
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(mode)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    window = parent.window()
    kind = f"{_LAST}-{title}"
    dialog.setDirectoryUrl(window.property(kind) or _existing(first))

    def tell() -> None:
        urls = dialog.selectedUrls()
        is_folder = mode is QFileDialog.FileMode.Directory
        window.setProperty(kind, urls[0] if is_folder else urls[0].resolved(QUrl(".")))
        chosen(local_paths(urls))

    dialog.accepted.connect(tell)
    return dialog


def _existing(location: Location) -> QUrl:
    folder = QStandardPaths.writableLocation(location)
    return QUrl.fromLocalFile(folder if QDir(folder).exists() else QDir.homePath())
