"""Any number of processes at once: no code twice, and never a locked account."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from e2e.program import Program, connection_file, program_for
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sites.site import SignInSettings
from support.sandbox_fixtures import MakeSandbox
from support.sandbox_site import site_of


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
@pytest.mark.parametrize(
    ("count", "period"),
    [
        pytest.param(2, 2, id="two"),
        pytest.param(6, 2, id="six", marks=pytest.mark.slow),
        pytest.param(20, 5, id="twenty", marks=pytest.mark.slow),
        pytest.param(4, 30, id="four-of-thirty-seconds", marks=pytest.mark.slow),
    ],
)
def test_listings_at_once_all_succeed_each_with_its_own_code(
    make_sandbox: MakeSandbox, bare: Program, tmp_path: Path, count: int, period: int
) -> None:
    del bare  # its environment
    sandbox = make_sandbox(period=period)
    site = connection_file(tmp_path, site_of(sandbox.ready))
    statuses = at_once(program_for(sandbox.ready), count, "ls", str(site))
    assert statuses == [0] * count
    steps = steps_of(sandbox)
    assert len(steps) == len(set(steps)) == count
    assert outcomes_of(sandbox) == {"granted"}


@pytest.mark.slow
def test_wrong_sign_ins_under_many_spellings_never_lock_the_account(
    make_sandbox: MakeSandbox, bare: Program, tmp_path: Path
) -> None:
    del bare  # its environment
    sandbox = make_sandbox(period=2)
    site = site_of(sandbox.ready)
    without_okta = SignInSettings(period=site.sign_in.period)
    spellings = [
        site,
        site_of(sandbox.ready, sign_in=without_okta),
        site_of(sandbox.ready, host="localhost"),
        site_of(sandbox.ready, host="LocalHost", sign_in=without_okta),
        site_of(sandbox.ready, username=site.username.upper(), sign_in=without_okta),
        site_of(sandbox.ready, username=f"{site.username}@vendor.org"),
    ]
    paths = []
    for number, spelt in enumerate(spellings):
        (tmp_path / f"{number}").mkdir()
        paths.append(connection_file(tmp_path / f"{number}", spelt))
    good = program_for(sandbox.ready)
    wrong = good.with_secrets("not the password", sandbox.ready.totp_secret.reveal())
    alone = [wrong("ls", path) for path in paths]
    assert [each.returncode for each in alone] == [3, 3, 6, 6, 6, 6]
    assert "together with those at 127.0.0.1:" in alone[3].stderr
    asked = [wrong("ls", "--try-anyway", path).returncode for path in paths[2:5]]
    assert asked == [3, 3, 6]
    assert len(sandbox.log) == 4
    assert not sandbox.organization.account.locked
    assert good("sites", "reset-lock", paths[3]).returncode == 0
    assert good("ls", paths[0]).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize(("word", "most"), [((), 2), (("--try-anyway",), 4)])
@pytest.mark.parametrize("runs", [8, 100])
@pytest.mark.timeout(240)  # a hundred starts of the program
def test_a_script_with_a_wrong_password_never_locks_the_account(
    make_sandbox: MakeSandbox,
    bare: Program,
    tmp_path: Path,
    word: tuple[str, ...],
    most: int,
    runs: int,
) -> None:
    del bare  # its environment
    sandbox = make_sandbox(period=2)
    site = connection_file(tmp_path, site_of(sandbox.ready))
    good = program_for(sandbox.ready)
    wrong = good.with_secrets("not the password", sandbox.ready.totp_secret.reveal())
    statuses = [wrong("ls", *word, site).returncode for _ in range(runs)]
    assert statuses == [3] * most + [6] * (runs - most)
    assert len(sandbox.log) == most
    assert not sandbox.organization.account.locked

    assert good("sites", "reset-lock", site).returncode == 0
    assert good("ls", site).returncode == 0
