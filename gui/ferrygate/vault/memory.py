"""Secrets that end with the program."""

from __future__ import annotations

from ferrygate.common.message import Message, message
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.vault.vault import Binding, SavedSecret

_Place = tuple[SecretKind, str, int, str]


class MemoryVault:
    """Keeps secrets in memory, for computers without a keychain."""

    def __init__(self, note: Message | None = None) -> None:
        self._note = note or message(
            "There is no keychain here. Your password and your code set-up are kept until you"
            " sign out."
        )
        self._kept: dict[_Place, tuple[Binding, Secret]] = {}

    @property
    def note(self) -> Message:
        """Why nothing can be kept."""
        return self._note

    def name(self) -> str:
        """Name the keychain for support."""
        return "memory"

    def has(self, kind: SecretKind, binding: Binding) -> bool:
        """Tell whether a secret is kept for the same host, port and user."""
        return _place(kind, binding) in self._kept

    def read(self, kind: SecretKind, binding: Binding) -> SavedSecret | None:
        """Return the secret kept for this binding, if the binding allows one."""
        kept = self._kept.get(_place(kind, binding))
        if kept is None or not binding.allows(kind, kept[0]):
            return None
        return SavedSecret(kept[1], kept[0].host_keys)

    def write(self, kind: SecretKind, binding: Binding, secret: Secret) -> None:
        """Keep a secret until the program ends."""
        self._kept[_place(kind, binding)] = (binding, secret)

    def forget(self, kind: SecretKind, binding: Binding) -> None:
        """Drop the secret, if any."""
        self._kept.pop(_place(kind, binding), None)


def _place(kind: SecretKind, binding: Binding) -> _Place:
    return kind, binding.host, binding.port, binding.username
