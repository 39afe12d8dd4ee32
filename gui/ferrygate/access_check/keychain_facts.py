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
        name: of its kind, for support.
        note: why nothing can be kept in it, where that is so.
        keeps: whether a secret of a sort is kept; ``None`` where it cannot tell without giving it
            out.
    """

    name: str
    note: Message | None
    keeps: Mapping[SecretKind, bool | None]


def keychain_facts(
    open_vault: Callable[[], Vault], site: Site, kinds: Iterable[SecretKind]
) -> KeychainFacts:
    """Ask the keychain; waits for it.

    Args:
        open_vault: opens it.
        site: for which it may keep secrets.
        kinds: those that are asked for.

    Raises:
        KeychainError: it is locked, or did not answer.
    """
    vault = open_vault()
    binding = Binding(host=site.host, port=site.port, username=site.username)
    keeps = {kind: vault.has(kind, binding) for kind in kinds}
    return KeychainFacts(vault.name(), vault.note, keeps)
