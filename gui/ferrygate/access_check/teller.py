"""Tells each stage as it ends, in order, with the time that it took."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ferrygate.access_check.stages import Party, Stage, StageOutcome, StageResult
from ferrygate.common.clock import Clock
from ferrygate.common.errors import Problem
from ferrygate.common.message import Message, message

_ORDER = list(Stage)
_NOT_REACHED = message("Not checked, since an earlier stage has failed.")


class StageTeller:
    """Tells stages; for the thread that makes the check.

    Stages that are passed over are told as not reached, for the reason that is given for them.
    """

    def __init__(self, clock: Clock, tell: Callable[[StageResult], None]) -> None:
        """Begin with no stage; ``tell`` gets each as it has ended."""
        self._clock = clock
        self._tell = tell
        self._since = clock.monotonic()
        self._reasons: dict[Stage, Message] = {}
        self.results: list[StageResult] = []

    def begin(self) -> None:
        """Count the time of the next stage from now on."""
        self._since = self._clock.monotonic()

    def has_told(self, stage: Stage) -> bool:
        """Tell whether a stage has ended, or was passed over."""
        return any(result.stage is stage for result in self.results)

    def is_due(self, stage: Stage) -> bool:
        """Tell whether a stage has not ended, and is not one that was excused."""
        return not self.has_told(stage) and stage not in self._reasons

    @property
    def has_failed(self) -> bool:
        """Tell whether a stage has failed."""
        return any(result.outcome is StageOutcome.FAILED for result in self.results)

    def has_failed_at(self, stage: Stage) -> bool:
        """Tell whether this stage has failed."""
        failed = StageOutcome.FAILED
        return any(each.stage is stage and each.outcome is failed for each in self.results)

    def excuse(self, stage: Stage, reason: Message) -> None:
        """Give the reason for which a stage will not be reached, other than a failure."""
        self._reasons[stage] = reason

    def end(self, result: StageResult) -> None:
        """Tell how a stage ended, and how long it took; those passed over before it come first."""
        for stage in _ORDER[: _ORDER.index(result.stage)]:
            self._pass_over(stage)
        took = round(1000 * (self._clock.monotonic() - self._since))
        self._add(msgspec.structs.replace(result, milliseconds=took))
        self.begin()

    def passed(self, stage: Stage, sentence: Message, detail: str = "") -> None:
        """Tell that a stage has passed."""
        outcome = StageOutcome.PASSED
        self.end(StageResult(stage=stage, outcome=outcome, sentence=sentence, detail=detail))

    def warned(
        self,
        stage: Stage,
        sentence: Message,
        who: Party,
        *,
        next_step: Message | None = None,
        detail: str = "",
    ) -> None:
        """Tell of something that is not in the way, and worth a word."""
        outcome = StageOutcome.WARNED
        self.end(
            StageResult(
                stage=stage,
                outcome=outcome,
                sentence=sentence,
                who=who,
                next_step=next_step,
                detail=detail,
            )
        )

    def failed(self, stage: Stage, problem: Problem, who: Party, detail: str = "") -> None:
        """Tell the problem that a stage has failed over; its detail is put to ``detail``."""
        lines = (detail, "" if problem.detail in detail else problem.detail)
        self.end(
            StageResult(
                stage=stage,
                outcome=StageOutcome.FAILED,
                sentence=problem.sentence,
                who=who,
                next_step=problem.next_step,
                detail="\n".join(line for line in lines if line),
                kind=problem.kind,
                server_said=problem.server_said,
            )
        )

    def end_all(self) -> None:
        """Tell the stages that are left as not reached."""
        for stage in _ORDER:
            self._pass_over(stage)

    def _pass_over(self, stage: Stage) -> None:
        if not self.has_told(stage):
            sentence = self._reasons.get(stage, _NOT_REACHED)
            outcome = StageOutcome.NOT_REACHED
            self._add(StageResult(stage=stage, outcome=outcome, sentence=sentence))

    def _add(self, result: StageResult) -> None:
        self.results.append(result)
        self._tell(result)
