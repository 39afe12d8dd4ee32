"""Makes the check that ends without an engine: a file, folder or secret cannot be used."""

from __future__ import annotations

from collections.abc import Callable

from ferrygate.access_check.stages import CheckedAccess, Party, Stage, StageResult
from ferrygate.access_check.teller import StageTeller
from ferrygate.access_check.verdict import verdict_on
from ferrygate.common.clock import Clock
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message

_STAGES = {Kind.CONNECTION_FILE: Stage.SETTINGS, Kind.SETTINGS: Stage.HOME}


def check_without_engine(
    problem: Problem, clock: Clock, tell: Callable[[StageResult], None]
) -> CheckedAccess:
    """Tell a problem as the stage that it belongs to, and all behind it as not reached.

    Args:
        problem: of the connection file, of Ferrygate's own folder, or of a secret that is given.
        clock: the time.
        tell: takes each stage.
    """
    teller = StageTeller(clock, tell)
    stage = _STAGES.get(problem.kind, Stage.SECRETS)
    for earlier in (Stage.SETTINGS, Stage.HOME):
        teller.excuse(earlier, message("Not checked."))
    teller.failed(stage, problem, Party.CONTACT if stage is Stage.SETTINGS else Party.YOU)
    teller.end_all()
    return CheckedAccess(tuple(teller.results), verdict_on(teller.results))
