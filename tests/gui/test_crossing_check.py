"""The window's access check over the real engine and the sandbox, with secrets to look for."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QGuiApplication

from ferrygate.access_check.stages import Stage, StageOutcome
from ferrygate.app.automation.window_driver import WindowDriver
from ferrygate.app.desktop import Desktop
from ferrygate.app.options import AppOptions
from ferrygate.app.presenters.workspace import Screen
from ferrygate.bootstrap import make_engine
from ferrygate.common.clock import SystemClock
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.logs import logging_to
from ferrygate.common.paths import Home
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.vault.memory import MemoryVault
from support.sandbox_site import site_of
from support.secret_spellings import found_in

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = [pytest.mark.gui, pytest.mark.sandbox]

CLOCK = SystemClock()


class Caller:
    """A person in front of a card, and the folder of the program's files."""

    def __init__(self, desktop: Desktop, home: Home) -> None:
        self.home = home
        self.workspace = desktop.workspace
        self.driver = WindowDriver(desktop, CLOCK)

    def wait_for_verdict(self) -> None:
        view = self.workspace.check
        self.driver.wait_for("verdict", lambda: view.view.verdict is not None)
        self.driver.wait_for("end", lambda: not view.is_running)

    def icon_of(self, stage: Stage) -> str:
        """Give the mark of a stage; none where it was not reached."""
        rows = {row.stage: row.words.icon for row in self.workspace.check.view.rows}
        return rows.get(stage, "")


@pytest.fixture
def caller(sandbox: Sandbox, tmp_path: Path, qtbot: QtBot) -> Iterator[Caller]:
    home = Home(tmp_path / "home").prepare()
    with logging_to(home.logs, logging.DEBUG) as live_secrets:
        options = AppOptions(
            home=home,
            opened=site_of(sandbox.ready),
            is_demo=True,
            given=GivenSecrets(totp_secret=sandbox.ready.totp_secret),
            make_engine=partial(
                make_engine,
                home=home,
                clock=CLOCK,
                open_vault=MemoryVault,
                live_secrets=live_secrets,
            ),
            clock=CLOCK,
        )
        desktop = Desktop(options)
        desktop.show()
        qtbot.waitExposed(desktop.window)
        yield Caller(desktop, home)
        desktop.close()


def test_a_check_and_then_its_sign_in_find_all_well_and_tell_no_secret(
    caller: Caller, sandbox: Sandbox, tmp_path: Path
) -> None:
    driver, ready = caller.driver, sandbox.ready
    driver.wait_for("code", lambda: caller.workspace.sign_in.view.shows_code)
    driver.type_into("Password", ready.password.reveal())
    driver.click("Check my access")
    caller.wait_for_verdict()
    assert caller.icon_of(Stage.METHODS) == "done"
    assert caller.icon_of(Stage.SIGN_IN) == ""
    assert len(sandbox.log) == 0
    driver.click("Try the sign-in too")
    driver.click("Try the sign-in")
    driver.wait_for("begin", lambda: caller.workspace.check.is_running)
    caller.wait_for_verdict()
    assert caller.icon_of(Stage.SIGN_IN) == "done"
    assert caller.icon_of(Stage.HOME_FOLDER) == "done"
    assert caller.workspace.screen is Screen.CHECK
    assert len(sandbox.log) == 1
    driver.click("Copy details for support")
    copied = QGuiApplication.clipboard().text()
    assert f"[sign-in] {_passed()}" in copied
    assert "accepted (method password)" in copied
    caller.workspace.check.save(str(tmp_path / "report.html"))
    driver.wait_for("file", (tmp_path / "report.json").exists)
    files = [*tmp_path.glob("report.*"), *caller.home.logs.iterdir()]
    texts = [copied, *(file.read_text("utf-8") for file in files)]
    secrets = (ready.password.reveal(), ready.totp_secret.reveal())
    assert found_in("\n".join(texts), *secrets) == []


def test_a_check_can_be_stopped_and_begun_again(caller: Caller) -> None:
    driver = caller.driver
    driver.click("Check my access")
    caller.workspace.check.stop()
    driver.wait_for("end", lambda: not caller.workspace.check.is_running)
    driver.click("Check again")
    caller.wait_for_verdict()
    driver.click("Back")
    assert caller.workspace.screen is Screen.SIGN_IN


def _passed() -> str:
    return StageOutcome.PASSED.value.capitalize()
