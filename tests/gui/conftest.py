"""The window over an engine in memory, for tests that need no server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ferrygate.app.automation.window_driver import WindowDriver
from ferrygate.app.desktop import Desktop
from ferrygate.app.options import AppOptions
from ferrygate.common import threads
from ferrygate.common.clock import SystemClock
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.paths import Home
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.event import Event
from ferrygate.sites.site import SignInSettings, Site
from gui.fake_opener import FakeOpener
from gui.scripted_engine import ScriptedEngine, Tree, tree_of

NOON = 1_795_435_200.0
KEY = Secret("JBSWY3DPEHPK3PXP")
NOTHING_GIVEN = GivenSecrets()


class StillClock:
    """Stands still until it is moved; ``ahead`` is how far its wall clock was set."""

    def __init__(self, now: float = NOON) -> None:
        self.time = now
        self.ahead = 0.0

    def now(self) -> float:
        return self.time + self.ahead

    def monotonic(self) -> float:
        return self.time

    def suspended(self) -> float:
        return 0.0

    def wait(self, event: threads.Event, seconds: float) -> bool:
        self.time += seconds
        return event.is_set()


class Rig:
    """A window, its engine in memory, and hands to work it."""

    def __init__(self, desktop: Desktop, engines: list[ScriptedEngine]) -> None:
        self.desktop = desktop
        self.window = desktop.window
        self.workspace = desktop.workspace
        self.driver = WindowDriver(desktop, SystemClock())
        self._engines = engines

    @property
    def engine(self) -> ScriptedEngine:
        """Give the engine, once the first paint has called for it."""
        self.driver.wait_for("engine", lambda: bool(self._engines))
        return self._engines[0]

    def sign_in(self) -> None:
        """As far as the files."""
        self.driver.wait_for("code", lambda: self.workspace.sign_in.view.shows_code)
        self.driver.type_into("Password", "correct horse")
        self.driver.click("Sign in")
        self.driver.wait_for_folder(b"/")


MakeRig = Callable[..., Rig]


@pytest.fixture
def clock() -> StillClock:
    """Stop a clock at noon."""
    return StillClock()


@pytest.fixture
def site() -> Site:
    """Make a site like those support hands out."""
    return Site(name="Acme exports", host="sftp.example.org", username="vendor7")


@pytest.fixture
def okta_site(site: Site) -> Site:
    """Give the site an Okta address."""
    return msgspec.structs.replace(
        site, sign_in=SignInSettings(okta_address="https://acme.okta.example")
    )


@pytest.fixture
def opener() -> FakeOpener:
    """Open and show files on paper, in place of the desktop."""
    return FakeOpener()


@pytest.fixture
def make_rig(
    qtbot: QtBot, clock: StillClock, tmp_path: Path, opener: FakeOpener
) -> Iterator[MakeRig]:
    """Windows over engines in memory, closed when the test ends; none opens anything."""
    desktops: list[Desktop] = []

    def make(
        *,
        site: Site | None,
        tree: Tree | None = None,
        given: GivenSecrets = NOTHING_GIVEN,
        agrees: bool = True,
    ) -> Rig:
        engines: list[ScriptedEngine] = []

        def make_engine(listener: Callable[[Event], None]) -> ScriptedEngine:
            engines.append(ScriptedEngine(listener, clock, tree or tree_of("inbox/", "a.csv")))
            return engines[0]

        options = AppOptions(
            home=Home(tmp_path / "home").prepare(),
            arrivals=(tmp_path / "Downloads",),
            opened=site,
            given=given,
            make_engine=make_engine,
            clock=clock,
            opener=opener,
        )
        desktop = Desktop(options, Qt.ColorScheme.Light)
        desktops.append(desktop)
        desktop.show()
        qtbot.waitExposed(desktop.window)
        rig = Rig(desktop, engines)
        if site is not None and agrees:
            rig.driver.click("Use this connection")
        return rig

    yield make
    for desktop in desktops:
        desktop.close()


@pytest.fixture
def rig(make_rig: MakeRig, site: Site) -> Rig:
    """One window on the way to a site whose code secret is at hand."""
    return make_rig(site=site, given=GivenSecrets(totp_secret=KEY))


@pytest.fixture
def signed_in(rig: Rig) -> Rig:
    """Sign in."""
    rig.sign_in()
    return rig
