"""The demo's server ends with the demo, however that ends."""

from __future__ import annotations

import os
import select
import signal
from pathlib import Path

import pytest

from e2e.program import Program, wait_until
from process_tree import children

pytestmark = [pytest.mark.sandbox, pytest.mark.gui, pytest.mark.timeout(120)]


@pytest.fixture
def offscreen(bare: Program, private_session: None) -> Program:  # noqa: ARG001  XDG_RUNTIME_DIR
    return Program({**bare.environment, "QT_QPA_PLATFORM": "offscreen"})


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_server_ends_with_a_demo_that_is_ended(
    offscreen: Program, private_home: Path, number: signal.Signals
) -> None:
    file = private_home / "sandbox" / "sandbox.ferrygate"
    with offscreen.running("demo") as process:
        wait_until(file.exists)
        (server,) = children(process.pid)
        watched = os.pidfd_open(server)
        try:
            process.send_signal(number)
            ended, _w, _x = select.select([watched], [], [], 20)
        finally:
            os.close(watched)
        process.communicate(timeout=20)
    assert ended
    assert process.returncode != 0


def test_the_demo_checks_itself_without_a_display(offscreen: Program, tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    outcome = offscreen("demo", "--offscreen", "--period", "5", "--pictures-to", pictures)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert list(pictures.glob("*.png"))
