"""Finds the causes that a refused sign-in may have, the likeliest first.

SSH says no, and nothing else. The order goes by what was found beside it: Okta's word on the
password alone, where a person let it be asked, goes before everything else; then a clock that is
wrong; then what people get wrong most often. A code that was used elsewhere comes late, since no
other program is known to a check.
"""

from __future__ import annotations

import msgspec

from ferrygate.access_check.stages import Cause, Party
from ferrygate.common.message import Message, message, plural_message, sentences
from ferrygate.sign_in.gate import ASK_FROM
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
        clock_off: seconds by which codes are off after that; ``None`` if no other clock was found.
        verdict: Okta's on the password alone; ``None`` if Okta was not asked.
        refusals: those in a row, counted on this computer, this one included.
    """

    sent_password: bool = True
    sent_code: bool = False
    was_typed: bool = False
    correction: int = 0
    clock_off: float | None = None
    verdict: PasswordVerdict | None = None
    refusals: int = 0


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
    elsewhere = [Cause.CODE_USED_ELSEWHERE] if facts.sent_code else []
    if verdict is PasswordVerdict.CORRECT:
        return (*clock, Cause.PASSWORD_EXPIRED, *codes, *unset, Cause.NO_ACCESS, *elsewhere)
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
        *elsewhere,
    )


def step_after(facts: RefusalFacts, told: Message | None) -> Message:
    """Say what to do next, and how many refusals are left before the protection stops the next one.

    Outside a check the next step after a refusal (``told``) names the clock as well, which a check
    has looked at. So a list of causes takes the place of that step, if there is one.
    """
    has_list = facts.sent_password or facts.sent_code
    if told is None or (has_list and facts.verdict in {None, PasswordVerdict.CORRECT}):
        told = message(
            "Go through what it may be due to, from the top. If nothing of it helps, ask your"
            " contact."
        )
    left = ASK_FROM - facts.refusals
    if left <= 0:
        return sentences(told, message("Further sign-ins are stopped, so that nothing is locked."))
    return sentences(
        told,
        plural_message(
            "One more refusal, and further sign-ins are stopped.",
            "{count} more refusals, and further sign-ins are stopped.",
            left,
        ),
    )


def party_of(cause: Cause) -> Party:
    """Name those who can mend a cause."""
    return _PARTIES.get(cause, Party.YOU)


def _of_codes(facts: RefusalFacts) -> list[Cause]:
    """List the likely causes that lie with the code, but for the time that it was made for."""
    mistyped = [Cause.CODE_MISTYPED] if facts.was_typed else []
    return [*mistyped, Cause.CODE_OF_ANOTHER_ACCOUNT]


def _of_clock(facts: RefusalFacts) -> list[Cause]:
    """Name the clock, or its correction, unless it was found to be right."""
    if facts.clock_off is not None and abs(facts.clock_off) <= NOTABLE:
        return []
    return [Cause.CORRECTION_WRONG if facts.correction else Cause.CLOCK_WRONG]
