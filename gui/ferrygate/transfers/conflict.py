"""Names that are taken already."""

from __future__ import annotations

from itertools import count

from ferrygate.common.errors import ConflictError
from ferrygate.common.i18n import _


def taken(name: str) -> ConflictError:
    """The error for a file that stands there, where nobody said what to do."""
    return ConflictError(
        _("“{name}” is already there, and was left as it is.").format(name=name),
        next_step=_("Choose what to do with files that are already there."),
    )


def numbered(name: bytes, number: int) -> bytes:
    """``report.csv`` as ``report (2).csv``."""
    stem, dot, extension = name.rpartition(b".")
    if not stem:
        stem, dot, extension = name, b"", b""
    return b"%s (%d)%s%s" % (stem, number, dot, extension)


def numbers() -> count[int]:
    """The numbers to try, from 2."""
    return count(2)
