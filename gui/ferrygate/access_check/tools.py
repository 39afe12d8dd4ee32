"""Holds what a check is made with, and what is to be checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from ferrygate.common.clock import Clock
from ferrygate.common.secret import SecretKind
from ferrygate.common.threads import Threads
from ferrygate.sign_in.attempt import SignInAttempts
from ferrygate.sign_in.ledger import Ledger
from ferrygate.sites.known_hosts import KnownHosts
from ferrygate.sites.skew import SkewStore
from ferrygate.vault.vault import Vault

if TYPE_CHECKING:
    from ferrygate.sign_in.okta_attempts import OktaAttempts

RandomHex = Callable[[int], str]
"""Returns that many random bytes as hexadecimal digits."""


class CheckTools(msgspec.Struct, frozen=True, kw_only=True):
    """Holds what a check is made with.

    Attributes:
        clock: the time.
        threads: starts threads.
        ledger: codes that left, and refusals.
        known_hosts: host keys on record.
        attempts: makes the attempt, with the deadlines of a check.
        okta: makes the object that asks the site's Okta; slow.
        skews: corrections of this computer's clock.
        open_vault: opens the keychain; slow.
        check_home: makes sure that Ferrygate can write its files; raises SettingsError.
        redact: takes the secrets in use out of a text.
        random_hex: cryptographic randomness.
        reply_seconds: without an answer on a channel, after which the server counts as gone.
    """

    clock: Clock
    threads: Threads
    ledger: Ledger
    known_hosts: KnownHosts
    attempts: SignInAttempts
    okta: Callable[[], OktaAttempts]
    skews: SkewStore
    open_vault: Callable[[], Vault]
    check_home: Callable[[], None]
    redact: Callable[[str], str]
    random_hex: RandomHex
    reply_seconds: float


class CheckOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Holds what is to be checked.

    Attributes:
        sign_in: sign in once, and try the stages behind that.
        write_folder: the remote folder to write one byte into.
        speed: measure the speed.
        explain: a person's word that Okta may be asked about a refusal.
        try_anyway: a person's word after repeated refusals.
        given: where the sender of the check has secrets, such as a variable's name, by their kind.
        source: the file of the settings; empty for a saved site.
    """

    sign_in: bool = False
    write_folder: bytes | None = None
    speed: bool = False
    explain: bool = False
    try_anyway: bool = False
    given: Mapping[SecretKind, str] = {}
    source: str = ""
