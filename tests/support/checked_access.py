"""Makes an access check with an engine, and holds how it ended."""

from __future__ import annotations

from typing import Any

from ferrygate.access_check.stages import CheckVerdict, Stage, StageOutcome, StageResult
from ferrygate.engine.messages.checks import CheckAccess, CheckEnded, CheckStageEnded
from support.engine_rig import EngineRig


class Checked:
    """Holds a check that has ended."""

    def __init__(self, rig: EngineRig, **options: Any) -> None:
        self.request = rig.number()
        rig.engine.send(CheckAccess(request=self.request, **options))
        self.answer = rig.answer_of(self.request)
        self.results = [
            event.result
            for event in rig.listener.all(CheckStageEnded)
            if event.request == self.request
        ]
        self._verdicts = [
            event.verdict for event in rig.listener.all(CheckEnded) if event.request == self.request
        ]

    @property
    def verdict(self) -> CheckVerdict:
        (verdict,) = self._verdicts
        return verdict

    def __getitem__(self, stage: Stage) -> StageResult:
        (result,) = [result for result in self.results if result.stage is stage]
        return result

    def outcomes(self, *stages: Stage) -> set[StageOutcome]:
        return {self[stage].outcome for stage in stages}
