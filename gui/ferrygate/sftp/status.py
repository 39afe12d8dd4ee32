"""SFTP status codes and server texts, translated once into the product's own errors."""

from __future__ import annotations

import re

from ferrygate.common.errors import (
    FerrygateError,
    NotFoundError,
    PermissionDeniedError,
    RemoteFailureError,
    UnsupportedError,
    WrongTypeError,
)
from ferrygate.common.i18n import _
from ferrygate.common.names import display_name
from ferrygate.sftp.wire import Status, StatusReply

_LONGEST_TEXT = 200


def error_for_status(reply: StatusReply, subject: bytes) -> FerrygateError:
    """The error for a refused request on ``subject``, the path or name it was about.

    The server's own text goes into the detail only, cleaned and cut.
    """
    name = display_name(subject)
    text = display_name(reply.message)[:_LONGEST_TEXT]
    detail = f"SFTP status {reply.code}: {text}" if text else f"SFTP status {reply.code}"
    if reply.code == Status.NO_SUCH_FILE:
        return not_found(subject, detail)
    if reply.code == Status.PERMISSION_DENIED:
        return PermissionDeniedError(
            _("The server does not allow this for “{name}”.").format(name=name),
            next_step=_("Ask your contact for access to this folder."),
            detail=detail,
        )
    if reply.code == Status.OP_UNSUPPORTED:
        return UnsupportedError(
            _("This server cannot do that with “{name}”.").format(name=name), detail=detail
        )
    return RemoteFailureError(
        _("The server refused to do that with “{name}”.").format(name=name), detail=detail
    )


def not_found(subject: bytes, detail: str = "") -> NotFoundError:
    """The error for a path that leads nowhere; says so where it was meant as a pattern."""
    return NotFoundError(
        _("There is no “{name}” on the server.").format(name=display_name(subject)),
        next_step=_("“*” and “?” stand for themselves; name the whole folder to get all in it.")
        if re.search(rb"[*?]", subject)
        else "",
        detail=detail,
    )


def no_folder(subject: bytes, detail: str = "") -> WrongTypeError:
    """The error for a path that was taken for a folder's."""
    return WrongTypeError(
        _("“{name}” is a file, not a folder.").format(name=display_name(subject)), detail=detail
    )
