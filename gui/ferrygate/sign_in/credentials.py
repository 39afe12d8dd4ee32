"""What a sign-in needs to have at hand, and what is said where something is missing."""

from __future__ import annotations

import msgspec

from ferrygate.codes import join
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.errors import SecretsMissingError
from ferrygate.common.i18n import _
from ferrygate.common.secret import Secret
from ferrygate.sites.site import Site


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """What is at hand to sign in with; ``passphrase`` is that of the site's private key."""

    password: Secret | None = None
    code_secret: CodeSecret | None = None
    passphrase: Secret | None = None


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


def no_code_secret() -> SecretsMissingError:
    """There is nothing to make codes from."""
    return SecretsMissingError(
        _("Your code is not set up on this computer yet."), next_step=_("Set up your code first.")
    )
