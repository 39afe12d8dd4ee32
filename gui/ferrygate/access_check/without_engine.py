"""Makes a check that ended before there was an engine: no settings, or no place for its files."""

from __future__ import annotations

from collections.abc import Callable

from ferrygate.access_check.stages import CheckedAccess, Party, Stage, StageResult
from ferrygate.access_check.teller import StageTeller
from ferrygate.access_check.verdict import verdict_on
from ferrygate.common.clock import Clock
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message


def check_without_engine(
    problem: Problem, clock: Clock, tell: Callable[[StageResult], None]
) -> CheckedAccess:
    """Tell a problem as the stage that it belongs to, and all behind it as not reached.

    Args:
        problem: of the connection file, or of Ferrygate's own folder.
        clock: the time.
        tell: takes each stage.
    """
    teller = StageTeller(clock, tell)
    if problem.kind is Kind.CONNECTION_FILE:
        teller.failed(Stage.SETTINGS, problem, Party.CONTACT)
    else:
        teller.excuse(Stage.SETTINGS, message("Not checked."))
        teller.failed(Stage.HOME, problem, Party.YOU)
    teller.end_all()
    return CheckedAccess(tuple(teller.results), verdict_on(teller.results))
