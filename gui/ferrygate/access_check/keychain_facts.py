"""Asks the keychain what it is, and what it keeps for a site, without reading a secret."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from ferrygate.common.message import Message
from ferrygate.common.secret import SecretKind
from ferrygate.sites.site import Site
from ferrygate.vault.vault import Binding, Vault


class KeychainFacts(msgspec.Struct, frozen=True):
    """Tells what is known of the keychain.

    Attributes:
        name: the kind of keychain, for support.
        note: why nothing can be kept in the keychain, where that is so.
        keeps: whether a secret of a kind is kept; ``None`` where the keychain cannot tell without
            giving it out.
    """

    name: str
    note: Message | None
    keeps: Mapping[SecretKind, bool | None]


def keychain_facts(
    open_vault: Callable[[], Vault], site: Site, kinds: Iterable[SecretKind]
) -> KeychainFacts:
    """Ask the keychain, and wait for its answer.

    Args:
        open_vault: opens the keychain.
        site: the site whose secrets may be kept.
        kinds: the kinds of secrets to ask for.

    Raises:
        KeychainError: the keychain is locked, or did not answer.
    """
    vault = open_vault()
    binding = Binding(host=site.host, port=site.port, username=site.username)
    keeps = {kind: vault.has(kind, binding) for kind in kinds}
    return KeychainFacts(vault.name(), vault.note, keeps)
