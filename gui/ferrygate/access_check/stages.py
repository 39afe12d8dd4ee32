"""The access check's values: its stages, how each ended, and the verdict.

They cross the engine's boundary, are printed, and are kept in a report: no value holds a secret,
how long one is, or a translated sentence.
"""

from __future__ import annotations

from enum import Enum

import msgspec

from ferrygate.common.errors import Kind
from ferrygate.common.message import Message


class Stage(Enum):
    """Names the stages, in the order in which they are told."""

    SETTINGS = "settings"
    HOME = "home"
    SECRETS = "secrets-at-hand"
    BREAKER = "breaker"
    DNS = "dns"
    TCP = "tcp"
    FIRST_LINE = "first-line"
    ALGORITHMS = "algorithms"
    HOST_KEY = "host-key"
    METHODS = "methods"
    OKTA = "okta"
    CLOCK = "clock"
    SIGN_IN = "sign-in"
    SFTP = "sftp"
    HOME_FOLDER = "home-folder"
    WRITE_PROBE = "write-probe"
    SPEED = "speed"


class StageOutcome(Enum):
    """Names the ways in which a stage ends."""

    PASSED = "passed"
    WARNED = "warned"  # not in the way, and worth a word
    FAILED = "failed"
    NOT_REACHED = "not-reached"  # not asked for, of no use here, or stopped before


class Party(Enum):
    """Names those who can mend a problem."""

    YOU = "you"
    NETWORK = "your-network"  # the people who run the network at which this computer is
    CONTACT = "your-contact"  # as the connection file names them
    OWNER = "server-owner"


class Cause(Enum):
    """Names the causes that a refused sign-in may have; a server itself says none of them."""

    ACCOUNT_LOCKED = "account-locked"
    CLOCK_WRONG = "clock-wrong"
    CODE_MISTYPED = "code-mistyped"
    CODE_NOT_SET_UP = "code-not-set-up"  # at Okta: the account is not enrolled
    CODE_OF_ANOTHER_ACCOUNT = "code-of-another-account"  # or of an earlier set-up
    CODE_USED_ELSEWHERE = "code-used-elsewhere"
    CORRECTION_WRONG = "correction-wrong"  # that of the clock, kept for the site
    KEY_NOT_ACCEPTED = "key-not-accepted"
    NO_ACCESS = "no-access"  # the server's own reasons: no role, no home, an address not allowed
    NO_MFA_DEMANDED = "no-mfa-demanded"  # a policy is missing at Okta
    PASSWORD_EXPIRED = "password-expired"  # noqa: S105  a state of an account
    PASSWORD_WRONG = "password-wrong"  # noqa: S105  the name of a cause
    USER_WRONG = "user-wrong"


class StageResult(msgspec.Struct, frozen=True, kw_only=True):
    """Tells how one stage ended.

    Attributes:
        stage: the stage.
        outcome: how it ended.
        milliseconds: that it took; 0 where it was not reached.
        sentence: the meaning, for the person.
        who: those who can mend it; none where there is nothing to mend.
        next_step: the person's next step, where there is one.
        detail: for support, folded away at first; one fact a line, never a secret.
        kind: of the problem, where the stage has failed; says the exit status.
        causes: of a sign-in that was refused, the likeliest first.
        server_said: the server's own words, as they came; cleaned where they are shown.
    """

    stage: Stage
    outcome: StageOutcome
    sentence: Message
    milliseconds: int = 0
    who: Party | None = None
    next_step: Message | None = None
    detail: str = ""
    kind: Kind | None = None
    causes: tuple[Cause, ...] = ()
    server_said: str = ""


class CheckVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """Sums up a check.

    Attributes:
        outcome: FAILED where a stage has failed, WARNED where one has warned, else PASSED.
        sentence: the verdict, for the person.
        who: those whose move it is; none where nothing is to be done.
        next_step: their move, where it is known.
        first_failed: the stage that failed first, if one has.
        kind: of its problem; says the exit status.
    """

    outcome: StageOutcome
    sentence: Message
    who: Party | None = None
    next_step: Message | None = None
    first_failed: Stage | None = None
    kind: Kind | None = None


class CheckedAccess(msgspec.Struct, frozen=True):
    """Holds a whole check: how each stage ended, and the verdict."""

    results: tuple[StageResult, ...]
    verdict: CheckVerdict


def value_or_empty(named: Enum | None) -> str:
    """Return the name for programs of a stage, party or kind; empty for none."""
    return "" if named is None else str(named.value)
