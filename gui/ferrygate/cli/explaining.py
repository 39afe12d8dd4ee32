"""Why a sign-in was refused, as far as Okta and the clock tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ferrygate.cli.command_context import CommandContext
from ferrygate.common.errors import FerrygateError, SignInRefusedError
from ferrygate.common.i18n import _
from ferrygate.common.text import duration_text
from ferrygate.sites.skew import NOTABLE

if TYPE_CHECKING:
    from ferrygate.api import Session


def explained(
    around: CommandContext, session: Session, refusal: SignInRefusedError, *, try_anyway: bool
) -> SignInRefusedError:
    """The refusal in Okta's words; the refusal itself where Okta could not be asked."""
    try:
        problem = session.explain_refusal(try_anyway=try_anyway)
        _compare_clocks(around, session)
    except FerrygateError as error:
        around.terminal.tell(error.problem)
        return refusal
    return SignInRefusedError(
        problem.sentence,
        next_step=problem.next_step,
        detail=f"{refusal.problem.detail}; Okta: {problem.detail}",
    )


def _compare_clocks(around: CommandContext, session: Session) -> None:
    """Say it when this computer's clock is wrong; a person may agree to have codes corrected."""
    measured = session.measure_skew()
    if measured.seconds is None or abs(measured.seconds - measured.applied) <= NOTABLE:
        return
    words = _("This computer's clock is {time} behind Okta's.")
    if measured.seconds < 0:
        words = _("This computer's clock is {time} ahead of Okta's.")
    around.terminal.say(words.format(time=duration_text(abs(measured.seconds))))
    if around.terminal.has_person and around.terminal.confirm(
        _("Make codes for Okta's time from now on?")
    ):
        session.apply_skew(round(measured.seconds))
