"""What nobody foresaw ends a session, and never leaves a request without an answer."""

from __future__ import annotations

import threading
from pathlib import Path

from engine_rig import EngineRig, signed_in
from ferrygate.common.errors import Kind
from ferrygate.engine import messages as m
from ferrygate.sandbox.sandbox import Sandbox
from sandbox_site import site_of


def broken() -> None:
    raise ZeroDivisionError


def test_a_fault_answers_every_request_and_the_engine_goes_on(
    rig: EngineRig, box: Sandbox, tmp_path: Path
) -> None:
    signed_in(rig, box)
    box.faults.stall()
    listing = rig.send(m.ListFolder, b"/")
    fetching = rig.send(m.Download, (b"/exports",), str(tmp_path))
    rig.engine._later(broken)
    for request in (listing, fetching):
        end = rig.end_of(request)
        assert isinstance(end, m.Failed)
    box.faults.resume()
    offline = rig.listener.all(m.SessionChanged)[-1]
    assert offline.state is m.SessionState.OFFLINE
    assert offline.problem is not None
    assert offline.problem.kind is Kind.INTERNAL
    rig.do(m.OpenSite, site_of(box.ready))


def test_a_command_after_the_end_is_answered_at_once(rig: EngineRig) -> None:
    rig.close()
    answered = threading.Event()
    rig.listener.then = lambda _event: answered.set()
    request = rig.send(m.StatPath, b"/")
    assert answered.is_set()
    (answer,) = rig.listener.answers(request)
    assert isinstance(answer, m.Failed)
    assert answer.problem.kind is Kind.CANCELLED
