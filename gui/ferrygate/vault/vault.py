"""Defines where passwords and code secrets are kept, and what they are bound to."""

from __future__ import annotations

from typing import Protocol

import msgspec

from ferrygate.common.message import Message
from ferrygate.common.secret import Secret, SecretKind


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """Names the account that a secret is for. The site's name does not matter.

    Attributes:
        host: the server's name as the site has it.
        port: TCP port.
        username: the account on the server.
        okta_address: where the password may also go; empty for nowhere.
        host_keys: fingerprints of the server's keys that are trusted now.
    """

    host: str
    port: int
    username: str
    okta_address: str = ""
    host_keys: frozenset[str] = frozenset()

    def allows(self, kind: SecretKind, kept: Binding) -> bool:
        """Tell whether a secret that was kept for ``kept`` may be used for this binding.

        Host, port and user have to be the same, and every host key proven then has to be trusted
        still. A password also goes to the Okta address, so that has to be the same for it. Which
        of the trusted keys the server shows is known only later (:class:`SavedSecret`).
        """
        if (self.host, self.port, self.username) != (kept.host, kept.port, kept.username):
            return False
        if kind is SecretKind.PASSWORD and self.okta_address != kept.okta_address:
            return False
        return kept.host_keys <= self.host_keys


class SavedSecret(msgspec.Struct, frozen=True):
    """Holds a kept secret, and the host keys that it was kept for.

    Attributes:
        secret: the secret.
        host_keys: fingerprints; a server that shows another key must not get the secret. Empty
            where it was kept for a site of which no key was known: then a person has to confirm
            the one that the server shows.
    """

    secret: Secret
    host_keys: frozenset[str]


class Vault(Protocol):
    """Keeps secrets. Calls may take seconds: never on the window's thread."""

    @property
    def note(self) -> Message | None:
        """Say why no secret outlives the program, where that is so."""
        ...

    def name(self) -> str:
        """Name the keychain for support; raises as :meth:`read`."""
        ...

    def has(self, kind: SecretKind, binding: Binding) -> bool | None:
        """Tell whether a secret is kept for the same host, port and user, without reading it.

        Whether the binding allows it is not known then. ``None`` where the keychain cannot tell
        without giving the secret out.

        Raises:
            KeychainError: as for :meth:`read`.
        """
        ...

    def read(self, kind: SecretKind, binding: Binding) -> SavedSecret | None:
        """Return the secret kept for this binding, or ``None`` if the binding allows none.

        Raises:
            KeychainError: the keychain is locked, refused, or did not answer in time.
        """
        ...

    def write(self, kind: SecretKind, binding: Binding, secret: Secret) -> None:
        """Keep a secret in place of the one kept for the same host, port and user.

        Raises:
            KeychainError: as for :meth:`read`, or the secret is too long.
        """
        ...

    def forget(self, kind: SecretKind, binding: Binding) -> None:
        """Remove the secret kept for the same host, port and user, if any.

        Raises:
            KeychainError: as for :meth:`read`.
        """
        ...
