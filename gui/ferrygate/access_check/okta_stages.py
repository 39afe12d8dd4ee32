"""The stages that Okta's answer is for: whether it can be reached, and the clock."""

from __future__ import annotations

from ferrygate.access_check.background_answer import TimedAnswer
from ferrygate.access_check.stages import Party, Stage
from ferrygate.access_check.teller import StageTeller
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import Difference, Message, message
from ferrygate.sites.skew import NOTABLE

_MAX_CLOCK_ERROR_SECONDS = 120  # Okta takes codes of two minutes either way

_NO_ADDRESS = message("The settings name no Okta address.")
_NO_TIME = message("No other clock was found to compare this computer's with.")
_AHEAD = message("This computer's clock is {time} ahead of Okta's.")
_BEHIND = message("This computer's clock is {time} behind Okta's.")
_SET_IT = message("Set it right, or let Ferrygate correct its codes when it offers to.")


def excuse_okta(teller: StageTeller) -> None:
    """Say why Okta is not asked: the site names none."""
    teller.excuse(Stage.OKTA, _NO_ADDRESS)
    teller.excuse(Stage.CLOCK, _NO_TIME)


def tell_okta(teller: StageTeller, answer: TimedAnswer[float | None] | None, address: str) -> None:
    """Tell whether Okta answers from here, which a sign-in itself does not need.

    Args:
        teller: takes the stage.
        answer: Okta's; ``None`` if none came in time.
        address: Okta's, as the site names it.
    """
    if answer is None or answer.problem is not None:
        problem = None if answer is None else answer.problem
        teller.warned(
            Stage.OKTA,
            message("Okta cannot be reached from this computer."),
            Party.NETWORK,
            next_step=message("Signing in does not need it; setting up a code with Okta does."),
            detail=f"{address}: {'no answer in time' if problem is None else problem.detail}",
        )
        teller.excuse(Stage.CLOCK, _NO_TIME)
    else:
        detail = f"{address}: answered in {answer.milliseconds} ms"
        teller.passed(Stage.OKTA, message("Okta can be reached."), detail)
        if answer.value is None:
            teller.excuse(Stage.CLOCK, _NO_TIME)


def tell_clock(teller: StageTeller, seconds: float, applied: int, *, makes_codes: bool) -> None:
    """Tell how this computer's clock differs from Okta's, as far as codes are not corrected.

    Args:
        teller: takes the stage.
        seconds: by which Okta's is ahead.
        applied: by which codes are corrected.
        makes_codes: codes are made here; else a wrong clock is no matter for a sign-in.
    """
    stage = Stage.CLOCK
    off = seconds - applied
    detail = f"Okta's clock is ahead by {round(seconds)} s, to about a second;"
    detail += f" codes are corrected by {applied} s"
    if abs(off) <= NOTABLE:
        sentence = message("This computer's clock is right.")
        if applied:
            sentence = message("Codes are corrected for this computer's clock, and rightly so.")
        teller.passed(stage, sentence, detail)
        return
    sentence = _clock_words(seconds)
    if makes_codes and abs(off) > _MAX_CLOCK_ERROR_SECONDS:
        problem = Problem(kind=Kind.SIGN_IN_REFUSED, sentence=sentence, next_step=_SET_IT)
        teller.failed(stage, problem, Party.YOU, detail)
    else:
        teller.warned(stage, sentence, Party.YOU, next_step=_SET_IT, detail=detail)


def _clock_words(seconds: float) -> Message:
    """Say by how much this computer's clock differs from one that is ``seconds`` ahead."""
    return (_AHEAD if seconds < 0 else _BEHIND).filled(time=Difference(seconds))
