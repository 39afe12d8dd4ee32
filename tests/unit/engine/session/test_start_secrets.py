"""Secrets of a start are used for the site of that start, and for no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.errors import Kind
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.engine.messages.codes import CodeChanged
from ferrygate.engine.messages.event import Done
from ferrygate.engine.messages.session import (
    ForgetHostKeys,
    ForgetSecret,
    OpenSite,
    ProvideSecrets,
    SecretsChanged,
    SignIn,
    SignOut,
)
from ferrygate.engine.session.start_secrets import StartSecrets
from ferrygate.sign_in.credentials import Credentials
from ferrygate.sites.site import Policy, SignInSettings, Site
from support.engine_rig import EngineRig
from support.fake_clock import WallClock

PIN = "SHA256:0123456789012345678901234567890123456789012"
START = Site(
    name="Start",
    host="127.0.0.1",
    username="v",
    host_key_fingerprints=(PIN,),
    sign_in=SignInSettings(okta_address="https://acme.okta.example"),
)
CODE_SECRET = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))
GIVEN = Credentials(password=Secret("pw"), code_secret=CODE_SECRET, passphrase=Secret("open"))

SAME = [
    {},
    {"name": "Another name"},
    {"host": "127.0.0.1".upper()},
    {"start_folder": "/x"},
    {"policy": Policy(save_password=False)},
]
OTHERS = [
    {"host": "localhost"},
    {"host": "127.0.0.1.example.org"},
    {"port": 2222},
    {"username": "w"},
    {"username": ""},
    {"host_key_fingerprints": ()},
    {"host_key_fingerprints": (PIN.replace("0", "1"),)},
    {"host_key_fingerprints": (PIN, PIN.replace("0", "1"))},
    {"sign_in": SignInSettings()},
    {"sign_in": SignInSettings(okta_address="https://acme.okta.example.org")},
]


@pytest.fixture
def rig(tmp_path: Path, clock: WallClock) -> Iterator[EngineRig]:
    """Make an engine that was given the secrets of one start."""
    made = EngineRig(tmp_path, clock)
    given = {"password": GIVEN.password, "code_secret": CODE_SECRET}
    request = made.number()
    made.engine.send(ProvideSecrets(request=request, site=START, **given))  # type: ignore[arg-type]
    assert isinstance(made.end_of(request), Done)
    yield made
    made.close()


def at_hand(rig: EngineRig) -> SecretsChanged:
    return rig.listener.all(SecretsChanged)[-1]


@pytest.mark.parametrize("changes", SAME)
def test_secrets_of_a_start_are_for_its_site_whatever_it_is_called(changes: dict[str, Any]) -> None:
    held = StartSecrets()
    held.provide(START, GIVEN)
    assert held.for_site(msgspec.structs.replace(START, **changes)) == GIVEN


@pytest.mark.parametrize("changes", OTHERS)
def test_secrets_of_a_start_are_for_no_other_site(changes: dict[str, Any]) -> None:
    held = StartSecrets()
    assert held.for_site(START) == Credentials()
    held.provide(START, GIVEN)
    assert held.for_site(msgspec.structs.replace(START, **changes)) == Credentials()


def test_where_a_start_leaves_the_user_open_any_user_of_its_server_is_meant() -> None:
    held = StartSecrets()
    held.provide(msgspec.structs.replace(START, username=""), GIVEN)
    assert held.for_site(START) == GIVEN
    assert held.for_site(msgspec.structs.replace(START, host="other.example")) == Credentials()


def test_a_dropped_secret_does_not_come_back() -> None:
    held = StartSecrets()
    held.provide(START, GIVEN)
    held.drop("password")
    assert held.for_site(START) == msgspec.structs.replace(GIVEN, password=None)


def test_the_engine_has_them_at_hand_for_the_site_of_the_start(rig: EngineRig) -> None:
    rig.do(OpenSite, START)
    assert (at_hand(rig).has_password, at_hand(rig).has_code_secret) == (True, True)
    assert rig.listener.all(CodeChanged)[-1].code is not None


@pytest.mark.parametrize("changes", OTHERS)
def test_the_engine_signs_in_to_no_other_site_with_them(
    rig: EngineRig, changes: dict[str, Any]
) -> None:
    rig.do(OpenSite, START)
    rig.do(OpenSite, msgspec.structs.replace(START, **changes))
    assert (at_hand(rig).has_password, at_hand(rig).has_code_secret) == (False, False)
    assert rig.listener.all(CodeChanged)[-1].code is None
    assert rig.refused(SignIn).kind is Kind.SECRETS_MISSING
    assert not rig.connections


def test_they_are_at_hand_again_when_the_site_is_opened_again(rig: EngineRig) -> None:
    rig.do(OpenSite, msgspec.structs.replace(START, host="other.example"))
    rig.do(OpenSite, START)
    rig.do(SignOut)
    rig.do(OpenSite, START)
    assert at_hand(rig).has_password


def test_one_that_is_forgotten_stays_forgotten(rig: EngineRig) -> None:
    rig.do(OpenSite, START)
    rig.do(ForgetSecret, SecretKind.PASSWORD)
    rig.do(OpenSite, START)
    assert (at_hand(rig).has_password, at_hand(rig).has_code_secret) == (False, True)


def test_a_server_met_anew_after_a_changed_key_gets_none_of_them(rig: EngineRig) -> None:
    rig.do(OpenSite, START)
    rig.do(ForgetHostKeys)
    rig.do(OpenSite, msgspec.structs.replace(START, host_key_fingerprints=()))
    assert not at_hand(rig).has_password
