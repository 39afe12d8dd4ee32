"""A check of a healthy server is over in three seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from access_check.run_check import Checker
from access_check.sandbox_setups import on_sandbox

pytestmark = pytest.mark.sandbox

_HEALTHY_SECONDS = 3.0  # once a code is at hand, which it is here


@pytest.mark.parametrize(
    "options", [(), ("--sign-in",), ("--sign-in", "--write", "/inbox", "--speed")], ids=" ".join
)
def test_a_healthy_server_is_checked_within_three_seconds(
    options: tuple[str, ...], tmp_path: Path
) -> None:
    server = tmp_path / "server"
    server.mkdir()
    with on_sandbox(server) as setup:
        run = Checker(setup, tmp_path).check(*options)
    assert (run.summary["result"], run.status) == ("passed", 0)
    assert run.seconds < _HEALTHY_SECONDS
