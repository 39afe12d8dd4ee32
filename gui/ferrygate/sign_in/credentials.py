"""Checks that a sign-in has all it needs, and says what is missing."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.clock import Clock
from ferrygate.common.errors import CodeNeededError, SecretsMissingError
from ferrygate.common.message import message
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.sites.site import Site
from ferrygate.sites.without_code import surely_needs_code


class TypedCode(msgspec.Struct, frozen=True):
    """Holds a code that a person has typed, good for one sign-in.

    Attributes:
        code: its digits (:func:`ferrygate.codes.typed_code.typed_code`).
        until: when it is too old to be sent, in seconds of :meth:`now`.
    """

    code: Secret
    until: float

    @staticmethod
    def now(clock: Clock) -> float:
        """Read a clock, in seconds, that never jumps and goes on while the machine sleeps."""
        return clock.monotonic() + clock.suspended()

    def check_age(self, clock: Clock) -> None:
        """Make sure that the code is not as old as a code gets.

        Raises:
            CodeNeededError: it is.
        """
        if self.now(clock) >= self.until:
            raise code_too_old()


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """Holds the secrets that are at hand for a sign-in.

    Attributes:
        password: the account's.
        code_secret: what its codes are made from.
        passphrase: that of the site's private key.
        typed_code: goes before a code that is made from the secret.
        saved_for: of those that come from a keychain, the host keys that they were proven with;
            see :class:`ferrygate.vault.vault.SavedSecret`.
    """

    password: Secret | None = None
    code_secret: CodeSecret | None = None
    passphrase: Secret | None = None
    typed_code: TypedCode | None = None
    saved_for: Mapping[SecretKind, frozenset[str]] = {}

    @property
    def has_code(self) -> bool:
        """Tell whether there is a code to send, or what one is made from."""
        return self.code_secret is not None or self.typed_code is not None


def check_at_hand(site: Site, credentials: Credentials, *, but_code: bool = False) -> None:
    """Raise SecretsMissingError where something the site's steps need is surely missing.

    All is looked for, ``but_code`` where that is asked for later.
    """
    check_username(site)
    if site.sends_password:
        present_password(credentials.password)
    if surely_needs_code(site) and not credentials.has_code and not but_code:
        raise no_code_secret()


def saved_for_others(
    site: Site, credentials: Credentials, fingerprint: str
) -> frozenset[SecretKind]:
    """Name the saved secrets of the site's steps that were proven with other host keys only.

    Pins of a connection file do not count: the file may come from a stranger, and so may a key
    on record that was pinned by one.
    """
    return frozenset(
        kind for kind, keys in _saved(site, credentials) if keys and fingerprint not in keys
    )


def needs_word_on_key(site: Site, credentials: Credentials) -> bool:
    """Tell whether a person must confirm the host key: a secret was saved before any was known."""
    return any(not keys for _kind, keys in _saved(site, credentials))


def _saved(site: Site, credentials: Credentials) -> list[tuple[SecretKind, frozenset[str]]]:
    used = site.secrets_used
    return [(kind, keys) for kind, keys in credentials.saved_for.items() if kind in used]


def check_username(site: Site) -> None:
    """Raise SecretsMissingError where the site's user is not known."""
    if not site.username:
        raise SecretsMissingError(
            message("The user name is missing."), next_step=message("Enter your user name.")
        )


def present_password(password: Secret | None) -> Secret:
    """Return the password.

    Raises:
        SecretsMissingError: there is none.
    """
    if password is None:
        raise SecretsMissingError(
            message("The password is missing."), next_step=message("Enter your password.")
        )
    return password


def code_used() -> CodeNeededError:
    """Make the error for a typed code that left before, from here or another program here."""
    return CodeNeededError(
        message("That code was used already."), next_step=message("Type the next one.")
    )


def code_too_old() -> CodeNeededError:
    """Make the error for a typed code that could not be sent in time."""
    return CodeNeededError(
        message("That code is too old by now, and was not sent."),
        next_step=message("Type the next one."),
    )


def no_code_secret(detail: str = "", server_said: str = "") -> SecretsMissingError:
    """Make the error for a sign-in without a code secret."""
    return SecretsMissingError(
        message("Your code is not set up on this computer yet."),
        next_step=message("Set up your code, or type the one that your phone or token shows."),
        detail=detail,
        server_said=server_said,
    )
