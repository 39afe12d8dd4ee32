from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.engine import messages as m
from gui.scripted_engine import ScriptedEngine, tree_of

if TYPE_CHECKING:
    from ferrygate.sites.site import Site
    from gui.conftest import StillClock


@pytest.fixture
def told() -> list[m.Event]:
    return []


@pytest.fixture
def engine(told: list[m.Event], clock: StillClock) -> ScriptedEngine:
    return ScriptedEngine(told.append, clock, tree_of("inbox/", "inbox/a.csv", "b.csv"))


def ends(told: list[m.Event]) -> list[int]:
    return [event.request for event in told if isinstance(event, m.Answer)]


def test_every_request_is_answered_by_exactly_one_end(
    engine: ScriptedEngine, told: list[m.Event], site: Site
) -> None:
    secret = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))
    commands: list[m.Command] = [
        m.OpenSite(request=1, site=site),
        m.UseCodeSecret(request=2, secret=secret),
        m.UsePassword(request=3, password=Secret("pw")),
        m.SignIn(request=4),
        m.ShowCode(request=5),
        m.ListFolder(request=6, path=b"/inbox"),
        m.ListFolder(request=7, path=b"/gone"),
        m.MakeFolder(request=8, path=b"/new"),
        m.RenamePath(request=9, source=b"/b.csv", target=b"/c.csv"),
        m.RemovePath(request=10, path=b"/c.csv"),
        m.Upload(request=11, sources=("x.csv",), folder=b"/inbox"),
        m.Download(request=12, sources=(b"/inbox/a.csv",), folder="here"),
        m.SignOut(request=13),
    ]
    for command in commands:
        engine.send(command)
    assert ends(told) == list(range(1, 14))


def test_a_refusal_meant_for_one_request_meets_no_other(
    engine: ScriptedEngine, told: list[m.Event]
) -> None:
    engine.refuse = Problem(kind=Kind.REMOTE_FAILURE, sentence=message("No."))
    engine.send(m.ListFolder(request=1, path=b"/"))
    engine.send(m.ListFolder(request=2, path=b"/"))
    assert [type(event) for event in told] == [m.Failed, m.FolderBlock, m.Done]


def test_an_unknown_server_waits_for_a_person(engine: ScriptedEngine, told: list[m.Event]) -> None:
    engine.asks_host_key = True
    engine.send(m.SignIn(request=1))
    assert ends(told) == []
    engine.send(m.AnswerHostKey(question=1, accept=False))
    assert ends(told) == [1]
