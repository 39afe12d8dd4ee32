"""Files that have arrived, by mail or from a web page: connection files, pictures of QR codes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from ferrygate.sites.connection_file import SUFFIX

_MAX_OFFERED = 3  # offered at once; who has more of them chooses in a dialog
_MAX_ENTRIES = 5_000  # looked at in one folder, which may be a collection of many years


def arrived_files(folders: Iterable[Path]) -> tuple[Path, ...]:
    """Find the newest connection files in some folders; nothing is opened and no link followed.

    A folder that is missing or cannot be read has none to offer: the person can still choose a file
    in a dialog, which says what is wrong with it.
    """
    found = [file for folder in folders for file in _found(folder)]
    newest = sorted(found, key=lambda file: file[0], reverse=True)
    return tuple(path for _time, path in newest[:_MAX_OFFERED])


def only_file(folder: Path, endings: tuple[str, ...]) -> Path | None:
    """Find the one file in a folder that a person can mean who looks for such endings.

    There is none where several names fit, or where the folder is too large to tell. Hidden files do
    not count, as no chooser shows them; a link, or a name that cannot be shown as it is, does, and
    is left to the person.
    """
    try:
        with os.scandir(folder) as entries:
            seen = list(islice(entries, _MAX_ENTRIES + 1))
        fitting = [
            entry
            for entry in seen
            if entry.name.lower().endswith(endings) and not entry.name.startswith(".")
        ]
        if len(seen) > _MAX_ENTRIES or len(fitting) != 1:
            return None
        is_plain = fitting[0].name.isprintable() and fitting[0].is_file(follow_symlinks=False)
    except OSError:
        return None
    return Path(fitting[0].path) if is_plain else None


def _found(folder: Path) -> Iterator[tuple[float, Path]]:
    """Yield time of change and path of each connection file in a folder."""
    try:
        with os.scandir(folder) as entries:
            for entry in islice(entries, _MAX_ENTRIES):
                if entry.name.lower().endswith(SUFFIX) and entry.is_file(follow_symlinks=False):
                    yield entry.stat(follow_symlinks=False).st_mtime, Path(entry.path)
    except OSError:
        return
