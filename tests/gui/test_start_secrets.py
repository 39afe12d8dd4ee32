"""The window and the secrets that it was started with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from ferrygate.app.presenters.workspace import Screen
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.codes import UseCodeSecret
from ferrygate.engine.messages.session import ProvideSecrets, UsePassword
from ferrygate.sites.site import SignInSettings, Site

if TYPE_CHECKING:
    from gui.conftest import MakeRig, Rig

pytestmark = pytest.mark.gui

GIVEN = GivenSecrets(password=Secret("pw"), totp_secret=Secret("JBSWY3DPEHPK3PXP"))


def other(site: Site) -> Site:
    return msgspec.structs.replace(site, name="Other", host="other.example.org")


def hint(rig: Rig) -> str:
    return rig.workspace.sign_in.view.password_hint


def ready(rig: Rig) -> None:
    rig.driver.wait_for("card", lambda: rig.workspace.sign_in.view.button.can_press)


def test_another_site_chosen_in_the_window_gets_nothing_of_them(
    make_rig: MakeRig, site: Site
) -> None:
    rig = make_rig(site=site, given=GIVEN)
    ready(rig)
    assert hint(rig) == "Already at hand"
    rig.workspace.sites.choose(other(site))
    ready(rig)
    assert hint(rig) == ""
    assert rig.workspace.sign_in.view.asks_code
    rig.workspace.sites.choose(site)
    ready(rig)
    assert hint(rig) == "Already at hand"
    assert not [c for c in rig.engine.commands if isinstance(c, UsePassword | UseCodeSecret)]


def test_another_connection_file_that_is_accepted_gets_nothing_of_them(
    make_rig: MakeRig, site: Site
) -> None:
    rig = make_rig(site=site, given=GIVEN, agrees=False)
    rig.driver.wait_for("offer", lambda: rig.workspace.screen is Screen.OFFER)
    rig.workspace.sites.offer(other(site))
    offered = rig.workspace.sites
    rig.driver.wait_for(
        "offer", lambda: offered.view.offer is not None and offered.view.offer.name == "Other"
    )
    rig.driver.click("Use this connection")
    ready(rig)
    assert rig.workspace.site == other(site)
    assert hint(rig) == ""


def test_the_only_saved_site_is_the_site_of_a_start_without_a_file(
    make_rig: MakeRig, site: Site
) -> None:
    made_by = SignInSettings(digits=8, period=60)
    make_rig(site=msgspec.structs.replace(site, sign_in=made_by), given=GIVEN).sign_in()
    again = make_rig(site=None, given=GIVEN)
    again.driver.wait_for("card", lambda: again.workspace.screen is Screen.SIGN_IN)
    ready(again)
    assert hint(again) == "Already at hand"
    (provided,) = [c for c in again.engine.commands if isinstance(c, ProvideSecrets)]
    assert provided.code_secret is not None
    assert (provided.code_secret.digits, provided.code_secret.period) == (8, 60)


def test_without_a_site_they_are_not_used_and_that_is_said(make_rig: MakeRig, site: Site) -> None:
    rig = make_rig(site=None, given=GIVEN)
    rig.driver.wait_for("words", lambda: rig.workspace.notices.problem is not None)
    problem = rig.workspace.notices.problem
    assert problem is not None
    assert "belongs to no site" in str(problem.sentence)
    rig.workspace.sites.choose(site)
    ready(rig)
    assert hint(rig) == ""


def test_a_key_that_is_none_is_said_and_the_password_still_serves(
    make_rig: MakeRig, site: Site
) -> None:
    given = GivenSecrets(password=Secret("pw"), totp_secret=Secret("not!a!key"))
    rig = make_rig(site=site, given=given)
    ready(rig)
    problem = rig.workspace.notices.problem
    assert problem is not None
    assert "not!a!key" not in repr(problem)
    assert hint(rig) == "Already at hand"
