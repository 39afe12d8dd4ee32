from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.codes import ShowCode, UseCodeSecret
from ferrygate.engine.messages.command import Command
from ferrygate.engine.messages.event import Answer, Done, Event, Failed
from ferrygate.engine.messages.files import (
    FolderBlock,
    ListFolder,
    MakeFolder,
    RemovePath,
    RenamePath,
)
from ferrygate.engine.messages.session import AnswerHostKey, OpenSite, SignIn, SignOut, UsePassword
from ferrygate.engine.messages.transfers import Download, Upload
from gui.scripted_engine import ScriptedEngine, tree_of

if TYPE_CHECKING:
    from ferrygate.sites.site import Site
    from gui.conftest import StillClock


@pytest.fixture
def told() -> list[Event]:
    return []


@pytest.fixture
def engine(told: list[Event], clock: StillClock) -> ScriptedEngine:
    return ScriptedEngine(told.append, clock, tree_of("inbox/", "inbox/a.csv", "b.csv"))


def ends(told: list[Event]) -> list[int]:
    return [event.request for event in told if isinstance(event, Answer)]


def test_every_request_is_answered_by_exactly_one_end(
    engine: ScriptedEngine, told: list[Event], site: Site
) -> None:
    secret = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))
    commands: list[Command] = [
        OpenSite(request=1, site=site),
        UseCodeSecret(request=2, secret=secret),
        UsePassword(request=3, password=Secret("pw")),
        SignIn(request=4),
        ShowCode(request=5),
        ListFolder(request=6, path=b"/inbox"),
        ListFolder(request=7, path=b"/gone"),
        MakeFolder(request=8, path=b"/new"),
        RenamePath(request=9, source=b"/b.csv", target=b"/c.csv"),
        RemovePath(request=10, path=b"/c.csv"),
        Upload(request=11, sources=("x.csv",), folder=b"/inbox"),
        Download(request=12, sources=(b"/inbox/a.csv",), folder="here"),
        SignOut(request=13),
    ]
    for command in commands:
        engine.send(command)
    assert ends(told) == list(range(1, 14))


def test_a_refusal_meant_for_one_request_meets_no_other(
    engine: ScriptedEngine, told: list[Event]
) -> None:
    engine.refuse = Problem(kind=Kind.REMOTE_FAILURE, sentence=message("No."))
    engine.send(ListFolder(request=1, path=b"/"))
    engine.send(ListFolder(request=2, path=b"/"))
    assert [type(event) for event in told] == [Failed, FolderBlock, Done]


def test_an_unknown_server_waits_for_a_person(engine: ScriptedEngine, told: list[Event]) -> None:
    engine.asks_host_key = True
    engine.send(SignIn(request=1))
    assert ends(told) == []
    engine.send(AnswerHostKey(question=1, accept=False))
    assert ends(told) == [1]
