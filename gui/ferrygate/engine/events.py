"""Events, which come out of the engine."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import msgspec

from ferrygate.codes.totp import CodeSecret, LiveCode
from ferrygate.common.entry import Entry
from ferrygate.common.errors import Problem
from ferrygate.common.message import Message
from ferrygate.sign_in.gate import Gate
from ferrygate.sites.site import Site
from ferrygate.transfers.name_conflict import NameConflict
from ferrygate.transfers.views import BatchId, BatchView, Direction, FileView
from ferrygate.vault.vault import SecretKind


class SessionState(Enum):
    """The life of a session, as people see it.

    While a code is asked for, nothing is connected, and a session that was signed in waits with all
    that it was asked to do.
    """

    OFFLINE = "offline"
    CONNECTING = "connecting"
    ASKING_FOR_CODE = "asking-for-code"
    WAITING_FOR_CODE = "waiting-for-code"
    SIGNING_IN = "signing-in"
    SIGNED_IN = "signed-in"
    RECONNECTING = "reconnecting"


class Done(msgspec.Struct, frozen=True):
    """The request ended well."""

    request: int


class Failed(msgspec.Struct, frozen=True):
    """The request ended otherwise."""

    request: int
    problem: Problem


class SiteOpened(msgspec.Struct, frozen=True):
    """Tells what is at hand for the site.

    Attributes:
        has_password: a password is at hand.
        has_code_secret: a code secret is at hand.
        can_save: a keychain is there to save in, or was not needed so far.
        keychain_note: why nothing can be kept in it, where that is so.
        correction: seconds by which codes are corrected for this computer's clock; 0 if not.
    """

    site: Site
    has_password: bool
    has_code_secret: bool
    can_save: bool
    keychain_note: Message | None = None
    correction: int = 0


class RefusalsCounted(msgspec.Struct, frozen=True):
    """Tells how many sign-ins in a row were refused, before what follows from another number.

    None is told where there were none, and none had been told of.

    Attributes:
        site: the open site, whose account it is.
        refusals: by all servers under which the account is counted.
        gate: whether the next attempt is made at a request, at a person's word, or not at all.
    """

    site: Site
    refusals: int
    gate: Gate


class SessionChanged(msgspec.Struct, frozen=True):
    """The session's state.

    Attributes:
        state: the new state.
        until: seconds since the epoch at which the wait ends, for waiting and reconnecting.
        problem: why the session is offline, where it was not asked to be.
        can_try_now: ``until`` is when a lost connection is tried next, and :class:`SignIn` has it
            tried at once.
    """

    state: SessionState
    until: float | None = None
    problem: Problem | None = None
    can_try_now: bool = False


class CodeChanged(msgspec.Struct, frozen=True):
    """The code to show; ``None`` where no code secret is at hand.

    Attributes:
        code: current and next code.
        spent: the current code was sent or given out, and will not be used again.
    """

    code: LiveCode | None
    spent: bool = False


class CodeAwaited(msgspec.Struct, frozen=True):
    """The code at hand is spent or nearly over; the next comes at ``until`` (epoch)."""

    request: int
    until: float


class CodeGivenOut(msgspec.Struct, frozen=True):
    """The code asked for with :class:`ShowCode`."""

    request: int
    code: LiveCode


class CodeEnrolled(msgspec.Struct, frozen=True):
    """The code secret that Okta has handed out, once; it is in use for the open site already.

    A site that is opened anew, as for another user name, needs it again, and nobody but the face
    has it where it was not kept.
    """

    request: int
    secret: CodeSecret


class Notice(msgspec.Struct, frozen=True):
    """Something the person should know that no request failed over."""

    problem: Problem


class SecretsDropped(msgspec.Struct, frozen=True):
    """Secrets that are not at hand any more, neither in memory nor to be sent by themselves.

    Attributes:
        kinds: which.
        changed: the person has changed them at the server, so that the keychain forgets them too.
            Otherwise they were saved for another key than the server shows, and stay there.
    """

    kinds: frozenset[SecretKind]
    changed: bool = False


class HostKeyQuestion(msgspec.Struct, frozen=True):
    """Asks whether this server's key is right; nothing secret has been sent.

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


class ServerSaid(msgspec.Struct, frozen=True):
    """Words of the server to the person during a sign-in, which want no answer.

    Attributes:
        words: the server's words, cleaned and cut.
    """

    words: str


class CodeQuestion(msgspec.Struct, frozen=True):
    """Asks for a code from a phone or a token, to be sent at once; there is no hurry to answer.

    The server was reached a moment ago, and would take a sign-in. Comes after a SessionChanged to
    ``ASKING_FOR_CODE``; any other state takes the question back. Where an answer cannot be sent or
    was refused, the question comes again with a new number.

    Attributes:
        question: number to answer with.
        digits: how many digits such a code has.
        goes_on: a session that was signed in needs the code to go on.
        problem: why the code that was typed before did not do, if one was.
    """

    question: int
    digits: int
    goes_on: bool
    problem: Problem | None = None


class PromptQuestion(msgspec.Struct, frozen=True):
    """The server asks something nobody foresaw (keyboard-interactive); two minutes to answer.

    Attributes:
        question: number to answer with.
        text: the server's words, cleaned and cut.
        echo: whether the answer may be shown while it is typed.
        instruction: what the server says above its question, likewise; may be empty.
    """

    question: int
    text: str
    echo: bool
    instruction: str = ""


class FolderBlock(msgspec.Struct, frozen=True):
    """Some entries of a folder being listed; ``.`` and ``..`` are left out."""

    request: int
    entries: tuple[Entry, ...]


class ListingIncomplete(msgspec.Struct, frozen=True):
    """A listing that is about to be Done told not all of its folder.

    Nothing may be concluded from a name that is not in it; ``problem`` says why there may be more.
    """

    request: int
    problem: Problem


class PathStat(msgspec.Struct, frozen=True):
    """Holds the server's word on one path; the entry's name is the path's last part."""

    request: int
    entry: Entry


class BatchStarted(msgspec.Struct, frozen=True):
    """The request ended well: what it asks for is a batch now, and goes on under that name."""

    request: int
    batch: BatchId


class BatchChanged(msgspec.Struct, frozen=True, gc=False):
    """Tells how far a batch is; at most ten a second, and at its end."""

    view: BatchView


class FileChanged(msgspec.Struct, frozen=True, gc=False):
    """One file of a batch entered another state."""

    batch: BatchId
    view: FileView


class ConflictQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """Asks what to do with files whose names are taken; the other files of the batch go on.

    Told anew, at most ten times a second, while more are met, until :class:`AnswerConflict` has
    come for each. Then :attr:`BatchView.files_asked` is 0.

    Attributes:
        batch: the batch that asks.
        direction: the way it goes.
        question: number to answer with; another one after each answer.
        count: how many files wait for the answer.
        examples: the first three of them.
        replaceable: how many of them could replace what has their name: it is no folder, say.
        same_size: how many have the size of what has their name.
        same_time: how many have its size and its time.
        more_may_come: other files of the batch have not ended yet.
    """

    batch: BatchId
    direction: Direction
    question: int
    count: int
    examples: tuple[NameConflict, ...]
    replaceable: int
    same_size: int = 0
    same_time: int = 0
    more_may_come: bool = True


class RefusalExplained(msgspec.Struct, frozen=True):
    """Tells what Okta says, with a next step."""

    request: int
    problem: Problem


class SkewMeasured(msgspec.Struct, frozen=True):
    """Tells how the clocks differ.

    Attributes:
        seconds: how far Okta's clock is ahead, right to about a second; ``None`` where it did not
            tell.
        applied: the correction in use; one that is far from ``seconds`` has become wrong itself.
    """

    request: int
    seconds: float | None
    applied: int


Answer = Done | BatchStarted | Failed
"""Ends a request; there is one for each."""

Event = (
    Done
    | Failed
    | SiteOpened
    | RefusalsCounted
    | SessionChanged
    | CodeChanged
    | CodeAwaited
    | CodeEnrolled
    | CodeGivenOut
    | Notice
    | HostKeyQuestion
    | CodeQuestion
    | PromptQuestion
    | SecretsDropped
    | ServerSaid
    | FolderBlock
    | ListingIncomplete
    | PathStat
    | BatchStarted
    | BatchChanged
    | FileChanged
    | ConflictQuestion
    | RefusalExplained
    | SkewMeasured
)

Listener = Callable[[Event], None]
"""Told of every event, on the engine's thread, which it must not keep waiting."""
