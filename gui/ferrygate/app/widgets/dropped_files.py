"""Reads the local paths that a drop or a file chooser brings."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from platform import node
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QUrl

_FILE = "file"


def dropped_files(data: QMimeData) -> list[str]:
    """Paths of the local files and folders in a drop; web addresses are left out."""
    return local_paths(data.urls())


def local_paths(urls: Iterable[QUrl]) -> list[str]:
    """The paths of those addresses that lead to files on this computer.

    A name's bytes need not be UTF-8 (PEP 383), which Qt's own way to a path would lose. Some file
    managers name this computer in the address.
    """
    return [path for url in urls if (path := _local_path(url))]


def _local_path(url: QUrl) -> str:
    if url.scheme() != _FILE:
        return ""
    if sys.platform == "win32":  # names are UTF-16, and a host is that of a share
        return url.toLocalFile()
    if url.host().casefold() not in {"", "localhost", node().casefold()}:
        return ""
    encoded = url.path(QUrl.ComponentFormattingOption.FullyEncoded)
    return os.fsdecode(unquote_to_bytes(encoded))
