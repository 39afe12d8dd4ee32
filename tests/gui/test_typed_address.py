"""An address that a person types: what is asked beside it, and that no code may be wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLineEdit

from ferrygate.app.presenters.workspace import Screen
from ferrygate.sites.site import SignInSettings, Site

if TYPE_CHECKING:
    from gui.conftest import MakeRig, Rig

pytestmark = pytest.mark.gui


@pytest.fixture
def sites(make_rig: MakeRig) -> Rig:
    """Make a window on its first page."""
    rig = make_rig(site=None)
    rig.driver.wait_for("engine", lambda: bool(rig.engine))
    return rig


def test_a_port_is_asked_of_who_types_an_address(sites: Rig) -> None:
    assert not sites.driver.shows("Port")
    sites.driver.type_into("Or the server's address", "sftp.example.org")
    sites.driver.type_into("Port", "2222\n")
    sites.driver.wait_for("card", lambda: sites.workspace.screen is Screen.SIGN_IN)
    assert sites.workspace.site is not None
    assert (sites.workspace.site.host, sites.workspace.site.port) == ("sftp.example.org", 2222)
    assert sites.driver.shows("sftp.example.org:2222")


def test_a_whole_address_is_understood_and_its_password_dropped(sites: Rig) -> None:
    address = "sftp://vendor7:hunter2@sftp.example.org:2222/inbox"
    sites.driver.type_into("Or the server's address", f"{address}\n")
    sites.driver.wait_for("card", lambda: sites.workspace.screen is Screen.SIGN_IN)
    site = sites.workspace.site
    assert site is not None
    assert (site.username, site.port, site.start_folder) == ("vendor7", 2222, "/inbox")
    assert sites.driver.shows("The password in the address was left out. Type it here.")
    assert not [e for e in sites.window.findChildren(QLineEdit) if "hunter2" in e.text()]


@pytest.mark.parametrize(
    ("address", "port", "words"),
    [
        ("https://sftp.example.org", "", "begins with “https://” is not for SFTP"),
        ("sftp example", "", "This is not a server address."),
        ("sftp.example.org", "70000", "The port in this address"),
    ],
)
def test_what_is_wrong_with_an_address_stands_beside_it_and_it_stays(
    sites: Rig, address: str, port: str, words: str
) -> None:
    sites.driver.type_into("Or the server's address", address)
    sites.driver.type_into("Port", port)
    sites.driver.click("Continue")
    sites.driver.wait_for("words", lambda: sites.driver.shows(words))
    assert sites.workspace.screen is Screen.SITES
    texts = [e.text() for e in sites.window.findChildren(QLineEdit) if e.isVisible()]
    assert texts == [address, port]


def test_a_site_of_a_connection_file_does_not_offer_to_go_without_a_code(
    make_rig: MakeRig, site: Site
) -> None:
    rig = make_rig(site=site)
    rig.driver.wait_for("card", lambda: rig.driver.shows("Type a code instead"))
    assert not rig.driver.shows("I have no code")


def test_a_code_is_wanted_after_all_by_a_click(sites: Rig) -> None:
    sites.driver.type_into("Or the server's address", "vendor7@sftp.example.org\n")
    sites.driver.click("I have no code")
    sites.driver.click("Use a code after all")
    sites.driver.wait_for("set-up", lambda: sites.driver.shows("Type a code instead"))
    assert not sites.driver.shows("This site wants no code.")
    assert sites.workspace.site is not None
    assert sites.workspace.site.sign_in == SignInSettings()


def test_a_typed_site_that_wants_no_code_is_kept_so(sites: Rig) -> None:
    sites.driver.type_into("Or the server's address", "vendor7@sftp.example.org\n")
    sites.driver.click("I have no code")
    sites.driver.type_into("Password", "correct horse")
    assert sites.driver.shows("This site wants no code.")
    sites.driver.click("Sign in")
    sites.driver.wait_for("files", lambda: sites.workspace.screen is Screen.FILES)
    store = sites.workspace.sites._saved
    sites.driver.wait_for("site", lambda: bool(store.names()))
    assert store.load("sftp.example.org").sign_in.join == "{password}"
