"""Unforeseen errors end a session, and leave no request without an answer."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from ferrygate.common.errors import Kind, Problem
from ferrygate.engine.messages.event import Event, Failed
from ferrygate.engine.messages.files import ListFolder, StatPath
from ferrygate.engine.messages.session import OpenSite, SessionChanged, SessionState
from ferrygate.engine.messages.transfers import BatchStarted, Download
from ferrygate.sandbox.sandbox import Sandbox
from support.engine_rig import EngineRig, signed_in
from support.sandbox_site import site_of


def broken() -> None:
    raise ZeroDivisionError


def problem_of(rig: EngineRig, request: int) -> Problem:
    """Say why a request or its batch ended first, which has to be for a problem.

    What its lanes still tell of such a batch may come behind that.
    """
    answer = rig.answer_of(request)
    problem = answer.problem if isinstance(answer, Failed) else None
    if isinstance(answer, BatchStarted):
        batch = answer.batch
        rig.listener.wait(lambda _event: rig.listener.batch_ends(batch))
        problem = rig.listener.batch_ends(batch)[0].view.problem
    assert problem is not None
    return problem


def test_a_fault_answers_every_request_and_the_engine_goes_on(
    rig: EngineRig, box: Sandbox, tmp_path: Path
) -> None:
    signed_in(rig, box)
    box.faults.stall()
    listing = rig.send(ListFolder, b"/")
    fetching = rig.send(Download, (b"/exports",), str(tmp_path))
    rig.engine._later(broken)
    for request in (listing, fetching):
        assert problem_of(rig, request).kind is Kind.INTERNAL
    box.faults.resume()
    offline = rig.listener.all(SessionChanged)[-1]
    assert offline.state is SessionState.OFFLINE
    assert offline.problem is not None
    assert offline.problem.kind is Kind.INTERNAL
    rig.do(OpenSite, site_of(box.ready))


@pytest.mark.parametrize("error", [ZeroDivisionError, SystemExit])
def test_a_fault_while_a_fault_is_told_leaves_nobody_waiting(
    rig: EngineRig, box: Sandbox, tmp_path: Path, error: type[BaseException]
) -> None:
    signed_in(rig, box)
    box.faults.stall()
    listing = rig.send(ListFolder, b"/")
    fetching = rig.send(Download, (b"/exports",), str(tmp_path))

    def fail(event: Event) -> None:
        if isinstance(event, SessionChanged):
            raise error

    rig.listener.then = fail
    rig.engine._later(broken)
    problems = [problem_of(rig, listing), problem_of(rig, fetching)]
    problems.append(problem_of(rig, rig.send(StatPath, b"/")))
    for problem in problems:
        assert problem.kind is Kind.INTERNAL
        assert problem.detail.startswith(error.__name__)
        assert "cannot go on" in str(problem.sentence)
    box.faults.resume()


def test_commands_that_lie_there_are_answered_when_the_engine_breaks_down(rig: EngineRig) -> None:
    requests: list[int] = []

    def leave() -> None:
        requests.extend(rig.send(StatPath, b"/") for _ in range(3))
        raise SystemExit

    rig.engine._later(leave)
    rig.listener.wait(lambda event: isinstance(event, SessionChanged))
    for request in requests:
        end = rig.end_of(request)
        assert isinstance(end, Failed)
        assert end.problem.kind is Kind.INTERNAL
    assert rig.listener.all(SessionChanged)[-1].problem is not None


def test_a_command_after_the_end_is_answered_at_once(rig: EngineRig) -> None:
    rig.close()
    answered = threading.Event()
    rig.listener.then = lambda _event: answered.set()
    request = rig.send(StatPath, b"/")
    assert answered.is_set()
    (answer,) = rig.listener.answers(request)
    assert isinstance(answer, Failed)
    assert answer.problem.kind is Kind.CANCELLED
