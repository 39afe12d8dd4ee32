"""Marks fetched files as come from elsewhere, in the way of this computer's system.

Windows and macOS ask before they run what is marked, and office programs open it guarded:

- Windows keeps the mark in a second stream of the file, ``Zone.Identifier`` ([MS-FSCC] §5.6.1).
- macOS keeps it in the attribute ``com.apple.quarantine``.
- Linux has ``user.xdg.origin.url``, which tells a person where a file is from
  (freedesktop.org, CommonExtendedAttributes), and which curl and browsers write as well.

The address that is kept names the server and the path, and neither the user nor a secret. A disk
that keeps no such marks (FAT, some network disks) takes the file without one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Protocol
from urllib.parse import quote_from_bytes

from ferrygate.common.clock import Clock
from ferrygate.common.disk import Disk, OpenFile

_DEFAULT_PORT = 22
_INTERNET = 3  # URLZONE_INTERNET
_MAX_URL_CHARACTERS = (
    2083  # characters; programs of Windows fail with longer ones, as browsers note
)
_DOWNLOADED = "0081"  # flags of a file that a program has fetched
_AGENT = "Ferrygate"


class Mark(Protocol):
    """Marks a file that is not under its name yet."""

    def __call__(self, file: OpenFile, path: str, url: str, /) -> None:
        """Mark an open file.

        Args:
            file: open for writing.
            path: its path now.
            url: where it comes from.

        Raises:
            OSError: the disk keeps no marks.
        """


class OriginMark:
    """Marks what is fetched from one server."""

    def __init__(self, host: str, port: int, mark: Mark) -> None:
        """Take the server's address, as DNS has it, and the way of this system."""
        self._beginning = _beginning(host, port)
        self._mark = mark

    def __call__(self, file: OpenFile, path: str, remote: bytes) -> None:
        """Mark an open file that was fetched from ``remote``, where the disk keeps marks."""
        with contextlib.suppress(OSError):  # there is none to be had: the file is what counts
            self._mark(file, path, self._beginning + quote_from_bytes(remote))


def mark_of(platform: str, clock: Clock, disk: Disk) -> Mark:
    """Return the way in which a system marks files; ``platform`` is as ``sys.platform``."""
    if platform == "win32":
        return StreamMark(disk)
    if platform == "darwin":
        return AttributeMark(disk, b"com.apple.quarantine", lambda _url: quarantine(clock.now()))
    return AttributeMark(disk, b"user.xdg.origin.url", str.encode)


# ---------------------------------------------------------------- what is kept


def zone_identifier(url: str) -> bytes:
    """Return the stream that Windows keeps of a file from elsewhere."""
    lines = ["[ZoneTransfer]", f"ZoneId={_INTERNET}"]
    if len(url) <= _MAX_URL_CHARACTERS:
        lines.append(f"HostUrl={url}")
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def quarantine(now: float) -> bytes:
    """Return the attribute that macOS keeps; ``now`` is in seconds since the epoch.

    Behind the last semicolon the number of an event in its database could stand.
    """
    return f"{_DOWNLOADED};{int(now):08x};{_AGENT};".encode("ascii")


def _beginning(host: str, port: int) -> str:
    """Return an address up to the path (RFC 3986 §3.2)."""
    name = f"[{host.replace('%', '%25')}]" if ":" in host else host
    return f"sftp://{name}" if port == _DEFAULT_PORT else f"sftp://{name}:{port}"


# ---------------------------------------------------------------- how it is kept


class StreamMark:
    """Marks files by a second stream, which goes along when a file is moved."""

    def __init__(self, disk: Disk) -> None:
        """Take the disk that the files are on."""
        self._disk = disk

    def __call__(self, _file: OpenFile, path: str, url: str) -> None:
        """See :class:`Mark`."""
        self._disk.write_stream(path, "Zone.Identifier", zone_identifier(url))


class AttributeMark:
    """Marks files by one attribute."""

    def __init__(self, disk: Disk, name: bytes, value: Callable[[str], bytes]) -> None:
        """Take the disk that the files are on, the attribute's name, and its value by address."""
        self._disk = disk
        self.name = name
        self._value = value

    def __call__(self, file: OpenFile, _path: str, url: str) -> None:
        """See :class:`Mark`."""
        self._disk.set_attribute(file.fileno(), self.name, self._value(url))
