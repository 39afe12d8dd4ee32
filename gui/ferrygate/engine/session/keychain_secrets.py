"""Reads the secrets that the keychain has for a site; waits for the keychain."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from ferrygate.codes import otpauth
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.errors import CodeSecretError, KeychainError, UsageError
from ferrygate.common.message import Message, message
from ferrygate.common.secret import SecretKind, in_order
from ferrygate.common.secret_text import given_secret
from ferrygate.sign_in.credentials import Credentials
from ferrygate.vault.vault import Binding, SavedSecret, Vault


class KeychainSecrets(msgspec.Struct, frozen=True):
    """Holds what the keychain has for a site.

    Attributes:
        credentials: the secrets.
        note: why nothing can be kept in the keychain, or why something in it is not used.
        can_save: there is a keychain to save in, or it was not needed so far.
    """

    credentials: Credentials = Credentials()
    note: Message | None = None
    can_save: bool = True


def saved_secrets(vault: Vault, kinds: Collection[SecretKind], binding: Binding) -> KeychainSecrets:
    """Read secrets of these kinds; what cannot be read, or is broken, is a note and no error."""
    note = vault.note
    found: dict[SecretKind, SavedSecret] = {}
    for kind in in_order(kinds):
        try:
            saved = _read(vault, kind, binding)
        except (KeychainError, UsageError) as error:
            note = error.problem.sentence
        else:
            if saved is not None:
                found[kind] = saved
    texts = {kind: saved.secret for kind, saved in found.items()}
    code_secret: CodeSecret | None = None
    address = texts.get(SecretKind.CODE_SECRET)
    if address is not None:
        try:
            code_secret = otpauth.parse_otpauth(address.reveal())
        except CodeSecretError:
            note = message("The code kept in the keychain is broken. Set up your code again.")
    credentials = Credentials(
        password=texts.get(SecretKind.PASSWORD),
        code_secret=code_secret,
        passphrase=texts.get(SecretKind.PASSPHRASE),
        saved_for={kind: saved.host_keys for kind, saved in found.items()},
    )
    return KeychainSecrets(credentials, note, can_save=not vault.note)


def _read(vault: Vault, kind: SecretKind, binding: Binding) -> SavedSecret | None:
    """Read one secret from the keychain.

    Raises:
        KeychainError: it cannot be read.
        UsageError: it is no secret that could be sent.
    """
    saved = vault.read(kind, binding)
    if saved is None or kind is SecretKind.CODE_SECRET:
        return saved
    whole = given_secret(saved.secret.reveal(), message("What the keychain holds"))
    return msgspec.structs.replace(saved, secret=whole)
