"""Any number of processes at once: no code twice, and never a locked account."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from e2e.program import Program, connection_file, program_for, site_for
from ferrygate.sandbox.sandbox import Sandbox
from sandbox_fixtures import MakeSandbox


def at_once(program: Program, count: int, *arguments: str) -> list[int]:
    """Starts a command so many times together; returns the exit codes."""
    with ExitStack() as stack:
        running = [stack.enter_context(program.running(*arguments)) for _ in range(count)]
        for process in running:
            process.communicate()
        return [process.returncode for process in running]


def steps_of(sandbox: Sandbox) -> list[int | None]:
    return [record.step for record in sandbox.log]


def outcomes_of(sandbox: Sandbox) -> set[str]:
    return {record.outcome for record in sandbox.log}


@pytest.mark.timeout(240)  # twenty codes, one after the other
def test_twenty_listings_at_once_all_succeed_each_with_its_own_code(
    make_sandbox: MakeSandbox, bare: Program, tmp_path: Path
) -> None:
    del bare  # its environment
    sandbox = make_sandbox(period=5)
    site = connection_file(tmp_path, site_for(sandbox.ready))
    statuses = at_once(program_for(sandbox.ready), 20, "ls", str(site))
    assert statuses == [0] * 20
    steps = steps_of(sandbox)
    assert len(steps) == len(set(steps)) == 20
    assert outcomes_of(sandbox) == {"granted"}


@pytest.mark.slow
@pytest.mark.timeout(240)  # four codes of 30 seconds
def test_four_listings_at_once_with_codes_of_thirty_seconds(
    make_sandbox: MakeSandbox, bare: Program, tmp_path: Path
) -> None:
    del bare  # its environment
    sandbox = make_sandbox(period=30)
    site = connection_file(tmp_path, site_for(sandbox.ready))
    statuses = at_once(program_for(sandbox.ready), 4, "ls", str(site))
    assert statuses == [0] * 4
    steps = steps_of(sandbox)
    assert len(steps) == len(set(steps)) == 4
    assert outcomes_of(sandbox) == {"granted"}


@pytest.mark.parametrize(("word", "most"), [((), 2), (("--try-anyway",), 4)])
@pytest.mark.timeout(240)  # a hundred starts of the program
def test_a_hundred_runs_with_a_wrong_password_never_lock_the_account(
    make_sandbox: MakeSandbox, bare: Program, tmp_path: Path, word: tuple[str, ...], most: int
) -> None:
    del bare  # its environment
    sandbox = make_sandbox(period=2)
    site = connection_file(tmp_path, site_for(sandbox.ready))
    good = program_for(sandbox.ready)
    wrong = good.with_secrets("not the password", sandbox.ready.totp_secret.reveal())
    statuses = [wrong("ls", *word, site).returncode for _ in range(100)]
    assert statuses == [3] * most + [6] * (100 - most)
    assert len(sandbox.log) == most
    assert not sandbox.organization.account.locked

    assert good("sites", "reset-lock", site).returncode == 0
    assert good("ls", site).returncode == 0
