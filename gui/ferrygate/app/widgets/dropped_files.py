"""Reads what a drag or a file chooser brings: local paths, and what else it is.

Programs that make a file only when it is asked for offer no path: mail programs and browsers their
attachments (``x-moz-file-promise``, XDS on X11, FileGroupDescriptor on Windows, promised files on
macOS), phones and archives under Windows likewise. Qt reads ``text/x-moz-url`` as addresses.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from platform import node
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QUrl

from ferrygate.app.models.folder_model import PATHS_FORMAT
from ferrygate.app.presenters.drop_load import DropLoad, LeftOut

# RFC 8089, encoded: what separates the parts of an address is escaped in a name.
_FILE = re.compile(rb"file:(?://([^/?#]*))?([^?#]*)")
_WEB = {"http", "https", "ftp", "ftps", "blob", "view-source"}
_WEB_TEXT = re.compile(r"https?://\S+")
_OF_MAIL = {
    "mailbox",
    "mailbox-message",
    "imap",
    "imap-message",
    "news",
    "news-message",
    "cid",
    "mid",
}
_NO_PLACE = {"", "mailto", "tel", "javascript", "about"}
_ON_DEMAND = (
    "FileGroupDescriptor",
    "x-moz-file-promise",
    "x-moz-message",
    "promised-file",
    "XdndDirectSave0",
)


def dropped_files(data: QMimeData) -> list[str]:
    """Paths of the local files and folders in a drop; web addresses are left out."""
    return local_paths(data.urls())


def read_drop(data: QMimeData) -> DropLoad:
    """Tell what a drag carries."""
    urls = data.urls()
    files: list[str] = []
    left_out: list[LeftOut] = []
    for url in urls:
        path = _local_path(url)
        if path:
            files.append(path)
        else:
            left_out.append(_kind_of_address(url))
    if not urls and not data.hasFormat(PATHS_FORMAT):
        left_out.append(_kind_of_data(data))
    return DropLoad(
        files=tuple(files),
        left_out=tuple(left_out),
        has_picture=data.hasImage(),
        is_own=data.hasFormat(PATHS_FORMAT),
    )


def local_paths(urls: Iterable[QUrl]) -> list[str]:
    """Return the paths of those addresses that lead to files on this computer.

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


def _kind_of_address(url: QUrl) -> LeftOut:
    scheme = url.scheme()
    if scheme in _WEB:
        return LeftOut.WEB_ADDRESS
    if scheme in _OF_MAIL:
        return LeftOut.ON_DEMAND
    if scheme == "data":  # a picture of a web page that is part of the page
        return LeftOut.PICTURE
    return LeftOut.TEXT if scheme in _NO_PLACE else LeftOut.ELSEWHERE


def _kind_of_data(data: QMimeData) -> LeftOut:
    formats = " ".join(data.formats())
    if any(sign in formats for sign in _ON_DEMAND):
        return LeftOut.ON_DEMAND
    if data.hasImage():
        return LeftOut.PICTURE
    if data.hasText() or data.hasHtml():
        is_web = _WEB_TEXT.fullmatch(data.text().strip())
        return LeftOut.WEB_ADDRESS if is_web else LeftOut.TEXT
    return LeftOut.UNKNOWN
