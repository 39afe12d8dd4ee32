"""Holds what an engine is made of."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ferrygate.common.clock import Clock
from ferrygate.common.disk import Disk
from ferrygate.common.logs import LiveSecrets
from ferrygate.common.threads import Threads
from ferrygate.sftp.reply_clock import REPLY_SECONDS
from ferrygate.sign_in.attempt import SignInAttempts
from ferrygate.sign_in.ledger import Ledger
from ferrygate.sites.known_hosts import KnownHosts
from ferrygate.sites.skew import SkewStore
from ferrygate.vault.vault import Vault

if TYPE_CHECKING:
    from ferrygate.sign_in.okta_attempts import OktaAttempts


class EngineDependencies(msgspec.Struct, frozen=True, kw_only=True):
    """Chosen by ``bootstrap``, or by a test.

    Attributes:
        clock: the time.
        threads: starts threads, and makes what they share.
        disk: where files are sent from and fetched to.
        ledger: codes that left, and refusals.
        known_hosts: host keys on record.
        attempts: makes sign-ins.
        check_attempts: makes those of access checks, which give a dead host up earlier.
        check_home: makes sure that Ferrygate can write its own files; raises SettingsError.
        okta: makes what asks the Okta organisations of sites; slow, so called in the background.
        skews: corrections of this computer's clock.
        open_vault: opens the keychain; slow, so called in the background.
        live_secrets: told of every secret in memory, for the log's filter.
        random_hex: cryptographic randomness, so many bytes as hex.
        random: a number from 0 to 1, to spread reconnects.
        file_room: how many more files this process may open.
        machine: this computer's name in the names of parts, eight hexadecimal digits.
        upload_claims: the folder that says which remote names are being replaced.
        keep_trying: seconds after which a connection that does not come back is given up.
        reply_seconds: after which a server that answers nothing on a channel counts as gone.
        collect_garbage: looks for cycles of objects; called on the engine's thread.
    """

    clock: Clock
    threads: Threads
    disk: Disk
    ledger: Ledger
    known_hosts: KnownHosts
    attempts: SignInAttempts
    check_attempts: SignInAttempts
    check_home: Callable[[], None]
    okta: Callable[[], OktaAttempts]
    skews: SkewStore
    open_vault: Callable[[], Vault]
    live_secrets: LiveSecrets
    random_hex: Callable[[int], str]
    random: Callable[[], float]
    file_room: Callable[[], int]
    machine: str
    upload_claims: Path
    keep_trying: float
    reply_seconds: float = REPLY_SECONDS
    collect_garbage: Callable[[], object] = gc.collect
