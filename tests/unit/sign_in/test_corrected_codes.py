"""Codes for the server's time, on a computer whose clock is wrong."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.cancel import CancelToken
from ferrygate.common.processes import SystemProcesses
from ferrygate.common.secret import Secret
from ferrygate.common.threads import SystemThreads
from ferrygate.sign_in.ledger import Ledger
from ferrygate.sign_in.time_steps import take_step
from support.fake_clock import ManualClock

SECRET = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))
BEHIND = msgspec.structs.replace(SECRET, epoch=-45)  # this clock is 45 s behind the server's


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1_800_000_000.0)  # a step begins here by this clock, and is half over there


@pytest.fixture
def ledger(tmp_path: Path, clock: ManualClock) -> Ledger:
    return Ledger(tmp_path / "ledger", clock, SystemProcesses(), lambda count: b"s" * count)


def take(ledger: Ledger, clock: ManualClock, waits: list[float]) -> int:
    return take_step(
        BEHIND,
        lambda step: ledger.claim(BEHIND, step),
        clock,
        CancelToken(SystemThreads()),
        waits.append,
    )


def test_the_ledger_counts_the_step_that_was_sent(ledger: Ledger, clock: ManualClock) -> None:
    step = take(ledger, clock, [])
    assert step == SECRET.step_at(clock.now() + 45)
    assert ledger.is_claimed(SECRET, step)
    assert not ledger.is_claimed(SECRET, SECRET.step_at(clock.now()))


def test_a_code_ends_when_it_ends_there(ledger: Ledger, clock: ManualClock) -> None:
    waits: list[float] = []
    first = take(ledger, clock, waits)
    assert take(ledger, clock, waits) == first + 1
    assert waits == [1_800_000_015.0]
    assert clock.now() == 1_800_000_015.0


def test_too_late_is_what_is_too_late_there(ledger: Ledger, clock: ManualClock) -> None:
    clock.time += 12.0  # three seconds before the end there
    waits: list[float] = []
    take(ledger, clock, waits)
    assert waits == [1_800_000_015.0]
