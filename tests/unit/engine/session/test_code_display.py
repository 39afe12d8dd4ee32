"""The code is announced when it changes and when it is spent, and at no other time."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.processes import SystemProcesses
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.codes import CodeChanged
from ferrygate.engine.session.code_display import CodeDisplay
from ferrygate.sign_in.ledger import Ledger
from support.fake_clock import ManualClock

SECRET = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))


class Show:
    """A display and what it announced."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock(3000)
        processes = SystemProcesses()
        self.ledger = Ledger(folder / "ledger", self.clock, processes, lambda count: b"s" * count)
        self.told: list[CodeChanged] = []
        self.display = CodeDisplay(self.ledger, self.clock, self.told.append)

    def codes(self) -> list[tuple[str, bool]]:
        return [(change.code.code if change.code else "", change.spent) for change in self.told]


@pytest.fixture
def show(tmp_path: Path) -> Show:
    return Show(tmp_path)


def test_nothing_is_shown_without_a_secret(show: Show) -> None:
    show.display.show(None)
    show.display.refresh()
    assert show.told == []
    assert show.display.seconds_to_change() == math.inf


def test_each_code_is_announced_once(show: Show) -> None:
    show.display.show(SECRET)
    for _second in range(65):
        show.display.refresh()
        show.clock.time += 1
    assert show.codes() == [(SECRET.code_for_step(step), False) for step in (100, 101, 102)]
    first = show.told[0].code
    assert first is not None
    assert (first.next_code, first.valid_until) == (SECRET.code_for_step(101), 3030)


def test_a_spent_code_is_announced(show: Show) -> None:
    show.display.show(SECRET)
    show.ledger.claim(SECRET, 100)
    show.display.refresh()
    assert [spent for _code, spent in show.codes()] == [False]  # looks five times a second
    show.clock.time += 0.2
    show.display.refresh()
    show.display.refresh(at_once=True)
    assert [spent for _code, spent in show.codes()] == [False, True]


def test_when_to_look_again(show: Show) -> None:
    show.display.show(SECRET)
    show.clock.time = 3007.5
    assert show.display.seconds_to_change() == 22.5


def test_another_secret_and_none(show: Show) -> None:
    show.display.show(SECRET)
    other = CodeSecret(key=Secret("GEZDGNBVGY3TQOJQ"))
    show.display.show(other)
    show.display.show(None)
    show.display.show(None)
    codes = [SECRET.code_for_step(100), other.code_for_step(100), ""]
    assert show.codes() == [(code, False) for code in codes]


def test_a_code_that_may_have_left_is_shown_as_spent(show: Show, tmp_path: Path) -> None:
    show.display.show(SECRET)
    (tmp_path / "ledger").unlink()
    show.display.refresh(at_once=True)
    code = SECRET.code_for_step(100)
    assert show.codes() == [(code, False), (code, True)]
