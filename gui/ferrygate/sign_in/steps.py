"""The steps of a sign-in as values, in the order in which they are taken.

One stream of them serves the log, the details of a problem, and whoever checks an account's access.
No step holds a secret, or how long one is: a step says that a password was sent, and which prompt a
code has answered.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import msgspec

from ferrygate.common.errors import Kind
from ferrygate.sign_in.step_line import StepName
from ferrygate.ssh.answers import AuthOutcome
from ferrygate.ssh.connect_steps import (
    AddressFailed,
    AlgorithmsAgreed,
    AlgorithmsDiffer,
    ConnectStep,
    FirstLineRead,
    NameResolved,
    OtherProtocolRead,
    TcpConnected,
)


class Sent(Enum):
    """Names what is sent to prove who signs in."""

    PASSWORD = "password"  # noqa: S105  the name of a kind
    CODE = "code"
    PASSWORD_AND_CODE = "password and code"  # noqa: S105  joined as the site says
    KEY = "signature of the private key"
    REQUEST = "request for prompts"
    PERSONS_ANSWER = "a person's answer"


class KeyTrust(Enum):
    """Names the reasons to take a host key for the right one."""

    KNOWN = "known"
    PINNED = "pinned by the connection file"
    CONFIRMED = "confirmed by a person"


class SettingsRead(msgspec.Struct, frozen=True, kw_only=True):
    """Tells what is signed in to, and that all which that needs is at hand.

    Attributes:
        site: the site's name.
        host: the server's name or address.
        port: TCP's.
        username: the account's.
        methods: SSH's, in the order in which the site wants them.
        join: the template of what the password method sends.
        typed_code: a person has typed the code.
        correction: seconds by which the clock is corrected that codes are made for.
    """

    site: str
    host: str
    port: int
    username: str
    methods: tuple[str, ...]
    join: str
    typed_code: bool = False
    correction: int = 0


class HostKeyAccepted(msgspec.Struct, frozen=True):
    """Tells which key the server has proven to hold, and why it is taken for the right one."""

    key_type: str
    fingerprint: str
    trust: KeyTrust


class MethodsOffered(msgspec.Struct, frozen=True):
    """Tells which methods the server offers before anything was sent (RFC 4252 §5.2).

    Attributes:
        methods: their names; empty where the server lets the user in without any.
        is_assumed: the server was not asked, since trying a private key uses nothing up.
        banner: the server's words to people (RFC 4252 §5.4) so far, cleaned.
    """

    methods: tuple[str, ...]
    is_assumed: bool = False
    banner: str = ""


class PromptAnswered(msgspec.Struct, frozen=True):
    """Tells what a prompt (RFC 4256 §3.2) is answered with.

    Attributes:
        prompt: the server's words, cleaned and cut.
        answer: the kind of answer.
    """

    prompt: str
    answer: Sent


class SecretSent(msgspec.Struct, frozen=True):
    """Tells what is sent with a method, right before it leaves.

    Attributes:
        method: SSH's name of it.
        sent: what goes with it.
        key_type: of a private key.
        prompts: those that are answered, with the words above them.
        instruction: these words, cleaned and cut.
    """

    method: str
    sent: tuple[Sent, ...]
    key_type: str = ""
    prompts: tuple[PromptAnswered, ...] = ()
    instruction: str = ""


class AuthAnswered(msgspec.Struct, frozen=True):
    """Tells the server's answer to a method (RFC 4252 §5.1).

    Attributes:
        method: SSH's name of it.
        outcome: the answer.
        methods: those that can continue.
        detail: for support.
        banner: the server's words to people, where there are more than before; cleaned.
    """

    method: str
    outcome: AuthOutcome
    methods: tuple[str, ...] = ()
    detail: str = ""
    banner: str = ""


class ChannelOpened(msgspec.Struct, frozen=True):
    """Tells that the server has granted a channel (RFC 4254 §5.1)."""


class SftpStarted(msgspec.Struct, frozen=True):
    """Tells what the server's SFTP is.

    Attributes:
        version: of the protocol.
        extensions: the names of those that the server has.
        stores_objects: files are kept in an object store, and appear once they are closed.
    """

    version: int
    extensions: tuple[str, ...]
    stores_objects: bool


class StepFailed(msgspec.Struct, frozen=True):
    """Tells which step was not done, and why; the last of its sign-in.

    Attributes:
        step: the one that was under way.
        kind: of the problem.
        detail: for support.
    """

    step: StepName
    kind: Kind
    detail: str


Step = (
    SettingsRead
    | ConnectStep
    | HostKeyAccepted
    | MethodsOffered
    | SecretSent
    | AuthAnswered
    | ChannelOpened
    | SftpStarted
    | StepFailed
)

ReportStep = Callable[[Step], None]
"""Takes each step as it is done, on the thread that makes the attempt."""

_NAMES = {
    SettingsRead: StepName.SETTINGS,
    NameResolved: StepName.DNS,
    AddressFailed: StepName.TCP,
    TcpConnected: StepName.TCP,
    OtherProtocolRead: StepName.FIRST_LINE,
    FirstLineRead: StepName.FIRST_LINE,
    AlgorithmsDiffer: StepName.ALGORITHMS,
    AlgorithmsAgreed: StepName.ALGORITHMS,
    HostKeyAccepted: StepName.HOST_KEY,
    MethodsOffered: StepName.METHODS,
    SecretSent: StepName.SENT,
    AuthAnswered: StepName.ANSWERED,
    ChannelOpened: StepName.CHANNEL,
    SftpStarted: StepName.SFTP,
}
# Findings that leave their step undone.
_NOT_DONE = (AddressFailed, OtherProtocolRead, AlgorithmsDiffer)
# Problems that tell by their kind which step they belong to, whenever they come up.
_STEP_OF = {
    Kind.HOST_KEY_CHANGED: StepName.HOST_KEY,
    Kind.HOST_KEY_UNKNOWN: StepName.HOST_KEY,
    Kind.LEASE_LOST: StepName.SETTINGS,
    Kind.LOCK_OUT_BREAKER: StepName.SETTINGS,
    Kind.LOCK_OUT_SHUT: StepName.SETTINGS,
    Kind.PASSPHRASE_MISSING: StepName.SETTINGS,
    Kind.PRIVATE_KEY: StepName.SETTINGS,
    Kind.SIGN_IN_METHOD: StepName.METHODS,
}


def step_name(step: Step) -> StepName:
    """Name a step; one that failed is named as if it was done."""
    return step.step if isinstance(step, StepFailed) else _NAMES[type(step)]


def failed_step(last: Step | None, kind: Kind) -> StepName:
    """Name the step that was under way as a problem came up.

    Args:
        last: the step that was done last; none where none was.
        kind: of the problem.
    """
    if kind in _STEP_OF:
        return _STEP_OF[kind]
    if last is None:
        return StepName.SETTINGS
    if isinstance(last, _NOT_DONE):
        return step_name(last)
    if isinstance(last, AuthAnswered) and last.outcome is not AuthOutcome.ACCEPTED:
        partial = last.outcome is AuthOutcome.PARTIAL
        return StepName.SENT if partial else StepName.ANSWERED
    names = list(StepName)
    return names[min(names.index(step_name(last)) + 1, len(names) - 1)]
