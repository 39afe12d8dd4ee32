"""The system's file choosers, opened beside the window and never waited for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from ferrygate.common.i18n import _


def choose_connection_file(parent: QWidget, chosen: Callable[[str], None]) -> None:
    """Ask for a connection file."""
    dialog = _dialog(parent, _("Open a connection file"), QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilter(_("Connection files (*.ferrygate)"))
    dialog.fileSelected.connect(chosen)
    dialog.open()


def choose_picture(parent: QWidget, chosen: Callable[[str], None]) -> None:
    """Ask for a picture of a QR code."""
    dialog = _dialog(
        parent, _("Choose the picture of your QR code"), QFileDialog.FileMode.ExistingFile
    )
    dialog.setNameFilter(_("Pictures (*.png *.jpg *.jpeg *.gif *.bmp *.webp *.tif *.tiff)"))
    dialog.fileSelected.connect(chosen)
    dialog.open()


def choose_uploads(parent: QWidget, chosen: Callable[[list[str]], None]) -> None:
    """Ask for files to upload."""
    dialog = _dialog(parent, _("Choose files to upload"), QFileDialog.FileMode.ExistingFiles)
    dialog.filesSelected.connect(chosen)
    dialog.open()


def choose_download_folder(parent: QWidget, chosen: Callable[[str], None]) -> None:
    """Ask where downloads go."""
    dialog = _dialog(parent, _("Choose where to download to"), QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.setDirectory(download_folder())
    dialog.fileSelected.connect(chosen)
    dialog.open()


def download_folder() -> str:
    """The person's folder for downloads."""
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)


def _dialog(parent: QWidget, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(mode)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
