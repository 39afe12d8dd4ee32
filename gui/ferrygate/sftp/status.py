"""SFTP status codes and server texts, translated once into the product's own errors.

A server of version 3 may send nine codes (draft-ietf-secsh-filexfer-02 §7). Many also send those
of later drafts (draft-ietf-secsh-filexfer-13 §9.1), which say better what is wrong, so all of them
are known here. Where a server says no more than FAILURE, a full disk is known by its text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ferrygate.common.errors import (
    ConflictError,
    FerrygateError,
    NoSpaceError,
    NotFoundError,
    PermissionDeniedError,
    Problem,
    RemoteFailureError,
    ServerUnusableError,
    UnsupportedError,
    WrongTypeError,
)
from ferrygate.common.message import Message, message
from ferrygate.common.server_words import is_text, sentence
from ferrygate.sftp.wire import BadPacketError, Status, StatusReply

_MAX_TEXT_CHARACTERS = 300  # of a server's words that are kept
# Words that say no more than the code: showing them would only add noise.
_EMPTY_WORDS = re.compile(
    r"(sftp|ssh_fx)?[ _]*(general |unspecified )?"
    r"(success|ok|failure|failed|error|end of file|permission denied|access denied"
    r"|no such (file|path)( or directory)?|file not found|bad message|no connection"
    r"|connection lost|(operation )?(unsupported|not supported)( operation)?|op_unsupported"
    r"|operation not (permitted|supported))?[.!]?",
    re.IGNORECASE,
)
_FULL = re.compile(
    r"no (more |free |disk )*space|(disk|device|volume|file ?system|storage)( is)? full"
    r"|not enough (free |disk )*(space|storage)|insufficient (disk |free )*(space|storage)|enospc",
    re.IGNORECASE,
)
_QUOTA = re.compile(r"quota|edquot|(storage|upload) limit", re.IGNORECASE)
_EXISTS = re.compile(r"already exists|(?<!such )file exists|eexist", re.IGNORECASE)
_SCANNER = re.compile(r"virus|malware|infected|scanner|quarantine", re.IGNORECASE)
_SCANNED = -1  # stands for the code that no draft has: a scanner did not let the file pass
_TOO_MANY = re.compile(
    r"too many|open (files|handles)|handle (limit|quota)|[em]nfile", re.IGNORECASE
)
STAT_NOT_ALLOWED = (PermissionDeniedError, RemoteFailureError, UnsupportedError)
"""Refusals of a STAT after which it is unknown whether the name is taken, and by what.

A drop box takes files, and no more. Some servers answer FAILURE for a name that is not there, or do
not know the request.
"""

STAT_NOT_RELIABLE = (NotFoundError, *STAT_NOT_ALLOWED)
"""Refusals of a request that may hide an entry: some servers also say NO_SUCH_FILE of one that is
there, or of the folder above."""

_WITHOUT_REASON = frozenset({Status.FAILURE, Status.PERMISSION_DENIED})


class _Meaning(NamedTuple):
    """The error and the words for a status code; the sentence lacks ``name``."""

    error: type[FerrygateError]
    sentence: Message
    next_step: Message | None = None


_ASK_CONTACT = message("Ask your contact; the server's answer helps them.")
_NO_SPACE = message("The server has no space left for “{name}”.")
_OVER_QUOTA = message("“{name}” does not fit into the space that the server allows you.")
_MAKE_ROOM = message(
    "Remove files there that are no longer needed, or ask your contact for more space."
)
_IN_USE = message("Somebody else is using “{name}” on the server.")
_TRY_LATER = message("Try again in a few minutes.")
_BAD_NAME = message("The server does not take the name “{name}”.")
_OTHER_NAME = message("Give it a simpler name.")
_NOT_SERVED = message("The storage behind the server cannot be used just now.")
_WITH_WORDS = message("Ask your contact about it, and tell them what the server says.")
_REFUSED = message("The server refused to do that with “{name}”.")
_NOT_ALLOWED = message("The server does not allow this for “{name}”.")
_MEANINGS: dict[int, _Meaning] = {
    _SCANNED: _Meaning(
        PermissionDeniedError,
        message("The server's scanner did not let “{name}” pass."),
        message("Check the file on this computer, then ask your contact."),
    ),
    Status.PERMISSION_DENIED: _Meaning(
        PermissionDeniedError,
        _NOT_ALLOWED,
        message("Ask your contact for access to this folder."),
    ),
    Status.NO_CONNECTION: _Meaning(RemoteFailureError, _NOT_SERVED, _TRY_LATER),
    Status.CONNECTION_LOST: _Meaning(RemoteFailureError, _NOT_SERVED, _TRY_LATER),
    Status.OP_UNSUPPORTED: _Meaning(
        UnsupportedError, message("This server cannot do that with “{name}”.")
    ),
    Status.FILE_ALREADY_EXISTS: _Meaning(
        ConflictError,
        message("“{name}” is already there."),
        message("Choose another name."),
    ),
    Status.WRITE_PROTECT: _Meaning(
        PermissionDeniedError,
        message("The place for “{name}” on the server is read-only."),
        message("Ask your contact which folder takes files."),
    ),
    Status.NO_MEDIA: _Meaning(RemoteFailureError, _NOT_SERVED, _ASK_CONTACT),
    Status.NO_SPACE: _Meaning(NoSpaceError, _NO_SPACE, _MAKE_ROOM),
    Status.QUOTA_EXCEEDED: _Meaning(NoSpaceError, _OVER_QUOTA, _MAKE_ROOM),
    Status.LOCK_CONFLICT: _Meaning(RemoteFailureError, _IN_USE, _TRY_LATER),
    Status.DIR_NOT_EMPTY: _Meaning(
        RemoteFailureError,
        message("The folder “{name}” is not empty."),
        message("Remove what is in it first."),
    ),
    Status.NOT_A_DIRECTORY: _Meaning(WrongTypeError, message("“{name}” is a file, not a folder.")),
    Status.INVALID_FILENAME: _Meaning(RemoteFailureError, _BAD_NAME, _OTHER_NAME),
    Status.LINK_LOOP: _Meaning(
        RemoteFailureError,
        message("The link “{name}” leads back to itself."),
        message("Ask your contact to mend the link."),
    ),
    Status.CANNOT_DELETE: _Meaning(
        PermissionDeniedError,
        message("The server does not let “{name}” be removed."),
        message("Ask your contact whether it may be removed."),
    ),
    Status.FILE_IS_A_DIRECTORY: _Meaning(
        WrongTypeError, message("“{name}” is a folder, not a file.")
    ),
    Status.BYTE_RANGE_LOCK_CONFLICT: _Meaning(RemoteFailureError, _IN_USE, _TRY_LATER),
    Status.BYTE_RANGE_LOCK_REFUSED: _Meaning(RemoteFailureError, _IN_USE, _TRY_LATER),
    Status.DELETE_PENDING: _Meaning(
        RemoteFailureError,
        message("“{name}” is just being removed on the server."),
        _TRY_LATER,
    ),
    Status.FILE_CORRUPT: _Meaning(
        RemoteFailureError,
        message("“{name}” is damaged on the server."),
        message("Ask your contact for another copy."),
    ),
}


# Of these no other handle that is open can be the reason.
_REASONS = frozenset(
    {
        Status.OK,
        Status.EOF,
        Status.NO_SUCH_FILE,
        Status.OP_UNSUPPORTED,
        Status.NO_SUCH_PATH,
        Status.FILE_ALREADY_EXISTS,
        Status.WRITE_PROTECT,
        Status.NO_SPACE,
        Status.QUOTA_EXCEEDED,
        Status.DIR_NOT_EMPTY,
        Status.NOT_A_DIRECTORY,
        Status.INVALID_FILENAME,
        Status.LINK_LOOP,
        Status.FILE_IS_A_DIRECTORY,
        Status.FILE_CORRUPT,
        _SCANNED,
    }
)


def says_why(reply: StatusReply) -> bool:
    """Tell whether a refusal has a reason of its own, so that asking again cannot help."""
    return _code_by_words(reply.code, _words(reply)) in _REASONS


def _words(reply: StatusReply) -> str:
    return reply.message[: 4 * _MAX_TEXT_CHARACTERS].decode("utf-8", "backslashreplace").strip()


def error_for_status(reply: StatusReply, subject: bytes) -> FerrygateError:
    """Make the error for a refused request on ``subject``, the path or name it was about.

    The server's own text, cut to a length that can be shown, becomes ``server_said``; it is left
    out where it says no more than the code does.
    """
    text = _words(reply)
    said = "" if _EMPTY_WORDS.fullmatch(text) else text[:_MAX_TEXT_CHARACTERS]
    detail = f"SFTP status {reply.code}"
    if reply.code in {Status.NO_SUCH_FILE, Status.NO_SUCH_PATH}:
        return not_found(subject, detail, said)
    meaning = _MEANINGS.get(_code_by_words(reply.code, said)) or _Meaning(
        RemoteFailureError, _REFUSED
    )
    if said and meaning.sentence in (_REFUSED, _NOT_ALLOWED):  # only the server's words say why
        meaning = meaning._replace(next_step=_WITH_WORDS)
    return meaning.error(
        meaning.sentence.filled(name=subject),
        next_step=meaning.next_step,
        detail=detail,
        server_said=said,
    )


def _code_by_words(code: int, said: str) -> int:
    """Return the code that a server would have sent, had it known more than version 3's nine."""
    if code in _WITHOUT_REASON and not _TOO_MANY.search(said):
        for words, better in (
            (_QUOTA, Status.QUOTA_EXCEEDED),
            (_FULL, Status.NO_SPACE),
            (_EXISTS, Status.FILE_ALREADY_EXISTS),
            (_SCANNER, _SCANNED),
        ):
            if words.search(said):
                return better
    return code


def not_found(subject: bytes, detail: str = "", said: str = "") -> NotFoundError:
    """Make the error for a path that leads nowhere; says so where it was meant as a pattern."""
    return NotFoundError(
        message("There is no “{name}” on the server.", name=subject),
        next_step=message(
            "“*” and “?” stand for themselves; name the whole folder to get all in it."
        )
        if re.search(rb"[*?]", subject)
        else None,
        detail=detail,
        server_said=said,
    )


def no_home(problem: Problem) -> ServerUnusableError:
    """Make the error for an account whose root folder the server does not find."""
    return ServerUnusableError(
        message("Your home folder on the server is not there."),
        next_step=message("Ask your contact to set it up."),
        detail=problem.detail,
        server_said=problem.server_said,
    )


def no_folder(subject: bytes, detail: str = "", said: str = "") -> WrongTypeError:
    """Make the error for a path that was taken for a folder's."""
    return WrongTypeError(
        message("“{name}” is a file, not a folder.", name=subject),
        detail=detail,
        server_said=said,
    )


def no_packet(error: BadPacketError) -> RemoteFailureError:
    """Make the error for a server that sends what is no SFTP packet."""
    return RemoteFailureError(
        message("The server sent something that is not part of a file transfer."),
        next_step=message("Tell your contact; the details help them."),
        detail=str(error),
        server_said=sentence(error.said) if is_text(error.said) else "",
    )


def other_version(version: int) -> ServerUnusableError:
    """Make the error for a server that speaks SFTP, and not ours."""
    return ServerUnusableError(
        message(
            "The server transfers files by SFTP version {version}, and Ferrygate by version 3.",
            version=version,
        ),
        next_step=message("Ask your contact whether the server can speak SFTP version 3 as well."),
        detail=f"SFTP version {version}",
    )
