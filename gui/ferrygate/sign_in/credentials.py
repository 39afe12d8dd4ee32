"""What a sign-in needs to have at hand, and what is said where something is missing."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ferrygate.codes import join
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.errors import SecretsMissingError
from ferrygate.common.i18n import _
from ferrygate.common.secret import Secret
from ferrygate.sites.site import Site
from ferrygate.vault.vault import SecretKind


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """What is at hand to sign in with.

    Attributes:
        password: the account's.
        code_secret: what its codes are made from.
        passphrase: that of the site's private key.
        saved_for: of those that come from a keychain, the host keys that they were proven with;
            see :class:`ferrygate.vault.vault.SavedSecret`.
    """

    password: Secret | None = None
    code_secret: CodeSecret | None = None
    passphrase: Secret | None = None
    saved_for: Mapping[SecretKind, frozenset[str]] = {}


def check_at_hand(site: Site, credentials: Credentials) -> None:
    """Raise SecretsMissingError where something the site's steps need is surely missing."""
    steps = site.sign_in.steps
    check_username(site)
    if sends_password(site):
        present_password(credentials.password)
    if "password" in steps and join.needs_code(site.sign_in.join) and not credentials.code_secret:
        raise no_code_secret()


def sends_password(site: Site) -> bool:
    """Whether any of the site's steps may send a password or a code."""
    return site.sign_in.steps != ("publickey",)


def check_saved_for(site: Site, credentials: Credentials, fingerprint: str) -> bool:
    """Compare the host key that a server showed with those that saved secrets were proven with.

    A pin in a connection file is a stranger's word, and so is what one brought on record.

    Returns:
        Whether a person has to confirm the key before a saved secret leaves: one of them was kept
        before there was any sign-in.

    Raises:
        SavedForOtherKeyError: a saved secret was proven with another key.
    """
    used = [
        (kind, keys) for kind, keys in credentials.saved_for.items() if kind in _kinds_sent(site)
    ]
    others = frozenset(kind for kind, keys in used if keys and fingerprint not in keys)
    if others:
        raise SavedForOtherKeyError(others, site.host, fingerprint)
    return any(not keys for _kind, keys in used)


def _kinds_sent(site: Site) -> set[SecretKind]:
    kinds = {SecretKind.PASSWORD, SecretKind.CODE_SECRET} if sends_password(site) else set()
    return kinds | {SecretKind.PASSPHRASE} if "publickey" in site.sign_in.steps else kinds


class SavedForOtherKeyError(SecretsMissingError):
    """Saved secrets belong to a server with another host key; nothing was sent.

    Attributes:
        kinds: which of them.
    """

    def __init__(self, kinds: frozenset[SecretKind], host: str, fingerprint: str) -> None:
        super().__init__(
            _(
                "{host} shows another key than when your secrets were saved. Nothing was sent."
            ).format(host=host),
            next_step=_(
                "Ask your contact whether this key is right. If so, enter your secrets again."
            ),
            detail=f"shown: {fingerprint}; not used: {', '.join(sorted(k.value for k in kinds))}",
        )
        self.kinds = kinds


def check_username(site: Site) -> None:
    """Raise SecretsMissingError where the site's user is not known."""
    if not site.username:
        raise SecretsMissingError(
            _("The user name is missing."), next_step=_("Enter your user name.")
        )


def present_password(password: Secret | None) -> Secret:
    """The password.

    Raises:
        SecretsMissingError: there is none.
    """
    if password is None:
        raise SecretsMissingError(
            _("The password is missing."), next_step=_("Enter your password.")
        )
    return password


def no_code_secret(detail: str = "", server_said: str = "") -> SecretsMissingError:
    """There is nothing to make codes from."""
    return SecretsMissingError(
        _("Your code is not set up on this computer yet."),
        next_step=_("Set up your code first."),
        detail=detail,
        server_said=server_said,
    )
