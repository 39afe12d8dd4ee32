"""Sums a check up: one sentence, and whose move it is."""

from __future__ import annotations

from collections.abc import Sequence

from ferrygate.access_check.stages import CheckVerdict, Stage, StageOutcome, StageResult
from ferrygate.access_check.words import STAGE_TITLES
from ferrygate.common.message import Message, message

_WORKS = message("Access works.")
_WORKS_SO_FAR = message("Everything before the sign-in is in order. The sign-in was not tried.")


def verdict_on(results: Sequence[StageResult]) -> CheckVerdict:
    """Judge a check by its stages: by the first that has failed, else by those that have warned.

    It is somebody's move only where a stage has failed: a warning is in nobody's way.
    """
    for result in results:
        if result.outcome is StageOutcome.FAILED:
            return CheckVerdict(
                outcome=StageOutcome.FAILED,
                sentence=result.sentence,
                who=result.who,
                next_step=result.next_step,
                first_failed=result.stage,
                kind=result.kind,
            )
    warned = [result for result in results if result.outcome is StageOutcome.WARNED]
    sentence = _all_is_well(results)
    if not warned:
        return CheckVerdict(outcome=StageOutcome.PASSED, sentence=sentence)
    titles = tuple(message("“{title}”", title=STAGE_TITLES[result.stage]) for result in warned)
    return CheckVerdict(
        outcome=StageOutcome.WARNED,
        sentence=message("{verdict} Worth a look: {titles}.", verdict=sentence, titles=titles),
    )


def _all_is_well(results: Sequence[StageResult]) -> Message:
    was_tried = any(
        result.stage is Stage.SIGN_IN and result.outcome is not StageOutcome.NOT_REACHED
        for result in results
    )
    return _WORKS if was_tried else _WORKS_SO_FAR
