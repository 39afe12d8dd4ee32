"""Defines Ferrygate's errors: a sentence for people, a next step, and a detail for support.

Library errors are translated into these once, at the edge of the folder that uses the library.
A :class:`Problem` is the plain value that crosses the engine's message boundary;
:class:`FerrygateError` and its subclasses carry one inside a process.
"""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

import msgspec

from ferrygate.common.message import Message, message
from ferrygate.common.source_places import log_unforeseen


class Kind(Enum):
    """Sorts what can go wrong; the command line's exit codes hang on it."""

    CANCELLED = "cancelled"
    CANNOT_REACH = "cannot-reach"
    CODE_NEEDED = "code-needed"
    CODE_NOT_SET_UP = "code-not-set-up"
    CODE_SECRET = "code-secret"  # noqa: S105  the name of a kind of problem
    CONFLICT = "conflict"
    CONNECTION_FILE = "connection-file"
    CONNECTION_LOST = "connection-lost"
    HOST_KEY_CHANGED = "host-key-changed"
    HOST_KEY_UNKNOWN = "host-key-unknown"
    INCOMPLETE_LISTING = "incomplete-listing"
    INTERNAL = "internal"
    KEYCHAIN = "keychain"
    LEASE_LOST = "lease-lost"
    LOCAL_FILE = "local-file"
    LOCK_OUT_BREAKER = "lock-out-breaker"
    LOCK_OUT_SHUT = "lock-out-shut"
    NO_SPACE = "no-space"
    NOT_FOUND = "not-found"
    PASSPHRASE_MISSING = "passphrase-missing"  # noqa: S105  the name of a kind of problem
    PASSWORD_EXPIRED = "password-expired"  # noqa: S105  the name of a kind of problem
    PERMISSION_DENIED = "permission-denied"
    PRIVATE_KEY = "private-key"
    PROMPT_UNANSWERED = "prompt-unanswered"
    REMOTE_FAILURE = "remote-failure"
    SECRETS_MISSING = "secrets-missing"
    SERVER_BUSY = "server-busy"
    SERVER_SILENT = "server-silent"
    SERVER_UNUSABLE = "server-unusable"
    SETTINGS = "settings"
    SIGN_IN_METHOD = "sign-in-method"
    SIGN_IN_REFUSED = "sign-in-refused"
    SIGN_IN_UNANSWERED = "sign-in-unanswered"
    SIZE_MISMATCH = "size-mismatch"
    TOO_MANY_FILES = "too-many-files"
    UNSUPPORTED = "unsupported"
    USAGE = "usage"
    WRONG_TYPE = "wrong-type"


class Problem(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Describes one error as a plain value.

    Attributes:
        kind: what sort of thing it is.
        sentence: one whole sentence for the person, without jargon.
        next_step: what the person can do now, unless the sentence says it all.
        detail: what support needs (library text, status numbers); never a secret.
        fingerprint: of the key that a server showed in place of the one on record; else empty.
        server_said: the server's own words about it, as they came; cleaned where they are shown.
        steps: those of the sign-in that it ended, one a line, for support; never a secret.
    """

    kind: Kind
    sentence: Message
    next_step: Message | None = None
    detail: str = ""
    fingerprint: str = ""
    server_said: str = ""
    steps: str = ""


class FerrygateError(Exception):
    """Base of all errors raised on purpose; ``str()`` gives the sentence in English."""

    kind: ClassVar[Kind] = Kind.INTERNAL

    def __init__(
        self,
        sentence: Message,
        *,
        next_step: Message | None = None,
        detail: str = "",
        server_said: str = "",
        fingerprint: str = "",
    ) -> None:
        super().__init__(str(sentence))
        self.problem = Problem(
            kind=self.kind,
            sentence=sentence,
            next_step=next_step,
            detail=detail,
            server_said=server_said,
            fingerprint=fingerprint,
        )


class Cancelled(FerrygateError):  # noqa: N818  a person's wish, not an error
    """The person, or the program that asked, took the request back."""

    kind = Kind.CANCELLED

    def __init__(self, sentence: Message | None = None, *, detail: str = "") -> None:
        super().__init__(sentence or message("Cancelled."), detail=detail)


class CannotReachError(FerrygateError):
    """No SSH server answered at the address."""

    kind = Kind.CANNOT_REACH


class CodeNeededError(FerrygateError):
    """A code has to be typed: none is there, or the one that was typed is spent or too old."""

    kind = Kind.CODE_NEEDED


class CodeNotSetUpError(FerrygateError):
    """The account has no code yet at the place that would check it."""

    kind = Kind.CODE_NOT_SET_UP


class CodeSecretError(FerrygateError):
    """The key, address or picture holds no usable code secret."""

    kind = Kind.CODE_SECRET


class ConflictError(FerrygateError):
    """The target has an entry of that name, and no choice was made for that case."""

    kind = Kind.CONFLICT


class ConnectionFileError(FerrygateError):
    """A connection file is broken; the sentence names key and line."""

    kind = Kind.CONNECTION_FILE


class ConnectionLostError(FerrygateError):
    """The SSH connection or a channel of it ended under a request."""

    kind = Kind.CONNECTION_LOST


class HostKeyChangedError(FerrygateError):
    """The server showed another host key than the one on record."""

    kind = Kind.HOST_KEY_CHANGED


class HostKeyUnknownError(FerrygateError):
    """The host key of this server has not been confirmed yet."""

    kind = Kind.HOST_KEY_UNKNOWN


class IncompleteListingError(FerrygateError):
    """A folder was not listed to its end, or holds names that cannot be used: more may be there."""

    kind = Kind.INCOMPLETE_LISTING


class KeychainError(FerrygateError):
    """The system keychain refused, is locked, or did not answer in time."""

    kind = Kind.KEYCHAIN


class LeaseLostError(FerrygateError):
    """An attempt to sign in took so long that another has taken its place; it may send nothing."""

    kind = Kind.LEASE_LOST


class LocalFileError(FerrygateError):
    """A file or folder on this computer could not be read or written."""

    kind = Kind.LOCAL_FILE


class LockOutBreakerError(FerrygateError):
    """After too many refusals in a row, nothing more is sent until a person agrees."""

    kind = Kind.LOCK_OUT_BREAKER


class LockOutShutError(LockOutBreakerError):
    """After more refusals, even a person's agreement is not enough: the account needs a check."""

    kind = Kind.LOCK_OUT_SHUT


class NoSpaceError(FerrygateError):
    """The server's disk is full, or what the account may store there is used up."""

    kind = Kind.NO_SPACE


class NotFoundError(FerrygateError):
    """The server has nothing under that name (SSH_FX_NO_SUCH_FILE)."""

    kind = Kind.NOT_FOUND


class PassphraseMissingError(FerrygateError):
    """The private key is encrypted, and its passphrase is missing or wrong."""

    kind = Kind.PASSPHRASE_MISSING


class PasswordExpiredError(FerrygateError):
    """The server wants the password to be changed before it lets the account in."""

    kind = Kind.PASSWORD_EXPIRED


class PermissionDeniedError(FerrygateError):
    """The server does not allow it (SSH_FX_PERMISSION_DENIED)."""

    kind = Kind.PERMISSION_DENIED


class PrivateKeyError(FerrygateError):
    """The file that is named as the private key cannot be used as one."""

    kind = Kind.PRIVATE_KEY


class PromptUnansweredError(FerrygateError):
    """The server asked what only a person can answer, and no answer came."""

    kind = Kind.PROMPT_UNANSWERED


class RemoteFailureError(FerrygateError):
    """The server refused without a reason of a kind of its own (SSH_FX_FAILURE, bad replies)."""

    kind = Kind.REMOTE_FAILURE


class SecretsMissingError(FerrygateError):
    """Password or code secret is missing."""

    kind = Kind.SECRETS_MISSING


class ServerBusyError(FerrygateError):
    """The server accepts no sign-ins for the moment, or none from here; that passes by itself."""

    kind = Kind.SERVER_BUSY


class ServerUnusableError(FerrygateError):
    """The server has no encryption, file transfer or home in common with us; that does not pass."""

    kind = Kind.SERVER_UNUSABLE


class SettingsError(FerrygateError):
    """A file or folder of Ferrygate's own is damaged, locked, or owned by another user."""

    kind = Kind.SETTINGS


class SignInMethodError(FerrygateError):
    """The server wants other steps or another type of key than the site has."""

    kind = Kind.SIGN_IN_METHOD


class SignInRefusedError(FerrygateError):
    """The server refused the sign-in."""

    kind = Kind.SIGN_IN_REFUSED


class SignInUnansweredError(FerrygateError):
    """The connection ended after a secret had left, and before the server said yes or no."""

    kind = Kind.SIGN_IN_UNANSWERED


class SizeMismatchError(FerrygateError):
    """After a transfer the two sides have different sizes."""

    kind = Kind.SIZE_MISMATCH


class TooManyFilesError(FerrygateError):
    """A folder holds more than one batch can move."""

    kind = Kind.TOO_MANY_FILES


class UnansweredError(FerrygateError):
    """The server did not answer one request in the time limit; it may answer others."""

    kind = Kind.SERVER_SILENT


class UnsupportedError(FerrygateError):
    """The server does not offer this operation (SSH_FX_OP_UNSUPPORTED)."""

    kind = Kind.UNSUPPORTED


class UsageError(FerrygateError):
    """The request itself makes no sense: a wrong option, an unknown site name."""

    kind = Kind.USAGE


class WrongTypeError(FerrygateError):
    """A file has the place where a folder is needed, or a folder that of a file."""

    kind = Kind.WRONG_TYPE


_BELOW: list[type[FerrygateError]] = [*FerrygateError.__subclasses__(), LockOutShutError]
_BY_KIND = {cls.kind: cls for cls in _BELOW} | {FerrygateError.kind: FerrygateError}


def error_for(problem: Problem) -> FerrygateError:
    """Return the exception for a problem that came across the message boundary."""
    error = _BY_KIND[problem.kind](problem.sentence)
    error.problem = problem
    return error


def problem_of(error: BaseException) -> Problem:
    """Return the problem of an exception; an internal one if the exception is unforeseen.

    Of a foreign exception only type and place are kept, here and in the log: its text may quote
    secrets. This function raises nothing: the callers that wait for an answer would get none.
    """
    if isinstance(error, FerrygateError):
        return error.problem
    next_step = None
    try:
        detail = log_unforeseen(error)
        next_step = message("Copy the details and send them to support.")
    except Exception as again:  # noqa: BLE001  who waits for this one has to hear of something
        detail = f"{type(error).__qualname__}, then {type(again).__qualname__}"
    return Problem(
        kind=Kind.INTERNAL,
        sentence=message("Something unexpected went wrong in Ferrygate."),
        next_step=next_step,
        detail=detail,
    )
