"""Each request has one answer, whatever happens."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from ferrygate.common.errors import Kind, Problem
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.codes import (
    ShowCode,
)
from ferrygate.engine.messages.command import CancelRequest
from ferrygate.engine.messages.event import Failed
from ferrygate.engine.messages.files import ListFolder, MakeFolder, RemovePath, RenamePath, StatPath
from ferrygate.engine.messages.session import (
    ForgetHostKeys,
    HostKeyQuestion,
    OpenSite,
    SignIn,
    SignOut,
    UsePassword,
)
from ferrygate.engine.messages.transfers import (
    BatchStarted,
    Download,
    FileChanged,
    LimitRate,
    Upload,
)
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sites.site import Site
from support.engine_rig import (
    EngineRig,
    open_with_secrets,
)
from support.sandbox_site import site_of


def test_every_request_has_exactly_one_answer(session: EngineRig, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a")
    requests = [
        session.send(ListFolder, b"/"),
        session.send(ListFolder, b"/missing"),
        session.send(StatPath, b"/inbox"),
        session.send(StatPath, b"/a\0b"),
        session.send(MakeFolder, b"/new/below", parents=True),
        session.send(MakeFolder, b"/new"),
        session.send(Upload, (str(tmp_path / "a.csv"),), b"/inbox"),
        session.send(Upload, (), b"/inbox"),
        session.send(Upload, ("/",), b"/inbox"),
        session.send(Download, (b"/README.txt", b"/missing"), str(tmp_path / "to")),
        session.send(RenamePath, b"/new", b"/newer"),
        session.send(RemovePath, b"/new", recursive=True),
        session.send(ShowCode),
        session.send(SignIn),
        session.send(OpenSite, Site(name="other", host="127.0.0.1", username="v")),
        session.send(SignOut),
    ]
    session.engine.send(CancelRequest(requests[-4]))
    for request in requests:
        session.end_of(request)
    session.close()
    assert [len(session.listener.answers(request)) for request in requests] == [1] * len(requests)
    for started in session.listener.all(BatchStarted):
        assert len(session.listener.batch_ends(started.batch)) == 1


@pytest.mark.parametrize("rate", [0, -1])
def test_a_rate_at_which_nothing_would_move_is_refused(rig: EngineRig, rate: int) -> None:
    problem = rig.refused(LimitRate, rate)
    assert problem.kind is Kind.USAGE
    assert str(problem.sentence) == "A rate is at least one byte a second."
    rig.do(LimitRate, 1)
    rig.do(LimitRate, None)


def test_an_error_in_a_command_is_its_answer(rig: EngineRig, box: Sandbox, tmp_path: Path) -> None:
    rig.do(OpenSite, site_of(box.ready))
    (tmp_path / "home" / "known_hosts").mkdir()
    assert rig.refused(ForgetHostKeys).kind is Kind.SETTINGS
    rig.do(UsePassword, Secret("x"))


@pytest.mark.parametrize("moment", range(1, 5))
def test_closing_in_the_middle_answers_all_and_leaves_nothing(
    rig: EngineRig, box: Sandbox, tmp_path: Path, moment: int
) -> None:
    pins = () if moment == 1 else (box.ready.host_key_fingerprint,)
    open_with_secrets(rig, box, host_key_fingerprints=pins)
    requests = [rig.send(SignIn)]
    if moment == 1:
        rig.listener.wait(lambda event: isinstance(event, HostKeyQuestion))
    if moment >= 2:
        rig.end_of(requests[0])
        box.faults.stall()
        requests += [rig.send(ListFolder, b"/") for _ in range(3)]
    if moment >= 3:
        requests.append(rig.send(Download, (b"/exports",), str(tmp_path / "to")))
    if moment == 4:
        box.faults.resume()
        rig.listener.wait(lambda event: isinstance(event, FileChanged))
    rig.close()
    answers = list(itertools.chain(*(rig.listener.answers(request) for request in requests)))
    assert [answer.request for answer in answers] == requests
    problems: list[Problem | None]
    problems = [answer.problem for answer in answers if isinstance(answer, Failed)]
    for started in rig.listener.all(BatchStarted):
        problems += [end.view.problem for end in rig.listener.batch_ends(started.batch)][:1]
    assert {None if one is None else one.kind for one in problems} <= {Kind.CANCELLED}
    if moment in {2, 3}:
        assert len(problems) == len(requests) - 1
