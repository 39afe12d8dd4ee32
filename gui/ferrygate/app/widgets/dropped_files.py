"""Reads the local paths that a drop or a file chooser brings."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from platform import node
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QUrl

# RFC 8089, encoded: what separates the parts of an address is escaped in a name.
_FILE = re.compile(rb"file:(?://([^/?#]*))?([^?#]*)")


def brings_files(data: QMimeData) -> bool:
    """Tell whether a drop has a local file or folder; a drag over the window asks this often."""
    return any(map(_local_path, data.urls()))


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
    if sys.platform == "win32":  # names are UTF-16, and a host is that of a share
        return url.toLocalFile()
    # Qt is asked once: each call costs as much as the rest, and a drop may bring thousands.
    found = _FILE.match(url.toEncoded().data())
    if found is None:
        return ""
    host, path = found.groups()
    if host and host.decode("ascii").casefold() not in {"localhost", node().casefold()}:
        return ""
    return os.fsdecode(unquote_to_bytes(path))
