"""Commands and events about the open site and its session."""

from __future__ import annotations

from enum import Enum

import msgspec

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.errors import Problem
from ferrygate.common.message import Message
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.sign_in.gate import Gate
from ferrygate.sign_in.step_line import StepLine
from ferrygate.sites.site import Site


class OpenSite(msgspec.Struct, frozen=True):
    """Turn to a site: what is saved for it is fetched, its code starts to show.

    Answered by SiteOpened, then Done. Nothing is sent to any server.

    Attributes:
        given: what comes with the command that opens it. The keychain is then asked for nothing
            but what else the site's steps need, and left alone where that is nothing. Where it is
            ``None``, as for a window, the keychain is asked for everything.
        keeps_code: it is the open site with other settings, such as other host keys: a code that
            was set up for it stays in use. Has no effect on another server.
    """

    request: int
    site: Site
    given: frozenset[SecretKind] | None = None
    keeps_code: bool = False


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
    """Forget the server's host keys, as a person decided after the server had shown another key.

    The next sign-in asks about the server's key as if for the first time. The keys on record are
    dropped for good, the open site's pins for as long as it is open. The window gives a saved site
    its new pin once a sign-in has succeeded.
    """

    request: int


class TypedCredentials(msgspec.Struct, frozen=True, kw_only=True):
    """Holds what a person has typed for the open site; it is used from then on.

    Attributes:
        username: another user than the site's opens it anew for them, with what is kept for them;
            a code that was set up for the site stays in use.
        password: in place of one that is at hand.
        passphrase: of the site's private key, likewise.
        save: keep password and passphrase in the keychain once they are proven.
    """

    username: str | None = None
    password: Secret | None = None
    passphrase: Secret | None = None
    save: bool = False


class SignIn(msgspec.Struct, frozen=True):
    """Sign in to the open site with what is at hand and what was typed.

    Fails with ``secrets-missing`` where password or code secret is not at hand, with ``usage``
    where what was typed is no code, and with ``code-needed`` where it was used before.

    Attributes:
        try_anyway: a person's word after repeated refusals.
        typed_code: from a phone or a token, good for this one sign-in; it goes before a code
            secret that is at hand. Never kept.
        ask_code: a person is there to type codes. Where one is needed and none is at hand, now or
            when the connection was lost, CodeQuestion asks for it. Without this such a sign-in
            fails, and a session that needs another code ends with ``code-needed``.
        typed: user, password and passphrase, where a person has typed them for it.
    """

    request: int
    try_anyway: bool = False
    typed_code: Secret | None = None
    ask_code: bool = False
    typed: TypedCredentials = TypedCredentials()


class AnswerHostKey(msgspec.Struct, frozen=True):
    """Answer HostKeyQuestion."""

    question: int
    accept: bool


class AnswerCode(msgspec.Struct, frozen=True):
    """Answer CodeQuestion; without a code the sign-in ends, or the session that needs it."""

    question: int
    code: Secret | None


class AnswerPrompt(msgspec.Struct, frozen=True):
    """Answer PromptQuestion; ``None`` declines to answer."""

    question: int
    answer: Secret | None


class SignOut(msgspec.Struct, frozen=True):
    """End the session and drop the secrets held in memory for it."""

    request: int


class SessionState(Enum):
    """Names the states of a session, as people see them.

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


class SiteOpened(msgspec.Struct, frozen=True):
    """Tells that what is kept for the site was looked up; SecretsChanged came before it.

    Attributes:
        site: the open site.
        correction: seconds by which codes are corrected for this computer's clock; 0 if not.
    """

    site: Site
    correction: int = 0


class SecretsChanged(msgspec.Struct, frozen=True, kw_only=True):
    """Tells what is at hand for the open site, whenever that changes; no secret travels upwards.

    The first comes once the keychain was asked, before SiteOpened.

    Attributes:
        site: the open site.
        has_password: a password is at hand that was kept, or that a sign-in has proven. One that
            was only typed is held as well, and not told: it may be wrong.
        has_code_secret: a code secret is at hand.
        has_passphrase: a passphrase for the site's private key is at hand, as a password.
        can_save: a keychain is there to save in, or was not needed so far.
        keychain_note: why nothing can be kept in it, where that is so.
    """

    site: Site
    has_password: bool = False
    has_code_secret: bool = False
    has_passphrase: bool = False
    can_save: bool = False
    keychain_note: Message | None = None


class RefusalsCounted(msgspec.Struct, frozen=True):
    """Tells how many sign-ins in a row were refused; comes before the event that changed it.

    An account without refusals is told only after one with refusals was.

    Attributes:
        site: the open site, whose account it is.
        refusals: by all servers under which the account is counted.
        gate: whether the next attempt is made at a request, at a person's word, or not at all.
    """

    site: Site
    refusals: int
    gate: Gate


class SessionChanged(msgspec.Struct, frozen=True):
    """Tells the session's state.

    Attributes:
        state: the new state.
        until: seconds since the epoch at which the wait ends, for waiting and reconnecting.
        problem: why the session is offline, where it was not asked to be.
        can_try_now: ``until`` is when a lost connection is tried next, and :class:`SignIn` has it
            tried at once.
        steps: those of the sign-in that brought the connection, where the session is signed in.
    """

    state: SessionState
    until: float | None = None
    problem: Problem | None = None
    can_try_now: bool = False
    steps: tuple[StepLine, ...] = ()


class Notice(msgspec.Struct, frozen=True):
    """Something the person should know that no request failed over."""

    problem: Problem


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
    """Passes on an unforeseen question of the server (keyboard-interactive); two minutes to answer.

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


SessionRequest = (
    OpenSite
    | ProvideSecrets
    | UsePassword
    | UsePassphrase
    | ForgetSecret
    | ForgetHostKeys
    | SignIn
    | SignOut
)
SessionCommand = SessionRequest | AnswerHostKey | AnswerCode | AnswerPrompt
