"""Handles remote paths: bytes, absolute, separated by ``/``, without a slash at the end."""

from __future__ import annotations

from ferrygate.common.errors import UsageError
from ferrygate.common.message import message
from ferrygate.common.names import to_remote_bytes

ROOT = b"/"


def join(folder: bytes, name: bytes) -> bytes:
    """Return the path of a name in a folder."""
    return folder.rstrip(b"/") + b"/" + name


def parent(path: bytes) -> bytes:
    """Return the folder of a path; the root's is the root."""
    return path.rpartition(b"/")[0] or ROOT


def basename(path: bytes) -> bytes:
    """Return the last part of a path; the root's is empty."""
    return path.rpartition(b"/")[2]


def as_written(path: str | bytes) -> bytes:
    """Do as :func:`normalise`, but keep text as it is: the path names an existing file.

    Raises:
        UsageError: as for :func:`normalise`.
    """
    if isinstance(path, bytes):
        return normalise(path)
    to_remote_bytes(path)  # says what cannot be sent
    return normalise(path.encode("utf-8", "surrogateescape"))


def normalise(path: str | bytes) -> bytes:
    """Return the absolute path for a text of a person or program.

    ``.``, ``..`` and repeated slashes are resolved by text alone; a relative path starts at the
    root. Text becomes NFC and UTF-8, bytes stay what they are.

    Raises:
        UsageError: the path is empty, as an unset variable is, and would be the root; or it holds
            a NUL, which SFTP servers take for its end.
    """
    raw = to_remote_bytes(path) if isinstance(path, str) else path
    if not raw:
        raise UsageError(
            message("A path on the server cannot be empty."),
            next_step=message("The top folder is “/”. Is a variable not set?"),
        )
    if b"\0" in raw:
        raise UsageError(message("A path on the server cannot hold a NUL character."))
    parts: list[bytes] = []
    for part in raw.split(b"/"):
        if part == b"..":
            del parts[-1:]
        elif part not in {b"", b"."}:
            parts.append(part)
    return ROOT + b"/".join(parts)
