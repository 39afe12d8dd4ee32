from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from ferrygate.sign_in.ledger import Ledger
from support.attempt_rig import AttemptRig
from support.fake_clock import ManualClock


class FakeProcesses:
    """Processes by name, of which some have ended."""

    def __init__(self, me: str, ended: set[str]) -> None:
        self._me = me
        self._ended = ended

    @property
    def me(self) -> str:
        return self._me

    def is_running(self, name: str) -> bool:
        return name not in self._ended


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def ended() -> set[str]:
    """Names of processes that do not run any more."""
    return set()


@pytest.fixture
def make_ledger(tmp_path: Path, clock: ManualClock, ended: set[str]) -> Callable[[], Ledger]:
    """Ledgers over one file, each of a process of its own: ``p1``, ``p2`` and so on."""
    numbers = itertools.count(1)

    def make() -> Ledger:
        processes = FakeProcesses(f"p{next(numbers)}", ended)
        return Ledger(tmp_path / "ledger.sqlite3", clock, processes, lambda count: b"s" * count)

    return make


@pytest.fixture
def ledger(make_ledger: Callable[[], Ledger]) -> Ledger:
    return make_ledger()


@pytest.fixture
def case(tmp_path: Path, ledger: Ledger, clock: ManualClock) -> AttemptRig:
    clock.time = 3003
    return AttemptRig(tmp_path, ledger, clock)
