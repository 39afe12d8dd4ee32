"""The window's state where what was asked before comes late: a person stays where they went."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from ferrygate.app.presenters.outbox import Outbox
from ferrygate.app.presenters.sign_in_view import Form
from ferrygate.app.presenters.workspace import Screen, Workspace
from ferrygate.app.presenters.workspace_dependencies import WorkspaceDependencies
from ferrygate.common.entry import Entry
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.engine.messages.command import Command
from ferrygate.engine.messages.event import Done, Failed
from ferrygate.engine.messages.files import ListFolder
from ferrygate.engine.messages.session import (
    ForgetSecret,
    OpenSite,
    SecretsChanged,
    SessionChanged,
    SessionState,
    SiteOpened,
)
from ferrygate.sites.site import Site
from ferrygate.sites.store import SiteStore
from gui.background_work import DeferredBackground
from gui.conftest import StillClock
from gui.fake_opener import FakeOpener

ACME = Site(name="Acme", host="sftp.example.org", username="vendor7")
OTHER = Site(name="Other", host="sftp.example.com", username="vendor8")


class NoList:
    """A list that shows nothing."""

    def begin(self, folder: bytes) -> None: ...

    def add(self, entries: Iterable[Entry]) -> None: ...

    def end(self) -> None: ...

    def begin_again(self) -> None: ...

    def add_again(self, entries: Iterable[Entry]) -> None: ...

    def replace(self) -> None: ...

    def choose(self, name: bytes) -> None: ...

    def put(self, entries: Iterable[Entry]) -> None: ...


class Desk:
    """A workspace without a window, a slow disk, and what was sent to the engine."""

    def __init__(self, clock: StillClock, folder: Path) -> None:
        self.sent: list[Command] = []
        self.later = DeferredBackground()
        self.store = SiteStore(folder)
        dependencies = WorkspaceDependencies(
            sink=NoList(),
            saved=self.store,
            fingerprints=lambda _host, _port: (),
            background=self.later,
            opener=FakeOpener(),
        )
        self.workspace = Workspace(Outbox(self.sent.append), clock, dependencies)

    def open(self, site: Site) -> None:
        self.workspace.sites.choose(site)
        self.opened(site)

    def opened(self, site: Site) -> None:
        """Answer the last request for a site."""
        (*_, request) = [c.request for c in self.sent if isinstance(c, OpenSite)]
        self.workspace.handle(SecretsChanged(site=site, can_save=True), SiteOpened(site=site))
        self.workspace.handle(Done(request=request))

    def sign_in(self) -> None:
        form = Form(username=self.site.username, password=Secret("pw"), code=Secret("123456"))
        self.workspace.sign_in.type_code(wanted=True)
        self.workspace.sign_in.sign_in(form)

    @property
    def site(self) -> Site:
        assert self.workspace.site is not None
        return self.workspace.site

    def session(self, state: SessionState) -> None:
        self.workspace.handle(SessionChanged(state=state))


@pytest.fixture
def desk(clock: StillClock, tmp_path: Path) -> Desk:
    return Desk(clock, tmp_path / "sites")


def test_the_only_saved_site_is_not_turned_to_where_the_person_went_elsewhere(desk: Desk) -> None:
    desk.store.save(ACME)
    desk.workspace.start(None)
    desk.open(OTHER)
    desk.later.work()
    assert (desk.workspace.screen, desk.site) == (Screen.SIGN_IN, OTHER)


def test_a_saved_site_found_broken_late_leaves_the_person_at_the_card(
    desk: Desk, tmp_path: Path
) -> None:
    desk.store.save(ACME)
    broken = tmp_path / "sites" / "Broken.ferrygate"
    broken.write_text("format = 1\nport = 0\n")
    desk.workspace.start(None)
    desk.open(OTHER)
    desk.later.work()
    assert (desk.workspace.screen, desk.site) == (Screen.SIGN_IN, OTHER)


def test_an_address_mistyped_before_does_not_bring_the_choice_of_sites_back(desk: Desk) -> None:
    desk.workspace.start(None)
    desk.workspace.sites.open_address("not an address")
    desk.open(OTHER)
    desk.later.work()
    assert (desk.workspace.screen, desk.site) == (Screen.SIGN_IN, OTHER)


def test_a_session_of_the_site_just_left_is_none_of_the_site_turned_to(desk: Desk) -> None:
    desk.open(ACME)
    desk.sign_in()
    desk.workspace.sites.choose(OTHER)
    desk.session(SessionState.SIGNED_IN)  # was on its way
    desk.opened(OTHER)
    desk.later.work()
    assert desk.workspace.screen is Screen.SIGN_IN
    assert desk.store.names() == ()
    assert not [command for command in desk.sent if isinstance(command, ListFolder)]


def test_a_session_of_the_site_turned_to_opens_its_files(desk: Desk) -> None:
    desk.open(ACME)
    desk.sign_in()
    desk.session(SessionState.SIGNED_IN)
    desk.later.work()
    assert desk.workspace.screen is Screen.FILES
    assert desk.store.names() == ("Acme",)


def test_an_engine_that_did_not_start_is_told_on_the_card(desk: Desk) -> None:
    desk.workspace.sites.choose(ACME)
    problem = Problem(kind=Kind.INTERNAL, sentence=message("The engine did not start."))
    desk.workspace.handle(SessionChanged(state=SessionState.OFFLINE, problem=problem))
    assert desk.workspace.sign_in.view.problem == problem


def test_what_a_keychain_refuses_to_forget_is_asked_for_again(desk: Desk) -> None:
    desk.open(ACME)
    held = SecretsChanged(site=ACME, has_password=True, has_code_secret=True)
    desk.workspace.handle(held)
    assert desk.workspace.sign_in.view.password_hint == "Already at hand"
    desk.workspace.forget(SecretKind.PASSWORD)
    forgetting = desk.sent[-1]
    assert isinstance(forgetting, ForgetSecret)
    problem = Problem(kind=Kind.KEYCHAIN, sentence=message("The keychain is locked."))
    desk.workspace.handle(
        SecretsChanged(site=ACME, has_code_secret=True),  # out of the engine's memory all the same
        Failed(request=forgetting.request, problem=problem),
    )
    assert desk.workspace.notices.problem == problem
    assert desk.workspace.sign_in.view.password_hint == ""
    desk.workspace.sign_in.sign_in(Form(username="vendor7", password=Secret("")))
    assert desk.workspace.sign_in.view.note == "Type your password first."
    assert desk.sent[-1] is forgetting
