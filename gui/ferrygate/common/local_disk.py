"""This computer's disk: what goes wrong there, said once for the whole product."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ferrygate.common.errors import (
    LocalFileError,
    SettingsError,
    UsageError,
)
from ferrygate.common.message import Message, message

# Not blocking, since a named pipe would wait for its other end; Windows takes files for text.
_READ_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def local_path(text: str) -> str:
    """Check a path that a person or program wrote, and give it back.

    Raises:
        UsageError: it is empty, as an unset variable is, and would be the current folder; or it
            holds a NUL, which no system takes.
    """
    if not text:
        raise UsageError(
            message("A path on this computer cannot be empty."),
            next_step=message("The current folder is “.”. Is a variable not set?"),
        )
    if "\0" in text:
        raise UsageError(message("A path on this computer cannot hold a NUL character."))
    return text


class TooManyOpenFilesError(LocalFileError):
    """This computer opens no more files for this process, or for any."""


@contextmanager
def reading(path: str | Path) -> Iterator[None]:
    """Translate what goes wrong while a file is read into :class:`LocalFileError`."""
    try:
        yield
    except FileNotFoundError as error:
        raise not_there(Path(path), reason(error)) from error
    except OSError as error:
        _check_open_files(Path(path), error)
        raise LocalFileError(
            message("“{name}” cannot be read on this computer.", name=Path(path).name),
            detail=reason(error),
        ) from error


def open_regular_file(path: Path) -> BinaryIO:
    """Open a file to be read; never a pipe or a device, which may wait or go on without end.

    Raises:
        LocalFileError: there is no such file, it cannot be read, or it is something else.
    """
    with reading(path):
        descriptor = os.open(path, _READ_FLAGS)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise LocalFileError(message("“{name}” is not a file.", name=path.name))
        return os.fdopen(descriptor, "rb", buffering=0)


def read_small_file(path: Path, max_bytes: int) -> bytes:
    """Read a regular file whole.

    Args:
        path: as :func:`open_regular_file` takes it.
        max_bytes: how long the file may be.

    Raises:
        LocalFileError: the file cannot be read, as :func:`open_regular_file` says, or is longer.
    """
    with open_regular_file(path) as file, reading(path):
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise LocalFileError(
            message("“{name}” is too large for what it should be.", name=path.name),
            next_step=message("Check that it is the right file."),
            detail=f"longer than {max_bytes} bytes",
        )
    return data


@contextmanager
def writing(path: str | Path) -> Iterator[None]:
    """Translate what goes wrong while a file or folder is written, as :func:`reading` does."""
    try:
        yield
    except OSError as error:
        _check_open_files(Path(path), error)
        raise LocalFileError(
            message("“{name}” cannot be written on this computer.", name=Path(path).name),
            next_step=message("Check the free space, and whether you may write to this folder."),
            detail=reason(error),
        ) from error


@contextmanager
def own_file(path: Path) -> Iterator[None]:
    """Translate what goes wrong with a file of Ferrygate's own into :class:`SettingsError`.

    Raises:
        SettingsError: the file cannot be read or written.
    """
    try:
        yield
    except OSError as error:
        raise SettingsError(
            message(
                "Ferrygate cannot use its own file “{path}”: {reason}.",
                path=str(path),
                reason=reason(error),
            ),
            next_step=other_home(),
            detail=reason(error),
        ) from error


def damaged(path: Path, detail: str) -> SettingsError:
    """Make the error for a file of Ferrygate's own that holds what it never wrote."""
    return SettingsError(
        message("Ferrygate's own file “{path}” is damaged, or of a newer version.", path=str(path)),
        next_step=message("Put it right or remove it, then try again."),
        detail=detail,
    )


def other_home() -> Message:
    """Say how to have Ferrygate keep its files elsewhere."""
    return message("Put that right, or set FERRYGATE_HOME to a folder that you may write to.")


@contextmanager
def open_file_limit(path: str | Path) -> Iterator[None]:
    """Translate the limit of open files into :class:`TooManyOpenFilesError`, and no other error."""
    try:
        yield
    except OSError as error:
        _check_open_files(Path(path), error)
        raise


def _check_open_files(path: Path, error: OSError) -> None:
    """Raise what fits where the trouble is how many files are open, and not this one."""
    if error.errno in {errno.EMFILE, errno.ENFILE}:
        raise TooManyOpenFilesError(
            message(
                "Too many files are open on this computer to open “{name}” as well.", name=path.name
            ),
            next_step=message(
                "Close other programs, or raise the limit of open files (ulimit -n)."
            ),
            detail=reason(error),
        ) from error


def not_there(path: Path, detail: str = "") -> LocalFileError:
    """Make the error for a path that does not exist."""
    return LocalFileError(
        message("There is no “{name}” on this computer.", name=path.name),
        detail=detail,
    )


def reason(error: OSError) -> str:
    """Return the system's words for an error, or at least its name."""
    return error.strerror or type(error).__name__
