"""Finds names that a server has in another normal form of Unicode than the one given.

Servers compare bytes. An old Mac may have sent "ü" as "u" and a mark that follows it (NFD), a
keyboard gives one character (NFC), and on a screen both look alike. What is there under a name is
taken as it stands; only where nothing is, its other forms are looked for. Names that have but one
form cost nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Literal

from ferrygate.common import remote_path
from ferrygate.common.errors import (
    NotFoundError,
    PermissionDeniedError,
    RemoteFailureError,
    UnsupportedError,
)
from ferrygate.sftp.files import RemoteFiles

_FORMS: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")


def other_forms(path: bytes) -> tuple[bytes, ...]:
    """Return the other normal forms of a path or name; none for most."""
    if path.isascii():
        return ()
    try:
        text = path.decode("utf-8")
    except UnicodeDecodeError:
        return ()
    forms = (unicodedata.normalize(form, text).encode() for form in _FORMS)
    return tuple(dict.fromkeys(form for form in forms if form != path))


async def spelled_otherwise(files: RemoteFiles, path: bytes) -> bytes | None:
    """Find another form of ``path`` under which the server has it, if there is one.

    Each part may be in a form of its own.
    """
    if not other_forms(path) or await _first_there(files, (path,)):
        return None
    found, rest = await _resolve(files, path)
    return found if not rest and found != path else None


async def as_spelled(files: RemoteFiles, path: bytes) -> bytes:
    """Spell each part of a path as the server has it; parts that it has not become NFC."""
    if not other_forms(path) or await _first_there(files, (path,)):
        return path
    found, rest = await _resolve(files, path)
    for part in rest:
        try:
            made = unicodedata.normalize("NFC", part.decode("utf-8")).encode()
        except UnicodeDecodeError:
            made = part
        found = remote_path.join(found, made)
    return found


async def name_as_spelled(files: RemoteFiles, path: bytes) -> bytes:
    """Spell the last part of a path as the server has it; the folder's spelling is known."""
    folder, name = remote_path.parent(path), remote_path.basename(path)
    others = [remote_path.join(folder, form) for form in other_forms(name)]
    if not others:
        return path
    return await _first_there(files, (path, *others)) or path


async def _resolve(files: RemoteFiles, path: bytes) -> tuple[bytes, list[bytes]]:
    """Split a path into the longest part that the server has, as it spells it, and the rest."""
    found = remote_path.ROOT
    parts = [part for part in path.split(b"/") if part]
    for at, part in enumerate(parts):
        whole = await _first_there(
            files, (remote_path.join(found, form) for form in (part, *other_forms(part)))
        )
        if whole is None:
            return found, parts[at:]
        found = whole
    return found, []


async def _first_there(files: RemoteFiles, paths: Iterable[bytes]) -> bytes | None:
    """Return the first path that is there, or about which the server tells nothing."""
    for path in paths:
        try:
            await files.lstat(path)
        except (NotFoundError, RemoteFailureError):  # some say FAILURE for what is not there
            continue
        except (PermissionDeniedError, UnsupportedError):
            pass
        return path
    return None
