"""The window, the real engine, the sandbox and its Okta: what happens around a sign-in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from ferrygate.api.connecting import connect
from ferrygate.app.automation.window_driver import WindowDriver
from ferrygate.app.desktop import Desktop
from ferrygate.app.options import AppOptions
from ferrygate.app.presenters.sign_in_view import Stage
from ferrygate.app.presenters.workspace import Screen
from ferrygate.bootstrap import make_engine
from ferrygate.common.clock import SystemClock
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.paths import Home
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sites.known_hosts import HostKey, KnownHosts
from ferrygate.sites.site import SignInSettings, Site
from ferrygate.sites.store import SiteStore
from ferrygate.vault.memory import MemoryVault

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from support.sandbox_fixtures import MakeSandbox

pytestmark = [pytest.mark.gui, pytest.mark.sandbox]

CLOCK = SystemClock()


class Person:
    """A window on a sandbox, and hands."""

    def __init__(self, desktop: Desktop, sandbox: Sandbox) -> None:
        self.workspace = desktop.workspace
        self.driver = WindowDriver(desktop, CLOCK)
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
        problem = self.workspace.sign_in_problem.view.problem
        return str(problem.sentence) if problem else ""


class MakePerson(Protocol):
    """Puts a person in front of a sandbox."""

    def __call__(
        self, sandbox: Sandbox, *, enrolled: bool = True, pins: tuple[str, ...] = ()
    ) -> Person:
        """Choose whether the code is set up, and the pins of the site where it is a saved one."""
        ...


@pytest.fixture
def make_person(tmp_path: Path, qtbot: QtBot) -> Iterator[MakePerson]:
    desktops: list[Desktop] = []

    def make(sandbox: Sandbox, *, enrolled: bool = True, pins: tuple[str, ...] = ()) -> Person:
        ready = sandbox.ready
        home = Home(tmp_path / "home").prepare()
        site = Site(
            name="Sandbox",
            host=ready.host,
            port=ready.port,
            username=ready.username,
            host_key_fingerprints=pins or (ready.host_key_fingerprint,),
            sign_in=SignInSettings(period=ready.period, okta_address=ready.okta_address),
        )
        given = GivenSecrets(totp_secret=ready.totp_secret if enrolled else None)
        if pins:
            SiteStore(home.sites).save(site)
        options = AppOptions(
            home=home,
            opened=None if pins else site,
            is_demo=not pins,
            given=given,
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
    sandbox = make_sandbox(period=3, enrolled=False)
    person = make_person(sandbox, enrolled=False)
    person.driver.click("Set it up with Okta directly")
    person.driver.type_into("Password", sandbox.ready.password.reveal())
    person.driver.click("Set it up")
    person.driver.wait_for("form", lambda: person.workspace.sign_in.view.stage is Stage.FORM)
    person.driver.click("Sign in")
    person.driver.wait_for("files", lambda: person.workspace.screen is Screen.FILES)


@pytest.mark.slow
def test_the_breaker_shuts_and_a_person_opens_it(
    make_person: MakePerson, make_sandbox: MakeSandbox
) -> None:
    sandbox = make_sandbox(period=2)  # each try waits for a code
    person = make_person(sandbox)
    sandbox.faults.refuse_sign_ins = True
    for button in ("Sign in", "Sign in", "Try once more", "Try once more"):
        person.sign_in("wrong", button)
    assert len(sandbox.log) == 4
    assert not person.workspace.sign_in.view.button.can_press
    sandbox.faults.refuse_sign_ins = False
    person.driver.click("Reset the lock")
    person.driver.click("Yes, reset it")
    person.sign_in(sandbox.ready.password.reveal())
    person.driver.wait_for("files", lambda: person.workspace.screen is Screen.FILES)


@pytest.mark.slow
def test_a_saved_site_whose_new_key_was_trusted_is_met_without_ado_from_then_on(
    make_person: MakePerson, sandbox: Sandbox, tmp_path: Path
) -> None:
    ready = sandbox.ready
    home = Home(tmp_path / "home").prepare()
    old = HostKey("ssh-ed25519", b"old")
    KnownHosts(home.known_hosts).add(ready.host, ready.port, old)
    person = make_person(sandbox, pins=(old.fingerprint,))
    person.sign_in(ready.password.reveal())
    assert person.workspace.sign_in.view.stage is Stage.CHANGED_KEY
    person.driver.click("Details")
    field = "Fingerprint of the new key, as given to you by support"
    person.driver.type_into(field, f"{ready.host_key_fingerprint}\n")
    person.driver.wait_for("form", lambda: person.workspace.sign_in.view.button.can_press)
    assert SiteStore(home.sites).load("Sandbox").host_key_fingerprints == (old.fingerprint,)
    # Secrets given for the server with the old key are not for this one, so the card asks anew.
    card = person.workspace.sign_in
    person.driver.wait_for("set-up", lambda: card.view.stage is Stage.CODE_SETUP)
    person.driver.type_into("Key of your code", f"{ready.otpauth_uri.reveal()}\n")
    person.driver.wait_for("form", lambda: person.workspace.sign_in.view.stage is Stage.FORM)
    person.driver.type_into("Password", f"{ready.password.reveal()}\n")
    person.driver.click("Yes, connect")
    person.driver.wait_for("files", lambda: person.workspace.screen is Screen.FILES)
    store, pins = SiteStore(home.sites), (ready.host_key_fingerprint,)
    person.driver.wait_for("pin", lambda: store.load("Sandbox").host_key_fingerprints == pins)
    with connect(  # as the command line does it
        "Sandbox",
        password=ready.password.reveal(),
        totp_secret=ready.otpauth_uri.reveal(),
        home=home,
    ) as session:
        assert session.stat("/inbox").name == b"inbox"


@pytest.mark.slow
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
