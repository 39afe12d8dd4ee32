"""One contract for both vaults: a secret is given out only to what it was kept for."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from ferrygate.common.secret import Secret, SecretKind
from ferrygate.vault.backend import Backend
from ferrygate.vault.keychain import KeychainVault
from ferrygate.vault.memory import MemoryVault
from ferrygate.vault.vault import Binding, SavedSecret, Vault

KINDS = list(SecretKind)
PASSWORD, CODE_SECRET = SecretKind.PASSWORD, SecretKind.CODE_SECRET


@pytest.fixture(params=["keychain", "memory"])
def vault(request: pytest.FixtureRequest, backend: Backend) -> Vault:
    return MemoryVault() if request.param == "memory" else KeychainVault(lambda: backend)


def secret(vault: Vault, kind: SecretKind, binding: Binding) -> Secret | None:
    saved = vault.read(kind, binding)
    return None if saved is None else saved.secret


def changed(binding: Binding, **changes: Any) -> Binding:
    return msgspec.structs.replace(binding, **changes)


@pytest.mark.parametrize("kind", KINDS)
def test_a_secret_comes_back(vault: Vault, binding: Binding, kind: SecretKind) -> None:
    assert vault.read(kind, binding) is None
    vault.write(kind, binding, Secret('pä"ss\n'))
    vault.write(kind, binding, Secret('pä"ss\n2'))
    assert secret(vault, kind, binding) == Secret('pä"ss\n2')


def test_each_kind_is_kept_by_itself(vault: Vault, binding: Binding) -> None:
    vault.write(PASSWORD, binding, Secret("p"))
    assert vault.read(CODE_SECRET, binding) is None
    vault.write(CODE_SECRET, binding, Secret("c"))
    vault.forget(PASSWORD, binding)
    assert vault.read(PASSWORD, binding) is None
    assert secret(vault, CODE_SECRET, binding) == Secret("c")


def test_forgetting_what_is_not_there_is_fine(vault: Vault, binding: Binding) -> None:
    vault.forget(PASSWORD, binding)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("change", [{"host": "x"}, {"port": 23}, {"username": "Vendor7"}], ids=str)
def test_another_account_gets_nothing(
    vault: Vault, binding: Binding, kind: SecretKind, change: dict[str, Any]
) -> None:
    vault.write(kind, binding, Secret("s"))
    assert vault.read(kind, changed(binding, **change)) is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_host_key_that_is_no_longer_trusted_locks_the_secret(
    vault: Vault, binding: Binding, kind: SecretKind
) -> None:
    vault.write(kind, binding, Secret("s"))
    assert vault.read(kind, changed(binding, host_keys=frozenset({"SHA256:one"}))) is None
    assert vault.read(kind, changed(binding, host_keys=frozenset())) is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_further_host_key_does_not(vault: Vault, binding: Binding, kind: SecretKind) -> None:
    vault.write(kind, binding, Secret("s"))
    more = changed(binding, host_keys=binding.host_keys | {"SHA256:three"})
    assert secret(vault, kind, more) == Secret("s")


@pytest.mark.parametrize("address", ["", "https://evil.example"])
def test_another_okta_address_gets_no_password(
    vault: Vault, binding: Binding, address: str
) -> None:
    vault.write(PASSWORD, binding, Secret("p"))
    vault.write(CODE_SECRET, binding, Secret("c"))
    other = changed(binding, okta_address=address)
    assert vault.read(PASSWORD, other) is None
    assert secret(vault, CODE_SECRET, other) == Secret("c")


@pytest.mark.parametrize("kind", KINDS)
def test_the_keys_that_a_secret_was_proven_with_come_back_with_it(
    vault: Vault, binding: Binding, kind: SecretKind
) -> None:
    vault.write(kind, binding, Secret("s"))
    more = changed(binding, host_keys=binding.host_keys | {"SHA256:three"})
    assert vault.read(kind, more) == SavedSecret(Secret("s"), binding.host_keys)
