"""Finds the causes that a refused sign-in may have, the likeliest first.

SSH says no, and nothing else. The order goes by what was found beside it: Okta's word on the
password alone, where a person let it be asked, goes before everything else; then a clock that is
wrong; then what people get wrong most often.
"""

from __future__ import annotations

import msgspec

from ferrygate.access_check.stages import Cause, Party
from ferrygate.sign_in.okta_verdict import PasswordVerdict
from ferrygate.sites.skew import NOTABLE

_SURE = {
    PasswordVerdict.ENROLL: Cause.CODE_NOT_SET_UP,
    PasswordVerdict.LOCKED_OUT: Cause.ACCOUNT_LOCKED,
    PasswordVerdict.NEW_PASSWORD: Cause.PASSWORD_EXPIRED,
    PasswordVerdict.NO_MFA_DEMANDED: Cause.NO_MFA_DEMANDED,
    PasswordVerdict.PASSWORD_EXPIRED: Cause.PASSWORD_EXPIRED,
}
_PARTIES = {
    Cause.ACCOUNT_LOCKED: Party.CONTACT,
    Cause.KEY_NOT_ACCEPTED: Party.CONTACT,
    Cause.NO_ACCESS: Party.OWNER,
    Cause.NO_MFA_DEMANDED: Party.OWNER,
}


class RefusalFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Holds what is known beside a refusal.

    Attributes:
        sent_password: a password has left.
        sent_code: a code has left, whether joined to the password or not.
        was_typed: a person had typed the code.
        correction: seconds by which the code was corrected.
        clock_off: seconds by which codes are off after that; ``None`` where nobody told the time.
        verdict: Okta's on the password alone, where it was asked.
    """

    sent_password: bool = True
    sent_code: bool = False
    was_typed: bool = False
    correction: int = 0
    clock_off: float | None = None
    verdict: PasswordVerdict | None = None


def causes_of(facts: RefusalFacts) -> tuple[Cause, ...]:
    """List the causes, the likeliest first."""
    if not facts.sent_password and not facts.sent_code:
        return (Cause.KEY_NOT_ACCEPTED, Cause.USER_WRONG, Cause.NO_ACCESS)
    verdict = facts.verdict
    if verdict in _SURE:
        return (_SURE[verdict],)
    if verdict is PasswordVerdict.WRONG_OR_LOCKED:
        return (Cause.PASSWORD_WRONG, Cause.ACCOUNT_LOCKED, Cause.USER_WRONG)
    codes = _of_codes(facts) if facts.sent_code else []
    clock = _of_clock(facts) if facts.sent_code and not facts.was_typed else []
    unset = [Cause.CODE_NOT_SET_UP] if facts.sent_code else []
    if verdict is PasswordVerdict.CORRECT:
        return (*clock, *codes, Cause.PASSWORD_EXPIRED, *unset, Cause.NO_ACCESS)
    is_measured = facts.clock_off is not None
    return (
        *(clock if is_measured else []),
        Cause.PASSWORD_WRONG,
        Cause.USER_WRONG,
        *([] if is_measured else clock),
        *codes,
        Cause.PASSWORD_EXPIRED,
        Cause.ACCOUNT_LOCKED,
        *unset,
        Cause.NO_ACCESS,
    )


def party_of(cause: Cause) -> Party:
    """Name those who can mend a cause."""
    return _PARTIES.get(cause, Party.YOU)


def _of_codes(facts: RefusalFacts) -> list[Cause]:
    """List the causes that lie with the code, but for the time that it was made for."""
    others = [Cause.CODE_USED_ELSEWHERE, Cause.CODE_OF_ANOTHER_ACCOUNT]
    return [Cause.CODE_MISTYPED, *others] if facts.was_typed else others


def _of_clock(facts: RefusalFacts) -> list[Cause]:
    """Name the clock, or its correction, unless it was found to be right."""
    if facts.clock_off is not None and abs(facts.clock_off) <= NOTABLE:
        return []
    return [Cause.CORRECTION_WRONG if facts.correction else Cause.CLOCK_WRONG]
