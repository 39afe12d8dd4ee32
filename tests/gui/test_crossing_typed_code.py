"""The window, the real engine and the sandbox: codes from a phone, typed."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest

from ferrygate.app.automation.window_driver import WindowDriver
from ferrygate.app.desktop import Desktop
from ferrygate.app.options import AppOptions
from ferrygate.app.presenters.sign_in_view import Stage
from ferrygate.app.presenters.workspace import Screen
from ferrygate.bootstrap import make_engine
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.clock import SystemClock
from ferrygate.common.paths import Home
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sites.site import SignInSettings, Site
from ferrygate.vault.memory import MemoryVault
from support.sandbox_site import code_secret_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from support.sandbox_fixtures import MakeSandbox

pytestmark = [pytest.mark.gui, pytest.mark.sandbox]

CLOCK = SystemClock()
FIELD = "Code from your phone or token"


class Phone:
    """Shows the codes of an account, each of them once."""

    def __init__(self, secret: CodeSecret) -> None:
        self._secret = secret
        self._last = 0

    def next_code(self) -> str:
        """Wait for a code that was not shown yet, and has some time left."""
        while True:
            step = self._secret.step_at(CLOCK.now())
            left = self._secret.start_of(step + 1) - CLOCK.now()
            if step > self._last and left > self._secret.period / 3:
                self._last = step
                return self._secret.code_for_step(step)
            CLOCK.wait(threading.Event(), 0.05)


@pytest.fixture
def desktop(tmp_path: Path, qtbot: QtBot, box: Sandbox) -> Iterator[Desktop]:
    """Make a window on the sandbox, where no code is set up."""
    ready = box.ready
    home = Home(tmp_path / "home").prepare()
    options = AppOptions(
        home=home,
        opened=Site(
            name="Sandbox",
            host=ready.host,
            port=ready.port,
            username=ready.username,
            host_key_fingerprints=(ready.host_key_fingerprint,),
            sign_in=SignInSettings(period=ready.period, okta_address=ready.okta_address),
        ),
        is_demo=True,
        make_engine=partial(make_engine, home=home, clock=CLOCK, open_vault=MemoryVault),
        clock=CLOCK,
    )
    desktop = Desktop(options)
    desktop.show()
    qtbot.waitExposed(desktop.window)
    yield desktop
    desktop.close()


@pytest.fixture
def box(make_sandbox: MakeSandbox) -> Sandbox:
    """Make a sandbox whose codes do not last long."""
    return make_sandbox(period=3)


@pytest.mark.slow
def test_a_code_from_a_phone_signs_in_and_the_next_one_goes_on_after_a_cut(
    desktop: Desktop, box: Sandbox
) -> None:
    driver, phone = WindowDriver(desktop, CLOCK), Phone(code_secret_of(box.ready))
    workspace = desktop.workspace
    driver.wait_for("set-up", lambda: workspace.sign_in.view.stage is Stage.CODE_SETUP)
    driver.click("Type a code instead")
    driver.type_into("Password", box.ready.password.reveal())
    used = phone.next_code()
    driver.type_into(FIELD, f"{used}\n")
    driver.wait_for("files", lambda: workspace.screen is Screen.FILES)
    driver.wait_for_folder(b"/")

    box.faults.drop_connections()
    driver.wait_for("question", lambda: workspace.typed_code.view.is_asked)
    assert workspace.screen is Screen.FILES
    assert driver.shows("Type the next code to go on")
    driver.type_into(FIELD, f"{used}\n")
    driver.wait_for("words", lambda: driver.shows("That code was used already."))
    driver.type_into(FIELD, f"{phone.next_code()}\n")
    signed_in = f"Signed in as {box.ready.username}"
    driver.wait_for("return", lambda: workspace.state.text == signed_in)
    assert [record.outcome for record in box.log] == ["granted", "granted"]
