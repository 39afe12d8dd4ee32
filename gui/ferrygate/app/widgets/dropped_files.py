"""What a drop brings."""

from __future__ import annotations

from PySide6.QtCore import QMimeData


def dropped_files(data: QMimeData) -> list[str]:
    """Paths of the local files and folders in a drop; web addresses are left out."""
    return [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
