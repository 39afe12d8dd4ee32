"""Commands and events about one-time codes, and about what Okta says of sign-ins."""

from __future__ import annotations

import msgspec

from ferrygate.codes.totp import CodeSecret, LiveCode
from ferrygate.common.errors import Problem
from ferrygate.engine.messages.session import TypedCredentials


class UseCodeSecret(msgspec.Struct, frozen=True):
    """Use this code secret for the open site; keep it in the keychain when ``save``."""

    request: int
    secret: CodeSecret
    save: bool = False


class ShowCode(msgspec.Struct, frozen=True):
    """Give out a code for use elsewhere: claimed, so that it is never sent from here.

    Answered by CodeGivenOut, after CodeAwaited where the current one is spent, or nearly over.
    """

    request: int


class ExplainRefusal(msgspec.Struct, frozen=True):
    """Ask Okta once, with the password alone, why a sign-in was refused.

    To be sent only when the person agreed. Counted by the lock-out breaker; ``try_anyway`` as for
    a sign-in. Answered by RefusalExplained, then ``Done``.
    """

    request: int
    try_anyway: bool = False


class EnrolWithOkta(msgspec.Struct, frozen=True):
    """Set up a code for an account that Okta asks to enrol one, without scanning anything.

    Uses the password at hand, or what was typed. The new code secret is then used for the open
    site, unless another one was opened meanwhile, and is kept in the keychain at once when
    ``save``: Okta has accepted a code.
    """

    request: int
    save: bool = False
    try_anyway: bool = False
    typed: TypedCredentials = TypedCredentials()


class MeasureSkew(msgspec.Struct, frozen=True):
    """Compare this computer's clock with Okta's; answered by SkewMeasured."""

    request: int


class ApplySkew(msgspec.Struct, frozen=True):
    """Make codes for a clock that is ``seconds`` ahead; to be sent only when the person agreed.

    Kept for the open site. Up to 10 seconds count as none and end the correction.
    """

    request: int
    seconds: int


CodeRequest = UseCodeSecret | ShowCode
OktaRequest = ExplainRefusal | EnrolWithOkta | MeasureSkew | ApplySkew


class CodeChanged(msgspec.Struct, frozen=True):
    """Tells the code to show; ``None`` if no code secret is at hand.

    Attributes:
        code: current and next code.
        spent: the current code was sent or given out, and will not be used again.
    """

    code: LiveCode | None
    spent: bool = False


class CodeAwaited(msgspec.Struct, frozen=True):
    """Tells that the code is spent or nearly over; the next comes at ``until`` (epoch)."""

    request: int
    until: float


class CodeGivenOut(msgspec.Struct, frozen=True):
    """Gives the code asked for with :class:`ShowCode`."""

    request: int
    code: LiveCode


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
