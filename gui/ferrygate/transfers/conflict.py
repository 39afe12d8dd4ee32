"""Names that are taken already."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from ferrygate.common.errors import ConflictError
from ferrygate.common.i18n import _


def taken(name: str) -> ConflictError:
    """The error for a file that stands there, where nobody said what to do."""
    return ConflictError(
        _("“{name}” is already there, and was left as it is.").format(name=name),
        next_step=_("Choose what to do with files that are already there."),
    )


def numbered_names(name: bytes) -> Iterator[bytes]:
    """``report (2).csv``, ``report (3).csv`` and so on, for ``report.csv``."""
    stem, dot, extension = name.rpartition(b".")
    if not stem:
        stem, dot, extension = name, b"", b""
    for number in count(2):
        yield b"%s (%d)%s%s" % (stem, number, dot, extension)
