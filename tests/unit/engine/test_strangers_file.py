"""A connection file is mail from a stranger: what one may try, and does not get."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from engine_rig import EngineRig, next_code
from fake_clock import WallClock
from ferrygate.common.errors import Kind
from ferrygate.engine import messages as m
from ferrygate.sandbox.sandbox import Sandbox
from sandbox_fixtures import MakeSandbox
from sandbox_site import code_secret_of, site_of

OTHER_PIN = "SHA256:" + "A" * 43


@pytest.fixture
def trusted(rig: EngineRig, box: Sandbox) -> EngineRig:
    """An engine whose person has signed in to a site once, and had everything remembered."""
    rig.do(m.OpenSite, site_of(box.ready))
    rig.do(m.UsePassword, box.ready.password, save=True)
    rig.do(m.UseCodeSecret, code_secret_of(box.ready), save=True)
    rig.do(m.SignIn)
    rig.do(m.SignOut)
    return rig


def opened(rig: EngineRig, box: Sandbox, **changes: Any) -> tuple[bool, bool]:
    """Whether password and code secret are at hand for the site that a file describes."""
    rig.do(m.OpenSite, site_of(box.ready, **changes))
    event = rig.listener.all(m.SiteOpened)[-1]
    return event.has_password, event.has_code_secret


def test_the_site_itself_has_its_secrets(trusted: EngineRig, box: Sandbox) -> None:
    assert opened(trusted, box) == (True, True)
    assert opened(trusted, box, name="Renamed by the person") == (True, True)


def test_a_saved_name_on_another_host_gets_no_secret(
    trusted: EngineRig, make_sandbox: MakeSandbox
) -> None:
    elsewhere = make_sandbox(period=5)
    assert opened(trusted, elsewhere, name="Sandbox") == (False, False)
    assert trusted.refused(m.SignIn).kind is Kind.SECRETS_MISSING
    assert len(elsewhere.log) == 0


def test_another_user_gets_no_secret(trusted: EngineRig, box: Sandbox) -> None:
    assert opened(trusted, box, username="vendor8") == (False, False)


def test_a_foreign_okta_address_does_not_get_the_password(trusted: EngineRig, box: Sandbox) -> None:
    site = site_of(box.ready)
    foreign = msgspec.structs.replace(site.sign_in, okta_address="https://okta.example.org")
    assert opened(trusted, box, sign_in=foreign) == (False, True)


def test_a_pin_against_a_known_host_stops_everything(
    trusted: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    opened(trusted, box, host_key_fingerprints=(OTHER_PIN,))
    trusted.do(m.UsePassword, box.ready.password)
    trusted.do(m.UseCodeSecret, code_secret_of(box.ready))
    next_code(clock)
    assert trusted.refused(m.SignIn).kind is Kind.HOST_KEY_CHANGED
    assert len(box.log) == 1  # the person's own sign-in
    (known,) = trusted.known_hosts.keys_for(box.ready.host, box.ready.port)
    assert known.fingerprint == box.ready.host_key_fingerprint
