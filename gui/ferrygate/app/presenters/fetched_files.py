"""Opens fetched files, and shows them in their folder.

Opened are files alone whose ending is on the list below: kinds that their programs show, and do not
carry out. That their content is what the ending says is the program's to see; the ending is what
the system chooses the program by. Not on the list, though they are documents:

- ``.doc``, ``.xls``, ``.ppt`` and ``.odt``, ``.ods``, ``.odp``: their endings do not tell whether
  they hold macros. Those of Office Open XML without macros are opened.
- ``.html``, ``.svg`` and ``.xml``: browsers run scripts in them, with the reach of a local file.
- ``.rtf``: may hold objects of any program.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from ferrygate.app.presenters.run_in_background import RunInBackground
from ferrygate.common.display import display_text, is_unsafe
from ferrygate.common.errors import LocalFileError, Problem
from ferrygate.common.local_disk import reading
from ferrygate.common.message import message

_OPENED = frozenset(
    {
        *("txt", "log", "csv", "tsv"),
        *("png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "webp"),
        *("pdf", "docx", "xlsx", "pptx"),
    }
)
# A colon parts a stream of a file on Windows, and separators a name: no name of ours holds them.
_NOT_IN_NAMES = frozenset(':/\\"')


class FileOpener(Protocol):
    """The system's ways to open and show files, for the window's thread: nothing is waited for."""

    def open(self, path: str) -> bool:
        """Have a file or folder opened by the program for it; tell whether one was found."""

    def show(self, path: str, shown: Callable[[bool], None]) -> None:
        """Have a file manager show a file in its folder; ``shown`` is told whether one did."""


def may_open(name: str) -> bool:
    """Tell by its name whether a fetched file may be opened: the last ending is on the list.

    Names that a system, or an eye, could take for others may not: with invisible characters, or
    characters that turn the text, with a dot or a blank at the end, which Windows drops, or with
    nothing before the ending.
    """
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem.strip(". ") or ending.lower() not in _OPENED:
        return False
    return not any(is_unsafe(character) or character in _NOT_IN_NAMES for character in name)


class FetchedFiles:
    """Opens and shows what batches have fetched; a person is told where that is not possible."""

    def __init__(
        self,
        opener: FileOpener,
        background: RunInBackground,
        show: Callable[[Problem], None],
    ) -> None:
        """Take the system's ways, what waits for the disk, and what tells a problem."""
        self._opener = opener
        self._background = background
        self._show_problem = show

    def open_file(self, path: str) -> None:
        """Open a file, if it still is one of a kind that may be opened."""

        def opened(_none: None) -> None:
            if not self._opener.open(path):
                self._show_problem(_not_opened(path))

        self._background(lambda: check_file(Path(path)), opened, self._show_problem)

    def show_in_folder(self, path: str) -> None:
        """Show a file in its folder, or a folder itself."""

        def is_folder() -> bool:
            with reading(path):
                return stat.S_ISDIR(os.lstat(path).st_mode)

        def show(folder: bool) -> None:  # noqa: FBT001  as it is told
            if folder:
                self._open_folder(path)
            else:
                self._opener.show(path, shown)

        def shown(well: bool) -> None:  # noqa: FBT001  likewise
            if not well:
                self._open_folder(str(Path(path).parent))

        self._background(is_folder, show, self._show_problem)

    def _open_folder(self, folder: str) -> None:
        if not self._opener.open(folder):
            self._show_problem(_not_shown(folder))


def check_file(path: Path) -> None:
    """Look whether what stands there now may be opened.

    Raises:
        LocalFileError: nothing is there, or a folder, a link or something else has come there.
    """
    with reading(path):
        status = path.lstat()
    if not stat.S_ISREG(status.st_mode) or not may_open(path.name):
        raise LocalFileError(
            message(
                "“{name}” is no longer the file that was downloaded.", name=display_text(path.name)
            ),
            next_step=message("Look at it in its folder."),
        )


def _not_opened(path: str) -> Problem:
    return LocalFileError(
        message("No program opened “{name}”.", name=display_text(Path(path).name)),
        next_step=message("Choose “Show in folder”, and open it from there."),
    ).problem


def _not_shown(folder: str) -> Problem:
    return LocalFileError(
        message("The folder could not be shown."),
        next_step=message("Look for it yourself: {path}", path=display_text(folder)),
    ).problem
