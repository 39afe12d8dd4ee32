"""The window, the real engine, the sandbox and its Okta: what happens around a sign-in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from ferrygate.app.desktop import Desktop
from ferrygate.app.driver import Driver
from ferrygate.app.options import AppOptions
from ferrygate.app.presenters.sign_in_view import Stage
from ferrygate.app.presenters.workspace import Screen
from ferrygate.bootstrap import make_engine
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.clock import SystemClock
from ferrygate.common.errors import Kind
from ferrygate.common.paths import Home
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sites.site import SignIn, Site
from ferrygate.vault.memory import MemoryVault

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from sandbox_fixtures import MakeSandbox

pytestmark = [pytest.mark.gui, pytest.mark.sandbox]

CLOCK = SystemClock()


class Person:
    """A window on a sandbox, and hands."""

    def __init__(self, desktop: Desktop, sandbox: Sandbox) -> None:
        self.workspace = desktop.workspace
        self.driver = Driver(desktop, CLOCK)
        self.sandbox = sandbox

    def sign_in(self, password: str, button: str = "Sign in") -> None:
        """Type a password and press the button; wait for the end."""
        self.driver.wait_for("form", lambda: self.workspace.sign_in.view.stage is Stage.FORM)
        self.driver.type_into("Password", password)
        self.driver.click(button)
        view = self.workspace.sign_in
        self.driver.wait_for("end", lambda: not view.view.busy)

    @property
    def problem(self) -> str:
        problem = self.workspace.refusal.view.problem
        return problem.sentence if problem else ""


class MakePerson(Protocol):
    """Puts a person in front of a sandbox."""

    def __call__(self, sandbox: Sandbox, *, enrolled: bool = True) -> Person: ...


@pytest.fixture
def make_person(tmp_path: Path, qtbot: QtBot) -> Iterator[MakePerson]:
    desktops: list[Desktop] = []

    def make(sandbox: Sandbox, *, enrolled: bool = True) -> Person:
        ready = sandbox.ready
        home = Home(tmp_path / "home").prepare()
        site = Site(
            name="Sandbox",
            host=ready.host,
            port=ready.port,
            username=ready.username,
            host_key_fingerprints=(ready.host_key_fingerprint,),
            sign_in=SignIn(period=ready.period, okta_address=ready.okta_address),
        )
        secret = CodeSecret(key=ready.totp_secret, period=ready.period) if enrolled else None
        options = AppOptions(
            home=home,
            opened=site,
            is_demo=True,
            code_secret=secret,
            make_engine=partial(make_engine, home=home, clock=CLOCK, open_vault=MemoryVault),
            clock=CLOCK,
        )
        desktop = Desktop(options)
        desktops.append(desktop)
        desktop.show()
        qtbot.waitExposed(desktop.window)
        return Person(desktop, sandbox)

    yield make
    for desktop in desktops:
        desktop.close()


def test_okta_says_why_a_sign_in_was_refused(make_person: MakePerson, sandbox: Sandbox) -> None:
    person = make_person(sandbox)
    person.sign_in("wrong")
    assert person.problem == "The server refused the sign-in."
    person.driver.click("Ask Okta why")
    person.driver.click("Ask Okta")
    words = "Your password is wrong, or your account is locked. Okta does not say which."
    person.driver.wait_for("answer", lambda: person.problem == words)


def test_a_code_is_set_up_with_okta_and_signs_in_at_once(
    make_person: MakePerson, make_sandbox: MakeSandbox
) -> None:
    sandbox = make_sandbox(period=5, enrolled=False)
    person = make_person(sandbox, enrolled=False)
    person.driver.click("Set it up with Okta directly")
    person.driver.type_into("Password", sandbox.ready.password.reveal())
    person.driver.click("Set it up")
    person.sign_in(sandbox.ready.password.reveal())
    person.driver.wait_for("files", lambda: person.workspace.screen is Screen.FILES)


def test_the_breaker_shuts_and_a_person_opens_it(
    make_person: MakePerson, make_sandbox: MakeSandbox
) -> None:
    sandbox = make_sandbox(period=2)  # each try waits for a code
    person = make_person(sandbox)
    sandbox.faults.refuse_sign_ins = True
    person.sign_in("wrong")
    person.sign_in("wrong")
    person.sign_in("wrong")
    assert len(sandbox.log) == 2
    for _time in range(2):
        person.sign_in("wrong", "Try once more")
        person.sign_in("wrong")
    assert len(sandbox.log) == 4
    problem = person.workspace.refusal.view.problem
    assert problem is not None
    assert problem.kind is Kind.LOCK_OUT_SHUT
    sandbox.faults.refuse_sign_ins = False
    person.driver.click("My account is well again")
    person.driver.click("Yes, reset it")
    person.sign_in(sandbox.ready.password.reveal())
    person.driver.wait_for("files", lambda: person.workspace.screen is Screen.FILES)


def test_a_connection_that_is_cut_comes_back_by_itself(
    make_person: MakePerson, sandbox: Sandbox
) -> None:
    person = make_person(sandbox)
    person.sign_in(sandbox.ready.password.reveal())
    person.driver.wait_for_folder(b"/")
    seen: list[str] = []
    person.workspace.subscribe(lambda: seen.append(person.workspace.state.text))
    sandbox.faults.drop_connections()
    person.driver.wait_for("loss", lambda: any(text.startswith("Reconn") for text in seen))
    signed_in = f"Signed in as {sandbox.ready.username}"
    person.driver.wait_for("return", lambda: person.workspace.state.text == signed_in)
    assert person.workspace.screen is Screen.FILES
