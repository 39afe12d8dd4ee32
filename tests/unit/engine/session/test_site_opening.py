"""Opening a site, signing in with typed secrets and forgetting change which are at hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.errors import KeychainError, Kind
from ferrygate.common.message import message
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.engine.messages.codes import CodeChanged, UseCodeSecret
from ferrygate.engine.messages.session import (
    ForgetSecret,
    OpenSite,
    SecretsChanged,
    SignIn,
    SignOut,
    SiteOpened,
    TypedCredentials,
)
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sites.site import Site
from ferrygate.vault.memory import MemoryVault
from ferrygate.vault.vault import Binding
from support.engine_rig import EngineRig
from support.fake_clock import WallClock
from support.sandbox_site import code_secret_of, site_of

SITE = Site(name="Acme", host="sftp.example.org", username="vendor7")
OTHER_USER = msgspec.structs.replace(SITE, username="vendor8")
CODE_SECRET = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))
PASSWORD = Secret("correct horse")


class StubbornVault(MemoryVault):
    """A keychain that refuses to forget."""

    def forget(self, kind: SecretKind, binding: Binding) -> None:  # noqa: ARG002  the vault's
        raise KeychainError(message("The keychain is locked."))


class Rig(EngineRig):
    """An engine of whose sites none can be reached."""

    def __init__(self, home: Path, clock: WallClock, vault: MemoryVault) -> None:
        super().__init__(home, clock, lambda: vault)
        self.vault = vault
        self.is_reachable = False

    def keep(self, kind: SecretKind, secret: Secret, site: Site = SITE) -> None:
        binding = Binding(host=site.host, port=site.port, username=site.username)
        self.vault.write(kind, binding, secret)

    def at_hand(self) -> SecretsChanged:
        return self.listener.all(SecretsChanged)[-1]

    def sign_in_as(self, username: str, password: Secret | None = None) -> Kind:
        """Try to sign in; why that failed."""
        typed = TypedCredentials(username=username, password=password)
        return self.refused(SignIn, typed=typed).kind


@pytest.fixture
def vault() -> MemoryVault:
    return MemoryVault()


@pytest.fixture
def rig(tmp_path: Path, clock: WallClock, vault: MemoryVault) -> Iterator[Rig]:
    made = Rig(tmp_path, clock, vault)
    yield made
    made.close()


def test_one_command_signs_another_user_in(tmp_path: Path, clock: WallClock, box: Sandbox) -> None:
    rig = EngineRig(tmp_path, clock)
    site = site_of(box.ready)
    rig.do(OpenSite, msgspec.structs.replace(site, username="somebody"))
    rig.do(UseCodeSecret, code_secret_of(box.ready))
    typed = TypedCredentials(username=site.username, password=box.ready.password)
    rig.do(SignIn, typed=typed)
    assert [record.outcome for record in box.log] == ["granted"]
    assert rig.listener.all(SiteOpened)[-1].site == site
    rig.close()


def test_a_password_that_is_typed_goes_before_the_one_that_is_kept(rig: Rig) -> None:
    rig.keep(SecretKind.PASSWORD, Secret("old"), OTHER_USER)
    rig.do(OpenSite, SITE)
    rig.do(UseCodeSecret, CODE_SECRET)
    assert rig.sign_in_as("vendor8", PASSWORD) is Kind.CANNOT_REACH
    assert rig.at_hand().site == OTHER_USER
    assert not rig.at_hand().has_password  # the kept one is not used any more


def test_a_password_counts_as_at_hand_once_a_sign_in_has_proven_it(
    tmp_path: Path, clock: WallClock, box: Sandbox
) -> None:
    rig = Rig(tmp_path, clock, MemoryVault())
    rig.do(OpenSite, site_of(box.ready))
    rig.do(UseCodeSecret, code_secret_of(box.ready))
    typed = TypedCredentials(password=box.ready.password)
    assert rig.refused(SignIn, typed=typed).kind is Kind.CANNOT_REACH
    assert not rig.at_hand().has_password
    rig.is_reachable = True
    rig.do(SignIn)
    assert rig.at_hand().has_password
    rig.close()


def test_a_password_at_hand_is_not_that_of_another_user(rig: Rig) -> None:
    rig.keep(SecretKind.PASSWORD, PASSWORD)
    rig.do(OpenSite, SITE)
    assert rig.at_hand().has_password
    assert rig.sign_in_as("vendor8") is Kind.SECRETS_MISSING
    assert not rig.at_hand().has_password


def test_another_user_keeps_the_code_that_was_set_up(rig: Rig) -> None:
    rig.do(OpenSite, SITE)
    rig.do(UseCodeSecret, CODE_SECRET)
    assert rig.sign_in_as("vendor8", PASSWORD) is Kind.CANNOT_REACH
    assert rig.at_hand().has_code_secret
    assert rig.listener.all(CodeChanged)[-1].code is not None


def test_another_user_has_no_code_that_the_keychain_has_for_the_first(rig: Rig) -> None:
    rig.keep(SecretKind.CODE_SECRET, Secret("otpauth://totp/a?secret=JBSWY3DPEHPK3PXP"))
    rig.do(OpenSite, SITE)
    assert rig.at_hand().has_code_secret
    assert rig.sign_in_as("vendor8", PASSWORD) is Kind.SECRETS_MISSING
    assert not rig.at_hand().has_code_secret
    assert rig.listener.all(CodeChanged)[-1].code is None


@pytest.mark.parametrize(
    ("changes", "keeps"),
    [
        ({"host_key_fingerprints": ("SHA256:new",)}, True),
        ({"port": 2222}, False),
        ({"host": "sftp.example.com"}, False),
    ],
)
def test_a_code_that_was_set_up_goes_to_no_other_server(
    rig: Rig, changes: dict[str, object], *, keeps: bool
) -> None:
    rig.do(OpenSite, SITE)
    rig.do(UseCodeSecret, CODE_SECRET)
    rig.do(OpenSite, msgspec.structs.replace(SITE, **changes), keeps_code=True)
    assert rig.at_hand().has_code_secret is keeps


@pytest.mark.parametrize("sign_out", [False, True])
def test_a_code_that_was_set_up_is_gone_when_a_site_is_chosen_anew(
    rig: Rig, *, sign_out: bool
) -> None:
    rig.do(OpenSite, SITE)
    rig.do(UseCodeSecret, CODE_SECRET)
    if sign_out:
        rig.do(SignOut)
    rig.do(OpenSite, SITE, keeps_code=sign_out)
    assert not rig.at_hand().has_code_secret


def test_a_code_that_was_forgotten_does_not_come_back_for_another_user(rig: Rig) -> None:
    rig.do(OpenSite, SITE)
    rig.do(UseCodeSecret, CODE_SECRET)
    rig.do(ForgetSecret, SecretKind.CODE_SECRET)
    assert rig.sign_in_as("vendor8", PASSWORD) is Kind.SECRETS_MISSING


@pytest.mark.parametrize("vault", [StubbornVault()], ids=["stubborn"])
@pytest.mark.parametrize("kind", SecretKind)
def test_what_a_keychain_refuses_to_forget_is_told_as_gone_from_memory(
    rig: Rig, kind: SecretKind
) -> None:
    """The card would say “Already at hand”, and the sign-in “The password is missing”."""
    rig.keep(SecretKind.PASSWORD, PASSWORD)
    rig.keep(SecretKind.CODE_SECRET, Secret("otpauth://totp/a?secret=JBSWY3DPEHPK3PXP"))
    rig.keep(SecretKind.PASSPHRASE, Secret("open sesame"))
    rig.do(OpenSite, SITE)
    at_hand = rig.at_hand()
    assert (at_hand.has_password, at_hand.has_code_secret, at_hand.has_passphrase) == (True,) * 3
    assert rig.refused(ForgetSecret, kind).kind is Kind.KEYCHAIN
    gone = {
        SecretKind.PASSWORD: rig.at_hand().has_password,
        SecretKind.CODE_SECRET: rig.at_hand().has_code_secret,
        SecretKind.PASSPHRASE: rig.at_hand().has_passphrase,
    }
    assert [each for each, is_there in gone.items() if not is_there] == [kind]


def test_what_is_at_hand_is_told_once_for_each_change(rig: Rig) -> None:
    rig.do(OpenSite, SITE)
    rig.listener.events.clear()
    for _time in range(2):
        rig.do(UseCodeSecret, CODE_SECRET)
    (told,) = rig.listener.all(SecretsChanged)
    assert told.has_code_secret


def test_opening_a_site_again_tells_anew_what_is_at_hand(rig: Rig) -> None:
    rig.keep(SecretKind.PASSWORD, PASSWORD)
    for _time in range(2):
        rig.listener.events.clear()
        rig.do(OpenSite, SITE)
        assert rig.at_hand().has_password
