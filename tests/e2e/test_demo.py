"""The demo's server ends with the demo, however that ends."""

from __future__ import annotations

import os
import select
import signal
import socket
from pathlib import Path

import pytest

from e2e.program import Program, wait_until
from ferrygate.cli.command_context import CommandContext, DesktopApp, WindowRequest
from ferrygate.cli.main import run
from ferrygate.cli.terminal import Terminal
from ferrygate.common.clock import SystemClock
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.logs import LiveSecrets
from ferrygate.common.paths import Home
from ferrygate.sites.site import Site
from support.process_tree import children

pytestmark = [pytest.mark.sandbox, pytest.mark.gui, pytest.mark.timeout(120)]


@pytest.fixture
def offscreen(bare: Program, private_session: None) -> Program:  # noqa: ARG001  XDG_RUNTIME_DIR
    return Program({**bare.environment, "QT_QPA_PLATFORM": "offscreen"})


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_server_ends_with_a_demo_that_is_ended(
    offscreen: Program, private_home: Path, number: signal.Signals
) -> None:
    file = private_home / "sandbox" / "sandbox.ferrygate"
    with offscreen.with_secrets("correct horse", "JBSWY3DPEHPK3PXP").running("demo") as process:
        wait_until(file.exists)
        (server,) = children(process.pid)
        assert b"correct horse" not in Path("/proc", str(server), "environ").read_bytes()
        watched = os.pidfd_open(server)
        try:
            process.send_signal(number)
            ended, _w, _x = select.select([watched], [], [], 20)
        finally:
            os.close(watched)
        process.communicate(timeout=20)
    assert ended
    assert process.returncode != 0


@pytest.fixture
def screenless(offscreen: Program) -> Program:
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    return Program({k: v for k, v in offscreen.environment.items() if k not in hidden})


@pytest.mark.slow
def test_the_demo_checks_itself_without_a_display(screenless: Program, tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    outcome = screenless("demo", "--offscreen", pictures, "--period", "3")
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    taken = sorted(pictures.glob("*.png"))
    assert taken
    assert outcome.stdout.splitlines()[-len(taken) :] == [f"Picture: {path}" for path in taken]


@pytest.mark.parametrize("words", [(), ("acme.ferrygate",), ("demo",)])
def test_without_a_screen_a_window_is_one_sentence(
    screenless: Program, words: tuple[str, ...]
) -> None:
    outcome = screenless(*words)
    assert outcome.returncode == 2
    assert outcome.stderr.splitlines() == [
        "There is no screen here. Use the command line: ferrygate --help"
    ]


@pytest.mark.parametrize(
    "options", [("--offscreen", "pictures"), ("--screenshots", "pictures", "screens"), ()]
)
def test_the_server_is_there_as_long_as_the_window(
    private_home: Path, options: tuple[str, ...]
) -> None:
    seen: list[WindowRequest] = []

    def show(request: WindowRequest, *_folders: Path) -> int:
        assert isinstance(request.opened, Site)
        with socket.create_connection((request.opened.host, request.opened.port), timeout=5):
            seen.append(request)
        return 7

    clock = SystemClock()
    context = CommandContext(
        home=Home(private_home),
        clock=clock,
        read_secrets=GivenSecrets,
        live_secrets=LiveSecrets(),
        window=DesktopApp(run=show, tour=show, take_pictures=show),
        terminal=Terminal(clock),
    )
    assert run(["demo", *options, "--period", "5"], context) == 7
    (request,) = seen
    assert request.is_demo
    assert request.given.password
    assert request.given.totp_secret
    assert "period=5" in request.given.totp_secret.reveal()
    assert isinstance(request.opened, Site)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((request.opened.host, request.opened.port), timeout=5)


def test_a_server_that_does_not_start_is_one_sentence(bare: Program, private_home: Path) -> None:
    private_home.mkdir(mode=0o700)
    (private_home / "sandbox").write_text("in the way of the folder")
    outcome = bare("demo")
    assert outcome.returncode == 1
    assert "The demo's server did not start." in outcome.stderr
    assert "Traceback" not in outcome.stderr
