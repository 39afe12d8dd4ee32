from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fake_clock import ManualClock
from ferrygate.cli.main import run
from ferrygate.cli.surroundings import Surroundings, Window, WindowRequest
from ferrygate.cli.terminal import Terminal
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.paths import Home


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def opened() -> list[WindowRequest]:
    """What windows were opened with."""
    return []


@pytest.fixture
def command(
    private_home: Path, clock: ManualClock, opened: list[WindowRequest]
) -> Callable[..., int]:
    """Runs a command in this process; gives its exit status."""

    def show(request: WindowRequest) -> int:
        opened.append(request)
        return 0

    def unused(*_given: object) -> int:
        raise AssertionError

    window = Window(run=show, tour=unused, take_pictures=unused)

    def run_command(*arguments: str | Path, secrets: GivenSecrets | None = None) -> int:
        around = Surroundings(
            home=Home(private_home),
            clock=clock,
            secrets=secrets or GivenSecrets(),
            window=window,
            terminal=Terminal(clock),
        )
        return run([str(argument) for argument in arguments], around)

    return run_command
