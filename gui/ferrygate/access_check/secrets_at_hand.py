"""The stage that says which secrets a sign-in would find, and where; it reads none of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import Enum
from pathlib import Path

import msgspec

from ferrygate.access_check.stages import Party, Stage
from ferrygate.access_check.teller import StageTeller
from ferrygate.common.errors import Kind, PrivateKeyError, Problem
from ferrygate.common.message import Message, message, sentences
from ferrygate.common.secret import SecretKind
from ferrygate.sign_in.credentials import Credentials
from ferrygate.sites.site import Site
from ferrygate.sites.without_code import may_need_code, surely_needs_code
from ferrygate.ssh.key_header import may_need_passphrase, passphrase_missing

_NAMES = {
    SecretKind.PASSWORD: "password",
    SecretKind.CODE_SECRET: "code secret",
    SecretKind.PASSPHRASE: "passphrase",
}

_THINGS = {
    SecretKind.PASSWORD: message("your password"),
    SecretKind.CODE_SECRET: message("your code"),
    SecretKind.PASSPHRASE: message("the passphrase"),
}


class Presence(Enum):
    """Tells whether a secret is at hand."""

    THERE = "there"
    MISSING = "missing"
    UNKNOWN = "unknown"  # the keychain cannot tell without giving it out


class SecretsAtHand(msgspec.Struct, frozen=True, kw_only=True):
    """Tells what a sign-in would find.

    Attributes:
        credentials: those in memory.
        given: where the sender of the check has secrets, such as a variable's name, by their kind.
        kept: whether the keychain has a secret of a kind; ``None`` where it cannot tell.
    """

    credentials: Credentials
    given: Mapping[SecretKind, str] = {}
    kept: Mapping[SecretKind, bool | None] = {}

    def presence(self, kind: SecretKind) -> Presence:
        """Tell whether a secret of this kind is at hand."""
        if kind in self.given or self._is_in_memory(kind) or self.kept.get(kind):
            return Presence.THERE
        is_unknown = self.kept.get(kind, False) is None
        return Presence.UNKNOWN if is_unknown else Presence.MISSING

    def place(self, kind: SecretKind) -> str:
        """Say for support where a secret of this kind is; nothing of the secret itself."""
        if kind in self.given:
            return self.given[kind]
        if self._is_in_memory(kind):
            return "keychain" if kind in self.credentials.saved_for else "given for this start"
        match self.presence(kind):
            case Presence.THERE:
                return "keychain, not read"
            case Presence.UNKNOWN:
                return "not asked, since this keychain tells nothing without giving it out"
            case Presence.MISSING:
                return "missing"

    def _is_in_memory(self, kind: SecretKind) -> bool:
        held = {
            SecretKind.PASSWORD: self.credentials.password,
            SecretKind.CODE_SECRET: self.credentials.code_secret or self.credentials.typed_code,
            SecretKind.PASSPHRASE: self.credentials.passphrase,
        }
        return held[kind] is not None


def secrets_asked_for(site: Site) -> tuple[SecretKind, ...]:
    """Name the secrets that a sign-in to a site may send."""
    kinds = []
    if site.sends_password:
        kinds.append(SecretKind.PASSWORD)
    if may_need_code(site):
        kinds.append(SecretKind.CODE_SECRET)
    if site.sign_in.has_key_step:
        kinds.append(SecretKind.PASSPHRASE)
    return tuple(kinds)


def tell_secrets(
    teller: StageTeller, site: Site, at_hand: SecretsAtHand, *, are_needed: bool
) -> None:
    """Tell which secrets are at hand, and from where.

    Args:
        teller: takes the stage.
        site: the site to sign in to.
        at_hand: tells of its secrets.
        are_needed: a sign-in follows, so that a missing secret is a failure.
    """
    kinds = secrets_asked_for(site)
    detail = "\n".join([*_places(kinds, at_hand), *_more(site, at_hand)])
    of_key = _problem_of_key(site, at_hand, may_read=are_needed)
    if of_key is not None:
        teller.failed(Stage.SECRETS, of_key, Party.YOU, detail)
        return
    missing = _missing(site, at_hand)
    if missing:
        sentence, step = _words(missing)
        if are_needed:
            problem = Problem(kind=Kind.SECRETS_MISSING, sentence=sentence, next_step=step)
            teller.failed(Stage.SECRETS, problem, Party.YOU, detail)
        else:
            teller.warned(Stage.SECRETS, sentence, Party.YOU, next_step=step, detail=detail)
    elif any(at_hand.presence(kind) is Presence.UNKNOWN for kind in kinds):
        sentence = message(
            "This keychain cannot say whether it keeps your secrets without giving them out, so it"
            " was not asked."
        )
        teller.passed(Stage.SECRETS, sentence, detail)
    else:
        teller.passed(Stage.SECRETS, _at_hand(site, kinds, at_hand), detail)


def _at_hand(site: Site, kinds: tuple[SecretKind, ...], at_hand: SecretsAtHand) -> Message:
    """Say which secrets are at hand; whether they are right, no check without a sign-in tells."""
    there = [kind for kind in kinds if at_hand.presence(kind) is Presence.THERE]
    names = [_THINGS[kind] for kind in there]
    if site.sign_in.has_key_step:
        names.append(message("the private key"))
    told = message(
        "At hand: {secrets}. Only a sign-in tells whether that is right.", secrets=tuple(names)
    )
    if SecretKind.CODE_SECRET in kinds and SecretKind.CODE_SECRET not in there:
        return sentences(told, message("No code is set up on this computer."))
    return told


def _missing(site: Site, at_hand: SecretsAtHand) -> tuple[SecretKind, ...]:
    """Name the secrets that are surely needed, and surely not there."""
    needed = [SecretKind.PASSWORD] if site.sends_password else []
    if surely_needs_code(site):
        needed.append(SecretKind.CODE_SECRET)
    return tuple(kind for kind in needed if at_hand.presence(kind) is Presence.MISSING)


def _words(missing: tuple[SecretKind, ...]) -> tuple[Message, Message]:
    if missing == (SecretKind.PASSWORD,):
        return message("The password is not at hand."), message("A sign-in asks for it.")
    if missing == (SecretKind.CODE_SECRET,):
        return (
            message("Your code is not set up on this computer yet."),
            message("Set up your code, or type the one that your phone or token shows."),
        )
    return (
        message("Neither your password nor your code is at hand."),
        message("A sign-in asks for them. A code needs to be set up only once."),
    )


def _more(site: Site, at_hand: SecretsAtHand) -> list[str]:
    lines = []
    secret = at_hand.credentials.code_secret
    if secret is not None:
        corrected = f", corrected by {-secret.epoch} s" if secret.epoch else ""
        form = f"{secret.digits} digits, {secret.period} s, {secret.algorithm}{corrected}"
        lines.append(f"codes as set up: {form}")
    if site.sign_in.has_key_step:
        lines.append(f"private key: {site.sign_in.private_key}")
    return lines


def _places(kinds: tuple[SecretKind, ...], at_hand: SecretsAtHand) -> list[str]:
    """Say where each secret is; a missing passphrase is not named, as a key may need none."""
    told = [
        kind
        for kind in kinds
        if kind is not SecretKind.PASSPHRASE or at_hand.presence(kind) is not Presence.MISSING
    ]
    return [f"{_NAMES[kind]}: {at_hand.place(kind)}" for kind in told]


def _problem_of_key(site: Site, at_hand: SecretsAtHand, *, may_read: bool) -> Problem | None:
    """Find out what stands in the way of the site's private key; ``None`` if nothing does.

    Only an attempt ``may_read`` it, and sees then whether it is encrypted.
    """
    if not site.sign_in.has_key_step:
        return None
    path = site.sign_in.private_key
    if not _can_be_read(path):
        return _no_key(site)
    is_missing = at_hand.presence(SecretKind.PASSPHRASE) is Presence.MISSING
    if may_read and is_missing and may_need_passphrase(Path(path)):
        return passphrase_missing(Path(path).name).problem
    return None


def _can_be_read(path: str) -> bool:
    """Tell whether a private key's file is there and readable; it is not read."""
    try:
        return os.access(Path(path).expanduser(), os.R_OK)
    except RuntimeError:  # a "~" that names nobody
        return False


def _no_key(site: Site) -> Problem:
    path = site.sign_in.private_key
    return PrivateKeyError(
        message("The private key “{path}” is not there, or may not be read.", path=path),
        next_step=message("Check where it is, or ask your contact for it."),
    ).problem
