from __future__ import annotations

import pytest

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import Cancelled
from ferrygate.common.secret import Secret
from ferrygate.common.threads import SystemThreads
from ferrygate.sign_in.time_steps import PASTE_SECONDS, has_life, seconds_to_code, take_step
from support.fake_clock import ManualClock

SECRET = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))
SHORT = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"), period=5)


@pytest.mark.parametrize(
    ("secret", "now", "lives"),
    [
        (SECRET, 0, True),
        (SECRET, 26, True),
        (SECRET, 26.1, False),
        (SECRET, 29.9, False),
        (SECRET, 30, True),
        (SHORT, 4, True),
        (SHORT, 4.1, False),
    ],
)
def test_life_that_is_left(secret: CodeSecret, now: float, *, lives: bool) -> None:
    assert has_life(secret, now) is lives


@pytest.mark.parametrize(
    ("secret", "now", "lives"),
    [(SECRET, 20, True), (SECRET, 20.1, False), (SHORT, 2.5, True), (SHORT, 2.6, False)],
)
def test_life_to_be_brought_to_another_window(
    secret: CodeSecret, now: float, *, lives: bool
) -> None:
    assert has_life(secret, now, PASTE_SECONDS) is lives


@pytest.mark.parametrize(
    ("now", "spent", "seconds"),
    [
        (3003, (), 0),
        (3003, (99, 101), 0),
        (3003, (100,), 27),
        (3003, (100, 101), 57),
        (3028, (), 2),
        (3028, (101,), 32),
    ],
)
def test_seconds_to_a_code_that_can_be_sent(
    now: float, spent: tuple[int, ...], seconds: float
) -> None:
    taking = Taking(now, *spent)
    assert seconds_to_code(SECRET, taking.spent.__contains__, now) == seconds
    taking.take()
    assert taking.clock.now() == now + seconds


class Taking:
    """Codes being taken, some of which left already."""

    def __init__(self, now: float, *spent: int) -> None:
        self.clock = ManualClock(now)
        self.spent = set(spent)
        self.waits: list[float] = []
        self.asked: list[int] = []
        self.cancel = CancelToken(SystemThreads())

    def claim(self, step: int) -> bool:
        self.asked.append(step)
        return step not in self.spent

    def take(self) -> int:
        return take_step(SECRET, self.claim, self.clock, self.cancel, self.waits.append)


def test_the_code_of_now() -> None:
    taking = Taking(3003)
    assert taking.take() == 100
    assert taking.waits == []


def test_a_code_nearly_over_is_not_even_claimed() -> None:
    taking = Taking(3028)
    assert taking.take() == 101
    assert taking.asked == [101]
    assert taking.waits == [3030]
    assert taking.clock.now() == 3030


def test_spent_codes_are_waited_out() -> None:
    taking = Taking(3003, 100, 101)
    assert taking.take() == 102
    assert taking.waits == [3030, 3060]


def test_cancelled_before_and_while_waiting() -> None:
    taking = Taking(3003)
    taking.cancel.cancel()
    with pytest.raises(Cancelled):
        taking.take()
    assert taking.asked == []
    waiting = Taking(3003, 100)

    def cancel(_until: float) -> None:
        waiting.cancel.cancel()

    with pytest.raises(Cancelled):
        take_step(SECRET, waiting.claim, waiting.clock, waiting.cancel, cancel)
    assert waiting.asked == [100]
