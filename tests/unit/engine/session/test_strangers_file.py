"""A connection file is mail from a stranger: what one may try, and does not get."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ferrygate.common.errors import Kind
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.engine.messages.codes import CodeChanged, UseCodeSecret
from ferrygate.engine.messages.event import Done
from ferrygate.engine.messages.session import (
    AnswerHostKey,
    HostKeyQuestion,
    OpenSite,
    SecretsChanged,
    SignIn,
    SignOut,
    UsePassword,
)
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sites.site import Site
from ferrygate.vault.memory import MemoryVault
from ferrygate.vault.vault import Binding
from support.engine_rig import EngineRig, next_code
from support.fake_clock import WallClock
from support.sandbox_fixtures import MakeSandbox
from support.sandbox_site import code_secret_of, site_of

OTHER_PIN = "SHA256:" + "A" * 43


@pytest.fixture
def trusted(rig: EngineRig, box: Sandbox) -> EngineRig:
    """Make an engine whose person has signed in to a site once, and had everything remembered."""
    rig.do(OpenSite, site_of(box.ready))
    rig.do(UsePassword, box.ready.password, save=True)
    rig.do(UseCodeSecret, code_secret_of(box.ready), save=True)
    rig.do(SignIn)
    rig.do(SignOut)
    return rig


def opened(rig: EngineRig, box: Sandbox, **changes: Any) -> tuple[bool, bool]:
    """Tell whether password and code secret are at hand for the site that a file describes."""
    rig.do(OpenSite, site_of(box.ready, **changes))
    event = rig.listener.all(SecretsChanged)[-1]
    return event.has_password, event.has_code_secret


def test_the_site_itself_has_its_secrets(trusted: EngineRig, box: Sandbox) -> None:
    assert opened(trusted, box) == (True, True)
    assert opened(trusted, box, name="Renamed by the person") == (True, True)


def test_a_saved_name_on_another_host_gets_no_secret(
    trusted: EngineRig, make_sandbox: MakeSandbox
) -> None:
    elsewhere = make_sandbox(period=5)
    assert opened(trusted, elsewhere, name="Sandbox") == (False, False)
    assert trusted.refused(SignIn).kind is Kind.SECRETS_MISSING
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
    trusted.do(UsePassword, box.ready.password)
    trusted.do(UseCodeSecret, code_secret_of(box.ready))
    next_code(clock)
    assert trusted.refused(SignIn).kind is Kind.HOST_KEY_CHANGED
    assert len(box.log) == 1  # the person's own sign-in
    (known,) = trusted.known_hosts.keys_for(box.ready.host, box.ready.port)
    assert known.fingerprint == box.ready.host_key_fingerprint


# ---------------------------------------------------------------- keys that secrets are bound to


class Vaults:
    """An engine over a keychain that a test looks into."""

    def __init__(self, home: Path, clock: WallClock, box: Sandbox) -> None:
        self.vault = MemoryVault()
        self.rig = EngineRig(home, clock, lambda: self.vault)
        self.box = box
        self.binding = Binding(
            host=box.ready.host, port=box.ready.port, username=box.ready.username
        )

    def keep(self, kind: SecretKind, secret: Secret, *keys: str) -> None:
        bound = msgspec.structs.replace(self.binding, host_keys=frozenset(keys))
        self.vault.write(kind, bound, secret)

    def bound(self, kind: SecretKind) -> frozenset[str]:
        """Read the keys that a kept secret is bound to."""
        trusted = frozenset({self.box.ready.host_key_fingerprint})
        saved = self.vault.read(kind, msgspec.structs.replace(self.binding, host_keys=trusted))
        assert saved is not None
        return saved.host_keys


@pytest.fixture
def vaults(tmp_path: Path, clock: WallClock, box: Sandbox) -> Iterator[Vaults]:
    vaults = Vaults(tmp_path, clock, box)
    yield vaults
    vaults.rig.close()


def mailed(box: Sandbox) -> Site:
    """Make a stranger's file that pins the key that the secrets are bound to, and their own."""
    pins = (OTHER_PIN, box.ready.host_key_fingerprint)
    site = site_of(box.ready, host_key_fingerprints=pins)
    how = msgspec.structs.replace(site.sign_in, okta_address="")
    return msgspec.structs.replace(site, sign_in=how)


def test_a_mailed_file_with_both_keys_gets_no_saved_secret(vaults: Vaults, box: Sandbox) -> None:
    rig = vaults.rig
    vaults.keep(SecretKind.PASSWORD, box.ready.password, OTHER_PIN)
    vaults.keep(SecretKind.CODE_SECRET, Secret(box.ready.otpauth_uri.reveal()), OTHER_PIN)
    rig.do(OpenSite, mailed(box))
    assert rig.listener.all(SecretsChanged)[-1].has_password
    problem = rig.refused(SignIn)
    assert problem.kind is Kind.SECRETS_MISSING
    assert "another key" in str(problem.sentence)
    at_hand = rig.listener.all(SecretsChanged)[-1]
    assert (at_hand.has_password, at_hand.has_code_secret) == (False, False)
    assert rig.listener.all(CodeChanged)[-1].code is None
    assert len(box.log) == 0
    assert str(rig.refused(SignIn).sentence) == "The password is missing."


def test_what_was_kept_before_any_sign_in_is_bound_by_the_first(
    vaults: Vaults, box: Sandbox
) -> None:
    rig = vaults.rig
    vaults.keep(SecretKind.CODE_SECRET, Secret(box.ready.otpauth_uri.reveal()))
    rig.do(OpenSite, mailed(box))
    rig.do(UsePassword, box.ready.password, save=True)
    request = rig.send(SignIn)
    rig.listener.wait(lambda event: isinstance(event, HostKeyQuestion))
    (question,) = rig.listener.all(HostKeyQuestion)
    assert question.fingerprint == box.ready.host_key_fingerprint
    rig.engine.send(AnswerHostKey(question.question, accept=True))
    assert isinstance(rig.end_of(request), Done)
    only = frozenset({box.ready.host_key_fingerprint})
    assert (vaults.bound(SecretKind.CODE_SECRET), vaults.bound(SecretKind.PASSWORD)) == (only, only)
