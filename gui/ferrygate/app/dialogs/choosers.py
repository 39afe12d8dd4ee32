"""The system's file choosers, opened beside the window and never waited for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QDir, QStandardPaths, Qt, QUrl
from PySide6.QtWidgets import QFileDialog, QWidget

from ferrygate.app.widgets.dropped_files import local_paths
from ferrygate.common.i18n import _

Location = QStandardPaths.StandardLocation
_DOWNLOADS, _HOME = Location.DownloadLocation, Location.HomeLocation
_LAST = "last-folder"  # a property of the window


def choose_connection_file(parent: QWidget, chosen: Callable[[str], None]) -> None:
    """Ask for a connection file."""
    dialog = _dialog(parent, _("Open a connection file"), QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilter(_("Connection files (*.ferrygate)"))
    dialog.urlSelected.connect(partial(_tell_one, chosen))
    dialog.open()


def choose_picture(parent: QWidget, chosen: Callable[[str], None]) -> None:
    """Ask for a picture of a QR code."""
    dialog = _dialog(
        parent, _("Choose the picture of your QR code"), QFileDialog.FileMode.ExistingFile
    )
    dialog.setNameFilter(_("Pictures (*.png *.jpg *.jpeg *.gif *.bmp *.webp)"))
    dialog.urlSelected.connect(partial(_tell_one, chosen))
    dialog.open()


def choose_uploads(parent: QWidget, chosen: Callable[[list[str]], None]) -> None:
    """Ask for files to upload."""
    dialog = _dialog(parent, _("Choose files to upload"), QFileDialog.FileMode.ExistingFiles, _HOME)
    dialog.urlsSelected.connect(partial(_tell, chosen))
    dialog.open()


def choose_download_folder(parent: QWidget, chosen: Callable[[str], None]) -> None:
    """Ask where downloads go."""
    dialog = _dialog(parent, _("Choose where to download to"), QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.urlSelected.connect(partial(_tell_one, chosen))
    dialog.open()


def download_folder() -> str:
    """The person's folder for downloads."""
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)


def arrival_folders() -> tuple[Path, ...]:
    """Return the folders in which files from mails and web pages arrive."""
    desktop = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DesktopLocation)
    return Path(download_folder()), Path(desktop)


def _tell(chosen: Callable[[list[str]], None], urls: list[QUrl]) -> None:
    """Hand on what is on this computer of a choice, bytes that are no UTF-8 included."""
    chosen(local_paths(urls))


def _tell_one(chosen: Callable[[str], None], url: QUrl) -> None:
    for path in local_paths([url]):
        chosen(path)


def _dialog(
    parent: QWidget, title: str, mode: QFileDialog.FileMode, first: Location = _DOWNLOADS
) -> QFileDialog:
    """Make a chooser that opens where the person chose something of that kind before.

    In this run of the program, that is, or else in a folder of theirs: never in the one that the
    program happened to be started in.
    """
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(mode)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    window = parent.window()
    kind = f"{_LAST}-{title}"
    dialog.setDirectoryUrl(window.property(kind) or _existing(first))

    def remember(url: QUrl) -> None:
        is_folder = mode is QFileDialog.FileMode.Directory
        window.setProperty(kind, url if is_folder else url.resolved(QUrl(".")))

    dialog.urlSelected.connect(remember)
    dialog.urlsSelected.connect(lambda urls: remember(urls[0]))
    return dialog


def _existing(location: Location) -> QUrl:
    folder = QStandardPaths.writableLocation(location)
    return QUrl.fromLocalFile(folder if QDir(folder).exists() else QDir.homePath())
