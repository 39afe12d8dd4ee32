"""Opening a site asks a keychain only for secrets that the site needs and that were not given."""

from __future__ import annotations

from pathlib import Path

import pytest

from ferrygate.common.secret import SecretKind
from ferrygate.engine.messages.session import OpenSite, SecretsChanged
from ferrygate.sites.site import SignInSettings, Site
from ferrygate.vault.memory import MemoryVault
from ferrygate.vault.vault import Binding, SavedSecret, Vault
from servers.rigs.keys import make_key, protect
from support.engine_rig import EngineRig
from support.fake_clock import WallClock

Kinds = frozenset[SecretKind]

NOTHING: Kinds = frozenset()
PASSWORD: Kinds = frozenset({SecretKind.PASSWORD})
CODE_SECRET: Kinds = frozenset({SecretKind.CODE_SECRET})
PASSPHRASE: Kinds = frozenset({SecretKind.PASSPHRASE})
BY_PASSWORD, BY_KEY, BY_BOTH = ("password",), ("publickey",), ("publickey", "password")


class Keychain(MemoryVault):
    """Writes down what it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = 0
        self.asked: set[SecretKind] = set()

    def open(self) -> Vault:
        self.opened += 1
        return self

    def read(self, kind: SecretKind, binding: Binding) -> SavedSecret | None:
        self.asked.add(kind)
        return super().read(kind, binding)


@pytest.mark.parametrize(
    ("steps", "encrypted", "given", "asked"),
    [
        (BY_PASSWORD, False, None, frozenset(SecretKind)),
        (BY_KEY, False, None, frozenset(SecretKind)),
        (BY_PASSWORD, False, NOTHING, PASSWORD | CODE_SECRET),
        (BY_PASSWORD, False, PASSWORD, CODE_SECRET),
        (BY_PASSWORD, False, PASSWORD | CODE_SECRET, NOTHING),
        (BY_KEY, False, NOTHING, NOTHING),
        (BY_KEY, True, NOTHING, PASSPHRASE),
        (BY_BOTH, False, PASSWORD | CODE_SECRET, NOTHING),
        (BY_BOTH, True, PASSWORD, CODE_SECRET | PASSPHRASE),
        (("keyboard-interactive",), False, CODE_SECRET, PASSWORD),
    ],
)
def test_a_keychain_is_asked_only_for_what_is_needed(
    tmp_path: Path,
    clock: WallClock,
    *,
    steps: tuple[str, ...],
    encrypted: bool,
    given: Kinds | None,
    asked: Kinds,
) -> None:
    key = make_key(tmp_path / "key", "ed25519")
    if encrypted:
        protect(key, "open sesame")
    keychain = Keychain()
    rig = EngineRig(tmp_path, clock, keychain.open)
    sign_in = SignInSettings(steps=steps, private_key=str(key))
    rig.do(OpenSite, Site(name="s", host="127.0.0.1", username="v", sign_in=sign_in), given)
    rig.close()
    assert keychain.asked == asked
    assert bool(keychain.opened) is bool(asked)
    at_hand = rig.listener.all(SecretsChanged)[-1]
    assert at_hand.can_save is not bool(asked)
