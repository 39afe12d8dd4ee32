"""This computer's files, in the words used for the remote ones."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QDir, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QFileSystemModel

from ferrygate.common.text import size_text

_SIZE = 1


class LocalModel(QFileSystemModel):
    """Extends Qt's model, which reads folders on a thread, by Ferrygate's way to write sizes."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setOption(QFileSystemModel.Option.DontUseCustomDirectoryIcons)
        self.setFilter(QDir.Filter.AllEntries | QDir.Filter.NoDotAndDotDot | QDir.Filter.AllDirs)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Qt's words, without the empty picture it puts before the first; numbers to the right."""
        if role == Qt.ItemDataRole.DecorationRole:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == _SIZE:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return super().headerData(section, orientation, role)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if index.isValid() and index.column() == _SIZE and role == Qt.ItemDataRole.DisplayRole:
            return "" if self.isDir(index) else size_text(self.size(index))
        return super().data(index, role)
