"""The system's file choosers, opened beside the window and never waited for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, QUrl
from PySide6.QtWidgets import QFileDialog, QWidget

from ferrygate.app.widgets.dropped_files import local_paths
from ferrygate.common.i18n import _


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
    dialog = _dialog(parent, _("Choose files to upload"), QFileDialog.FileMode.ExistingFiles)
    dialog.urlsSelected.connect(partial(_tell, chosen))
    dialog.open()


def choose_download_folder(parent: QWidget, chosen: Callable[[str], None]) -> None:
    """Ask where downloads go."""
    dialog = _dialog(parent, _("Choose where to download to"), QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.setDirectory(download_folder())
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


def _dialog(parent: QWidget, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(mode)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
