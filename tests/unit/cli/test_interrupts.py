from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from fake_clock import ManualClock
from ferrygate.cli.interrupts import on_interrupt
from ferrygate.cli.terminal import Terminal

NUMBERS = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture
def terminal(clock: ManualClock) -> Terminal:
    return Terminal(clock)


@pytest.fixture(autouse=True)
def _own_handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in NUMBERS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_first_interrupt_asks_and_the_second_ends(
    terminal: Terminal, clock: ManualClock, number: signal.Signals
) -> None:
    stopped: list[int] = []
    with on_interrupt(terminal, clock, lambda: stopped.append(1)):
        signal.raise_signal(number)
        signal.raise_signal(number)  # as timeout(1) does
        assert stopped == [1]
        clock.time += 1
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
    assert stopped == [1]


def test_a_question_is_ended_at_once(terminal: Terminal, clock: ManualClock) -> None:
    stopped: list[int] = []
    terminal.is_asking = True
    with on_interrupt(terminal, clock, lambda: stopped.append(1)):
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        terminal.is_asking = False
        clock.time += 1
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert not stopped


def test_what_was_there_before_is_there_again(terminal: Terminal, clock: ManualClock) -> None:
    before = [signal.getsignal(number) for number in NUMBERS]
    with on_interrupt(terminal, clock, lambda: None):
        assert all(signal.getsignal(number) not in before for number in NUMBERS)
    assert [signal.getsignal(number) for number in NUMBERS] == before


def test_what_a_shell_has_ignored_stays_ignored(terminal: Terminal, clock: ManualClock) -> None:
    """As for a command behind an ampersand, or under nohup."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stopped: list[int] = []
    with on_interrupt(terminal, clock, lambda: stopped.append(1)):
        signal.raise_signal(signal.SIGINT)
    assert not stopped
