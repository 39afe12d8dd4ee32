from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

from ferrygate.cli.interrupts import InterruptWait, on_interrupt
from ferrygate.cli.terminal import Terminal
from support.fake_clock import ManualClock
from support.unheard_signal import unheard_signal

WHILE_LOADING = """
import signal, sys, threading

def at_once():
    signal.raise_signal(signal.SIGINT)

def where_python_only_prints():
    class Going:
        def __del__(self):
            signal.raise_signal(signal.SIGINT)
    Going()
    threading.Event().wait(10)

def where_python_raises_an_error_of_its_own():
    class Descriptor:
        def __set_name__(self, owner, name):
            signal.raise_signal(signal.SIGINT)
    class Owner:
        descriptor = Descriptor()

class Interrupts:
    def find_spec(self, name, *_rest):
        if name == "{module}":
            sys.meta_path.remove(self)
            {interrupt}()

from ferrygate.__main__ import main
sys.meta_path.insert(0, Interrupts())
sys.exit(main())
"""
NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def _own_handlers() -> Iterator[None]:
    before = {number: signal.signal(number, signal.default_int_handler) for number in NUMBERS}
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
        assert stopped == [1, 1]  # a wait that it comes into has to be woken each time
        clock.time += 1
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
    assert stopped == [1, 1]


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


@pytest.mark.parametrize("number", NUMBERS)
def test_a_wait_leaves_ignored_what_a_shell_has_ignored(number: signal.Signals) -> None:
    signal.signal(number, signal.SIG_IGN)
    InterruptWait()
    assert signal.getsignal(number) is signal.SIG_IGN


def test_a_wait_ends_by_each_signal_or_a_word() -> None:
    interrupt = InterruptWait()
    for number in NUMBERS:
        signal.raise_signal(number)
        interrupt.wait()
    other = threading.Thread(target=interrupt.end)
    other.start()
    interrupt.wait()
    other.join()


def test_an_interrupt_at_any_step_of_a_wait_ends_it() -> None:
    interrupt = InterruptWait()
    steps: list[str] = []

    def at_each_step(_frame: FrameType, event: str, _value: object) -> Any:
        signal.raise_signal(signal.SIGINT)
        steps.append(event)
        return at_each_step

    before = sys.gettrace()
    sys.settrace(at_each_step)
    try:
        interrupt.wait()
    finally:
        sys.settrace(before)
    assert steps[:2] == ["call", "line"]


def test_an_interrupt_that_wakes_nobody_ends_a_wait() -> None:
    interrupt = InterruptWait()
    with unheard_signal(signal.SIGINT, asleep_in="wait"):
        interrupt.wait()


@pytest.mark.parametrize(
    "interrupt",
    ["at_once", "where_python_only_prints", "where_python_raises_an_error_of_its_own"],
)
@pytest.mark.parametrize(
    ("module", "said"),
    [
        pytest.param("ferrygate.cli.streams", b"", id="first"),
        pytest.param("ferrygate.common.environment", b"", id="with secrets in the environment"),
        pytest.param("ferrygate.cli.command_context", b"", id="before the command"),
        pytest.param("ferrygate.api", b"Interrupted.", id="in the command"),
    ],
)
def test_an_interrupt_while_something_is_loaded_leaves_no_traceback(
    module: str, said: bytes, interrupt: str
) -> None:
    code = WHILE_LOADING.replace("{module}", module).replace("{interrupt}", interrupt)
    put = ["put", "no-site", "no-file", "/inbox"]
    ended = subprocess.run([sys.executable, "-c", code, *put], capture_output=True, check=False)
    assert (ended.returncode, ended.stderr.strip()) == (130, said)


def test_what_a_shell_has_ignored_stays_so_from_the_start() -> None:
    code = WHILE_LOADING.replace("{module}", "ferrygate.sites.store").replace(
        "{interrupt}", "at_once"
    )
    code = f"import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n{code}"
    ended = subprocess.run(
        [sys.executable, "-c", code, "sites", "list"], capture_output=True, check=False
    )
    assert ended.returncode == 0
