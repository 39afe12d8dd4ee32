"""Commands, which go into the engine."""

from __future__ import annotations

import msgspec

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.secret import Secret
from ferrygate.sites.site import Site
from ferrygate.transfers.views import BatchId, ConflictChoice, ConflictScope, LinkChoice
from ferrygate.vault.vault import SecretKind


class OpenSite(msgspec.Struct, frozen=True):
    """Turn to a site: what is saved for it is fetched, its code starts to show.

    Answered by SiteOpened, then Done. Nothing is sent to any
    server.

    Attributes:
        given: what comes with the command that opens it. The keychain is then asked for nothing
            but what else the site's steps need, and left alone where that is nothing. Where it is
            ``None``, as for a window, the keychain is asked for everything.
    """

    request: int
    site: Site
    given: frozenset[SecretKind] | None = None


class ProvideSecrets(msgspec.Struct, frozen=True, kw_only=True):
    """Hold what Ferrygate was started with, for one site and no other, until the end.

    To be sent before that site is opened. Whenever it is, they are at hand for it as if the
    keychain had had them, and are never kept there.
    """

    request: int
    site: Site
    password: Secret | None = None
    code_secret: CodeSecret | None = None
    passphrase: Secret | None = None


class UseCodeSecret(msgspec.Struct, frozen=True):
    """Use this code secret for the open site; keep it in the keychain when ``save``."""

    request: int
    secret: CodeSecret
    save: bool = False


class UsePassword(msgspec.Struct, frozen=True):
    """Use this password for the open site; keep it in the keychain once proven when ``save``."""

    request: int
    password: Secret
    save: bool = False


class UsePassphrase(msgspec.Struct, frozen=True):
    """Use this passphrase for the site's private key; keep it once proven when ``save``."""

    request: int
    passphrase: Secret
    save: bool = False


class ForgetSecret(msgspec.Struct, frozen=True):
    """Drop a secret of the open site, from memory and from the keychain."""

    request: int
    kind: SecretKind


class ForgetHostKeys(msgspec.Struct, frozen=True):
    """A person's deliberate act after a changed key: the server is met as if for the first time.

    The keys on record are dropped for good, the open site's pins for as long as it is open. A face
    that has the site saved gives it its new pin once a sign-in has succeeded.
    """

    request: int


class ResetLock(msgspec.Struct, frozen=True):
    """A person's word that the open site's account is well again: refusals count from 0."""

    request: int


class SignIn(msgspec.Struct, frozen=True):
    """Sign in to the open site with what is at hand.

    Fails with ``secrets-missing`` where password or code secret is not at hand, with ``usage``
    where what was typed is no code, and with ``code-needed`` where it was used before.

    Attributes:
        try_anyway: a person's word after repeated refusals.
        typed_code: from a phone or a token, good for this one sign-in; it goes before a code
            secret that is at hand. Never kept.
        ask_code: a person is there to type codes. Where one is needed and none is at hand, now or
            when the connection was lost, CodeQuestion asks for it. Without this such a sign-in
            fails, and a session that needs another code ends with ``code-needed``.
    """

    request: int
    try_anyway: bool = False
    typed_code: Secret | None = None
    ask_code: bool = False


class AnswerHostKey(msgspec.Struct, frozen=True):
    """A person's answer to HostKeyQuestion."""

    question: int
    accept: bool


class AnswerCode(msgspec.Struct, frozen=True):
    """A person's answer to CodeQuestion; none ends the sign-in, or the session that needs it."""

    question: int
    code: Secret | None


class AnswerPrompt(msgspec.Struct, frozen=True):
    """A person's answer to PromptQuestion; none refuses to answer."""

    question: int
    answer: Secret | None


class SignOut(msgspec.Struct, frozen=True):
    """End the session and drop the secrets held in memory for it."""

    request: int


class ShowCode(msgspec.Struct, frozen=True):
    """Give out a code for use elsewhere: claimed, so that it is never sent from here.

    Answered by CodeGivenOut, after CodeAwaited where the current one is spent, or nearly over.
    """

    request: int


class ListFolder(msgspec.Struct, frozen=True):
    """List a folder; the entries come in FolderBlock events, unsorted.

    Each is to be answered by TakeMore: the listing waits where too many were not.
    """

    request: int
    path: bytes


class StatPath(msgspec.Struct, frozen=True):
    """Ask for one path; answered by PathStat, then Done."""

    request: int
    path: bytes


class MakeFolder(msgspec.Struct, frozen=True):
    """Make a folder, and those above it when ``parents``."""

    request: int
    path: bytes
    parents: bool = False


class RenamePath(msgspec.Struct, frozen=True):
    """Rename a file or folder; never onto an existing name.

    Refused for the root, the site's start folder, and those above it.
    """

    request: int
    source: bytes
    target: bytes


class RemovePath(msgspec.Struct, frozen=True):
    """Remove a file, or a folder with all that is in it when ``recursive``.

    Refused for the root, the site's start folder, and those above it.
    """

    request: int
    path: bytes
    recursive: bool = False


class Upload(msgspec.Struct, frozen=True):
    """Send files and folders into a remote folder, which is made when missing.

    Answered by BatchStarted, which ends the request; the batch has ended once a BatchChanged says
    so, be its files delivered or not.

    Attributes:
        late_check: where the line was lost, wait until no part can come over what was sent again,
            and ask about it once more.
        name: what the one file of ``sources`` is called on the server; its own name where none.
    """

    request: int
    sources: tuple[str, ...]
    folder: bytes
    on_conflict: ConflictChoice = ConflictChoice.FAIL
    links: LinkChoice = LinkChoice.SKIP
    late_check: bool = True
    name: bytes | None = None


class Download(msgspec.Struct, frozen=True):
    """Fetch files and folders into a local folder, which is made when missing.

    Answered as :class:`Upload`.
    """

    request: int
    sources: tuple[bytes, ...]
    folder: str
    on_conflict: ConflictChoice = ConflictChoice.FAIL
    links: LinkChoice = LinkChoice.SKIP


class AnswerConflict(msgspec.Struct, frozen=True):
    """A person's answer to ConflictQuestion; one to another question of the batch says nothing.

    Attributes:
        batch: the batch that asks.
        question: its question's number.
        choice: what to do.
        scope: the files that it holds for.
        count: how many of those met it holds for, where the scope is those: as many as the person
            was told of, from the first.
    """

    batch: BatchId
    question: int
    choice: ConflictChoice
    scope: ConflictScope = ConflictScope.ALL
    count: int | None = None


class CancelBatch(msgspec.Struct, frozen=True):
    """Stop a batch: what is under way comes to its end, and BatchChanged tells the batch's."""

    batch: BatchId


class RetryBatch(msgspec.Struct, frozen=True):
    """Begin again what a batch that has ended did not deliver, over the session that there is.

    Answered by Done once that waits for its turn. Fails where nobody is signed in, and where
    nothing of that batch is kept to be tried again (:attr:`BatchView.can_retry`).
    """

    request: int
    batch: BatchId


class ExplainRefusal(msgspec.Struct, frozen=True):
    """Ask Okta once, with the password alone, why a sign-in was refused.

    To be sent only when the person agreed. Counted by the lock-out breaker; ``try_anyway`` as for
    a sign-in. Answered by RefusalExplained, then ``Done``.
    """

    request: int
    try_anyway: bool = False


class EnrolWithOkta(msgspec.Struct, frozen=True):
    """Set up a code for an account that Okta asks to enrol one, without scanning anything.

    Uses the password at hand. The new code secret is then used for the open site, and is kept in
    the keychain at once when ``save``: Okta has accepted a code. Answered by CodeEnrolled, then
    ``Done``; by ``Done`` alone where another site was opened meanwhile.
    """

    request: int
    save: bool = False
    try_anyway: bool = False


class MeasureSkew(msgspec.Struct, frozen=True):
    """Compare this computer's clock with Okta's; answered by SkewMeasured."""

    request: int


class ApplySkew(msgspec.Struct, frozen=True):
    """Make codes for a clock that is ``seconds`` ahead; to be sent only when the person agreed.

    Kept for the open site. Up to 10 seconds count as none and end the correction.
    """

    request: int
    seconds: int


OktaCommand = ExplainRefusal | EnrolWithOkta | MeasureSkew | ApplySkew


class LimitRate(msgspec.Struct, frozen=True):
    """Move no more than so many bytes a second, both ways together; ``None`` ends the limit.

    Holds for the session that is there or comes next. Less than 1 is refused.
    """

    request: int
    bytes_per_second: int | None


class TakeMore(msgspec.Struct, frozen=True):
    """A FolderBlock of this request was dealt with, so that another may come."""

    target: int


class CancelRequest(msgspec.Struct, frozen=True):
    """Stop a sign-in or a listing; its request then fails with ``cancelled``, or is done."""

    target: int


class Shutdown(msgspec.Struct, frozen=True):
    """End the engine: requests under way fail with ``cancelled``, the connection is closed."""


Request = (
    OpenSite
    | ProvideSecrets
    | UseCodeSecret
    | UsePassword
    | UsePassphrase
    | ForgetSecret
    | ForgetHostKeys
    | ResetLock
    | SignIn
    | SignOut
    | ShowCode
    | ListFolder
    | StatPath
    | MakeFolder
    | RenamePath
    | RemovePath
    | Upload
    | Download
    | RetryBatch
    | LimitRate
    | OktaCommand
)
"""Commands with a number, each answered by one Done, BatchStarted or Failed."""

Command = (
    Request
    | AnswerHostKey
    | AnswerCode
    | AnswerPrompt
    | AnswerConflict
    | CancelBatch
    | TakeMore
    | CancelRequest
    | Shutdown
)
