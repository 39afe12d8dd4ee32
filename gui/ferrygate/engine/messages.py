"""What goes into the engine and what comes out: plain values, and nothing else.

Commands carry a ``request`` number of the sender's choosing; every command that has one is
answered by exactly one :class:`Done` or :class:`Failed` with the same number, whatever other
events come before it. Remote paths are bytes, absolute, separated by ``/``; local paths are text.
"""

from __future__ import annotations

from enum import Enum

import msgspec

from ferrygate.codes.totp import CodeSecret, LiveCode
from ferrygate.common.entry import Entry
from ferrygate.common.errors import Problem
from ferrygate.common.secret import Secret
from ferrygate.sites.site import Site
from ferrygate.transfers.views import (
    BatchView,
    ConflictChoice,
    Direction,
    FileView,
    TransferState,
)

__all__ = [
    "AnswerConflict",
    "AnswerHostKey",
    "BatchChanged",
    "BatchView",
    "CancelRequest",
    "CodeAwaited",
    "CodeChanged",
    "CodeGivenOut",
    "Command",
    "ConflictChoice",
    "ConflictQuestion",
    "Direction",
    "Done",
    "Download",
    "Event",
    "Failed",
    "FileChanged",
    "FileView",
    "FolderBlock",
    "HostKeyQuestion",
    "ListFolder",
    "MakeFolder",
    "Notice",
    "OpenSite",
    "PathStat",
    "RemovePath",
    "RenamePath",
    "SessionChanged",
    "SessionState",
    "ShowCode",
    "Shutdown",
    "SignIn",
    "SignOut",
    "SiteOpened",
    "StatPath",
    "TransferState",
    "Upload",
    "UseCodeSecret",
    "UsePassword",
]

# ---------------------------------------------------------------- values


class SessionState(Enum):
    """The life of a session, as people see it."""

    OFFLINE = "offline"
    CONNECTING = "connecting"
    WAITING_FOR_CODE = "waiting-for-code"
    SIGNING_IN = "signing-in"
    SIGNED_IN = "signed-in"
    RECONNECTING = "reconnecting"


# ---------------------------------------------------------------- commands


class OpenSite(msgspec.Struct, frozen=True, tag=True):
    """Turn to a site: what is saved for it is fetched, its code starts to show.

    Answered by :class:`SiteOpened`, then :class:`Done`. Nothing is sent to any server.
    """

    request: int
    site: Site


class UseCodeSecret(msgspec.Struct, frozen=True, tag=True):
    """Use this code secret for the open site; keep it in the keychain when ``save``."""

    request: int
    secret: CodeSecret
    save: bool = False


class UsePassword(msgspec.Struct, frozen=True, tag=True):
    """Use this password for the open site; keep it in the keychain once proven when ``save``."""

    request: int
    password: Secret
    save: bool = False


class SignIn(msgspec.Struct, frozen=True, tag=True):
    """Sign in to the open site with what is at hand.

    Fails with ``secrets-missing`` where password or code secret is not at hand.
    """

    request: int
    try_anyway: bool = False


class AnswerHostKey(msgspec.Struct, frozen=True, tag=True):
    """A person's answer to :class:`HostKeyQuestion`."""

    question: int
    accept: bool


class SignOut(msgspec.Struct, frozen=True, tag=True):
    """End the session and drop the secrets held in memory for it."""

    request: int


class ShowCode(msgspec.Struct, frozen=True, tag=True):
    """Give out a code for use elsewhere: claimed, so that it is never sent from here.

    Answered by :class:`CodeGivenOut`, after :class:`CodeAwaited` where the current one is spent.
    """

    request: int


class ListFolder(msgspec.Struct, frozen=True, tag=True):
    """List a folder; the entries come in :class:`FolderBlock` events, unsorted."""

    request: int
    path: bytes


class StatPath(msgspec.Struct, frozen=True, tag=True):
    """Ask for one path; answered by :class:`PathStat`, then :class:`Done`."""

    request: int
    path: bytes


class MakeFolder(msgspec.Struct, frozen=True, tag=True):
    """Make a folder, and those above it when ``parents``."""

    request: int
    path: bytes
    parents: bool = False


class RenamePath(msgspec.Struct, frozen=True, tag=True):
    """Rename a file or folder; never onto an existing name."""

    request: int
    source: bytes
    target: bytes


class RemovePath(msgspec.Struct, frozen=True, tag=True):
    """Remove a file, or a folder with all that is in it when ``recursive``."""

    request: int
    path: bytes
    recursive: bool = False


class Upload(msgspec.Struct, frozen=True, tag=True):
    """Send files and folders into a remote folder, which is made when missing.

    ``request`` also names the batch. Done when every file reached a final state, be it delivered
    or not.
    """

    request: int
    sources: tuple[str, ...]
    folder: bytes
    on_conflict: ConflictChoice = ConflictChoice.FAIL


class Download(msgspec.Struct, frozen=True, tag=True):
    """Fetch files and folders into a local folder, which is made when missing."""

    request: int
    sources: tuple[bytes, ...]
    folder: str
    on_conflict: ConflictChoice = ConflictChoice.FAIL


class AnswerConflict(msgspec.Struct, frozen=True, tag=True):
    """A person's answer to :class:`ConflictQuestion`, for the rest of the batch."""

    batch: int
    choice: ConflictChoice


class CancelRequest(msgspec.Struct, frozen=True, tag=True):
    """Stop a sign-in, listing or batch; its request then fails with ``cancelled``, or is done."""

    target: int


class Shutdown(msgspec.Struct, frozen=True, tag=True):
    """End the engine: requests under way fail with ``cancelled``, the connection is closed."""


Command = (
    OpenSite
    | UseCodeSecret
    | UsePassword
    | SignIn
    | AnswerHostKey
    | SignOut
    | ShowCode
    | ListFolder
    | StatPath
    | MakeFolder
    | RenamePath
    | RemovePath
    | Upload
    | Download
    | AnswerConflict
    | CancelRequest
    | Shutdown
)

# ---------------------------------------------------------------- events


class Done(msgspec.Struct, frozen=True, tag=True):
    """The request ended well."""

    request: int


class Failed(msgspec.Struct, frozen=True, tag=True):
    """The request ended otherwise."""

    request: int
    problem: Problem


class SiteOpened(msgspec.Struct, frozen=True, tag=True):
    """What is at hand for the site.

    Attributes:
        has_password: a password is at hand.
        has_code_secret: a code secret is at hand.
        can_save: a keychain is there to save in.
        keychain_note: a sentence for people where there is none; else empty.
    """

    site: Site
    has_password: bool
    has_code_secret: bool
    can_save: bool
    keychain_note: str = ""


class SessionChanged(msgspec.Struct, frozen=True, tag=True):
    """The session's state.

    Attributes:
        state: the new state.
        until: seconds since the epoch at which the wait ends, for waiting and reconnecting.
        problem: why the session is offline, where it was not asked to be.
    """

    state: SessionState
    until: float | None = None
    problem: Problem | None = None


class CodeChanged(msgspec.Struct, frozen=True, tag=True):
    """The code to show; ``None`` where no code secret is at hand.

    Attributes:
        code: current and next code.
        spent: the current code was sent or given out, and will not be used again.
    """

    code: LiveCode | None
    spent: bool = False


class CodeAwaited(msgspec.Struct, frozen=True, tag=True):
    """The code at hand is spent or nearly over; the next comes at ``until`` (epoch)."""

    request: int
    until: float


class CodeGivenOut(msgspec.Struct, frozen=True, tag=True):
    """The code asked for with :class:`ShowCode`."""

    request: int
    code: LiveCode


class Notice(msgspec.Struct, frozen=True, tag=True):
    """Something the person should know that no request failed over."""

    problem: Problem


class HostKeyQuestion(msgspec.Struct, frozen=True, tag=True):
    """Nobody has confirmed this server's key; nothing secret has been sent.

    Attributes:
        question: number to answer with.
        host: the server's address as the site names it.
        key_type: SSH name of the key's type, such as ``ssh-ed25519``.
        fingerprint: ``SHA256:`` and unpadded base64.
    """

    question: int
    host: str
    key_type: str
    fingerprint: str


class FolderBlock(msgspec.Struct, frozen=True, tag=True):
    """Some entries of a folder being listed; ``.`` and ``..`` are left out."""

    request: int
    entries: tuple[Entry, ...]


class PathStat(msgspec.Struct, frozen=True, tag=True):
    """What the server says of one path; the entry's name is the path's last part."""

    request: int
    entry: Entry


class BatchChanged(msgspec.Struct, frozen=True, tag=True):
    """How a batch stands; at most ten a second, and at its end."""

    view: BatchView


class FileChanged(msgspec.Struct, frozen=True, tag=True):
    """One file of a batch entered another state."""

    batch: int
    view: FileView


class ConflictQuestion(msgspec.Struct, frozen=True, tag=True):
    """Something of that name is already there; asked once a batch.

    Attributes:
        batch: the batch that waits for :class:`AnswerConflict`.
        name: the first name that is taken, cleaned for display.
        replace_is_final: on this server replacing destroys the old file if the upload breaks.
    """

    batch: int
    name: str
    replace_is_final: bool


Event = (
    Done
    | Failed
    | SiteOpened
    | SessionChanged
    | CodeChanged
    | CodeAwaited
    | CodeGivenOut
    | Notice
    | HostKeyQuestion
    | FolderBlock
    | PathStat
    | BatchChanged
    | FileChanged
    | ConflictQuestion
)
