"""Logs states, failures and files; never a code or a secret."""

from __future__ import annotations

import logging

from ferrygate.common.errors import Problem
from ferrygate.engine.messages.checks import CheckStageEnded
from ferrygate.engine.messages.codes import RefusalExplained, SkewMeasured
from ferrygate.engine.messages.event import Event, Failed
from ferrygate.engine.messages.session import Notice, SessionChanged
from ferrygate.engine.messages.transfers import BatchChanged, BatchStarted, FileChanged
from ferrygate.transfers.views import BatchView

_LOG = logging.getLogger("ferrygate.engine")


def note(event: Event) -> None:  # noqa: C901, PLR0912  one arm for each kind of event
    """Write down what support needs of an event."""
    match event:
        case FileChanged(batch=batch, view=view):  # first: of thousands in a batch
            if _LOG.isEnabledFor(logging.DEBUG):
                _LOG.debug(
                    "file %s.%d %s%s", batch, view.number, view.state.value, _reason(view.problem)
                )
        case SessionChanged(state=state, problem=problem):
            _LOG.info("session %s%s", state.value, _reason(problem))
        case Failed(request=request, problem=problem):
            _LOG.info("request %d failed%s", request, _reason(problem))
        case BatchStarted(request=request, batch=batch):
            _LOG.info("request %d became batch %s", request, batch)
        case Notice(problem=problem):
            _LOG.warning("notice%s", _reason(problem))
        case RefusalExplained(problem=problem):
            _LOG.info("refusal explained%s", _reason(problem))
        case SkewMeasured(seconds=seconds, applied=applied):
            _LOG.info("clock of Okta ahead by %s s, corrected by %d s", seconds, applied)
        case CheckStageEnded(result=result):
            kind = f", {result.kind.value}" if result.kind is not None else ""
            _LOG.info("check: %s %s%s", result.stage.value, result.outcome.value, kind)
        case BatchChanged(view=BatchView(finished=True) as view):
            _LOG.info(
                "batch %s finished: %d of %d files delivered, %d bytes",
                view.batch,
                view.files_delivered,
                view.files_total,
                view.bytes_moved,
            )
        case _:
            pass  # the rest is for the person only


def _reason(problem: Problem | None) -> str:
    if problem is None:
        return ""
    return (
        f": {problem.kind.value} ({problem.detail})"
        if problem.detail
        else f": {problem.kind.value}"
    )
