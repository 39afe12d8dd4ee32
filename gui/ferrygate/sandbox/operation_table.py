"""Lists how AWS Transfer over S3 answers each operation, and how well that is known.

Documented is what the AWS Transfer Family user guide says; observed is what clients of real
endpoints wrote down; proposed is the answer of OpenSSH's server where neither has one. The names of
settings are those of :mod:`ferrygate.sandbox.settings`, by which a proposed status can be changed.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from ferrygate.sandbox.settings import Settings
from ferrygate.sandbox.store import Status, StatusError


class Known(StrEnum):
    """Says how well a row of the table is known."""

    DOCUMENTED = "documented"
    OBSERVED = "observed"
    PROPOSED = "proposed"


class Case(StrEnum):
    """Names an operation, where that matters with what is there."""

    OPEN_MODE = "open for anything but reading or writing alone"
    OPEN_FOLDER = "open a folder"
    OPEN_EXCLUSIVE = "open a name that exists, exclusively"
    OPEN_MISSING = "use a name that does not exist"
    NOT_A_FOLDER = "list a file"
    RANDOM_WRITE = "write anywhere but at the end"
    CLOSE_AFTER_REFUSED_WRITE = "close an upload of which a write was refused"
    CLOSE_WITHOUT_RIGHT = "close an upload without the right to put objects or to use the key"
    RIGHT_MISSING = "use a name that the session policy does not reach"
    SET_ATTRIBUTES = "set permissions, owner or times"
    RENAME_FOLDER = "rename a folder"
    RENAME_ONTO_EXISTING = "rename onto a name that exists"
    MAKE_EXISTING = "make a folder whose name exists"
    REMOVE_FOLDER = "remove a folder as a file"
    RMDIR_NOT_EMPTY = "remove a folder that holds something"
    LINK = "make or read a symbolic link"
    EXTENSION = "use an extension or an unknown request"
    KEY_TOO_LONG = "use a key of over 1,024 bytes"
    NAME_NOT_UTF8 = "use a name that is no UTF-8"
    VIRTUAL = "change what lies above the mapped folders"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Holds one answer.

    Attributes:
        status: of the answer.
        text: of the answer.
        status_is: how well the status is known.
        text_is: how well the text is known.
        setting: the field of :class:`Settings` that has the status instead, or "".
    """

    status: Status
    text: str
    status_is: Known
    text_is: Known
    setting: str = ""


_D, _O, _P = Known.DOCUMENTED, Known.OBSERVED, Known.PROPOSED


def _row(status: Status, text: str, status_is: Known, text_is: Known, setting: str = "") -> Row:
    return Row(status=status, text=text, status_is=status_is, text_is=text_is, setting=setting)


ROWS = {
    Case.OPEN_MODE: _row(Status.OP_UNSUPPORTED, "Cannot open file in mode: {mode}", _O, _O),
    Case.OPEN_FOLDER: _row(Status.FAILURE, "Is a directory", _P, _P),
    Case.OPEN_EXCLUSIVE: _row(Status.FAILURE, "File already exists", _P, _P),
    Case.OPEN_MISSING: _row(Status.NO_SUCH_FILE, "No such file", _P, _P),
    Case.NOT_A_FOLDER: _row(Status.NO_SUCH_FILE, "Not a directory", _P, _P),
    Case.RANDOM_WRITE: _row(
        Status.OP_UNSUPPORTED,
        "AWS Transfer does not support random access writes to S3 objects.",
        _P,
        _D,
        "random_write",
    ),
    Case.CLOSE_AFTER_REFUSED_WRITE: _row(
        Status.FAILURE, "The upload has failed", _P, _P, "refused_write"
    ),
    Case.CLOSE_WITHOUT_RIGHT: _row(
        Status.PERMISSION_DENIED, "Permission denied", _D, _D, "close_error"
    ),
    Case.RIGHT_MISSING: _row(Status.PERMISSION_DENIED, "Permission denied", _O, _P),
    Case.SET_ATTRIBUTES: _row(Status.OP_UNSUPPORTED, "SETSTAT unsupported", _D, _O, "set_stat"),
    Case.RENAME_FOLDER: _row(Status.OP_UNSUPPORTED, "Cannot rename a directory", _O, _O),
    Case.RENAME_ONTO_EXISTING: _row(
        Status.FAILURE, "File already exists", _P, _P, "rename_onto_existing"
    ),
    Case.MAKE_EXISTING: _row(Status.FAILURE, "File already exists", _P, _P),
    Case.REMOVE_FOLDER: _row(Status.FAILURE, "Is a directory", _P, _P),
    Case.RMDIR_NOT_EMPTY: _row(
        Status.FAILURE, "Directory not empty", _P, _P, "rmdir_not_empty"
    ),
    Case.LINK: _row(Status.OP_UNSUPPORTED, "Operation unsupported", _P, _P, "symlink"),
    Case.EXTENSION: _row(Status.OP_UNSUPPORTED, "Operation unsupported", _O, _O),
    Case.KEY_TOO_LONG: _row(Status.FAILURE, "Key is too long", _P, _P),
    Case.NAME_NOT_UTF8: _row(Status.FAILURE, "File names must be UTF-8", _P, _P),
    Case.VIRTUAL: _row(Status.PERMISSION_DENIED, "Permission denied", _P, _P),
}  # fmt: skip


def refused(case: Case, settings: Settings, **values: str) -> StatusError:
    """Return the answer to an operation, for this server.

    Args:
        case: the operation.
        settings: of the server.
        values: what the text's braces stand for.
    """
    row = ROWS[case]
    status = getattr(settings, row.setting) if row.setting else row.status
    if not isinstance(status, Status):  # a setting that says what happens, not with which status
        status = row.status
    return StatusError(status, row.text.format(**values))
