"""This computer's disk: what goes wrong there, said once for the whole product."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ferrygate.common.errors import LocalFileError
from ferrygate.common.i18n import _
from ferrygate.common.names import display_text


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Translate what goes wrong while a file is read into :class:`LocalFileError`."""
    try:
        yield
    except FileNotFoundError as error:
        raise not_there(path, reason(error)) from error
    except OSError as error:
        raise LocalFileError(
            _("“{name}” cannot be read on this computer.").format(name=display_text(path.name)),
            detail=reason(error),
        ) from error


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Translate what goes wrong while a file or folder is written, as :func:`reading` does."""
    try:
        yield
    except OSError as error:
        raise LocalFileError(
            _("“{name}” cannot be written on this computer.").format(name=display_text(path.name)),
            next_step=_("Check the free space, and whether you may write to this folder."),
            detail=reason(error),
        ) from error


def not_there(path: Path, detail: str = "") -> LocalFileError:
    """The error for a path under which there is nothing."""
    return LocalFileError(
        _("There is no “{name}” on this computer.").format(name=display_text(path.name)),
        detail=detail,
    )


def reason(error: OSError) -> str:
    """The system's words for an error, or at least its name."""
    return error.strerror or type(error).__name__
