from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ferrygate.cli.command_context import CommandContext, DesktopApp, WindowRequest
from ferrygate.cli.main import run
from ferrygate.cli.terminal import Terminal
from ferrygate.cli.transfer_report import TransferReport
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.logs import LiveSecrets
from ferrygate.common.paths import Home
from ferrygate.transfers.views import ConflictChoice, Direction
from support.fake_clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def opened() -> list[WindowRequest]:
    """Records the options that windows were opened with."""
    return []


def unused(*_given: object) -> int:
    raise AssertionError


@pytest.fixture
def make_context(private_home: Path, clock: ManualClock) -> Callable[..., CommandContext]:
    """Makes contexts of commands."""

    def make(
        secrets: GivenSecrets | None = None,
        *,
        show: Callable[[WindowRequest], int] = unused,
        terminal: Terminal | None = None,
    ) -> CommandContext:
        return CommandContext(
            home=Home(private_home),
            clock=clock,
            read_secrets=lambda: secrets or GivenSecrets(),
            live_secrets=LiveSecrets(),
            window=DesktopApp(run=show, tour=unused, take_pictures=unused),
            terminal=terminal or Terminal(clock),
        )

    return make


@pytest.fixture
def make_command(
    make_context: Callable[..., CommandContext],
) -> Callable[[Callable[[WindowRequest], int]], Callable[..., int]]:
    """Runs commands in this process, with a window that is shown so; gives their exit status."""

    def make(show: Callable[[WindowRequest], int]) -> Callable[..., int]:
        def run_command(*arguments: str | Path, secrets: GivenSecrets | None = None) -> int:
            context = make_context(secrets, show=show)
            return run([str(argument) for argument in arguments], context)

        return run_command

    return make


@pytest.fixture
def command(
    make_command: Callable[[Callable[[WindowRequest], int]], Callable[..., int]],
    opened: list[WindowRequest],
) -> Callable[..., int]:
    """Runs a command; a window only notes what it was opened with."""

    def show(request: WindowRequest) -> int:
        opened.append(request)
        return 0

    return make_command(show)


@pytest.fixture
def broken_command(
    make_command: Callable[[Callable[[WindowRequest], int]], Callable[..., int]],
) -> Callable[..., int]:
    """Runs a command; a window breaks."""

    def show(request: WindowRequest) -> int:  # noqa: ARG001  a window's
        raise ValueError("hush")

    return make_command(show)


@pytest.fixture
def terminal(clock: ManualClock) -> Terminal:
    return Terminal(clock)


@pytest.fixture
def report(terminal: Terminal, clock: ManualClock) -> TransferReport:
    return TransferReport(terminal, clock, Direction.UPLOAD, "/inbox", ConflictChoice.FAIL)
