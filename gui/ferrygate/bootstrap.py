"""The composition root: builds an engine from the machine's own parts."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import cache
from random import SystemRandom
from typing import TYPE_CHECKING

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.logs import LiveSecrets
from ferrygate.common.paths import Home
from ferrygate.engine.engine import Engine
from ferrygate.engine.messages import Listener
from ferrygate.engine.parts import Parts
from ferrygate.sftp.connection import Connection, Deadlines, connect
from ferrygate.sign_in.attempt import SignInAttempts
from ferrygate.sign_in.ledger import Ledger
from ferrygate.sign_in.processes import SystemProcesses
from ferrygate.sites.known_hosts import HostKey, KnownHosts
from ferrygate.sites.skew import SkewStore
from ferrygate.vault import keychain
from ferrygate.vault.vault import Vault

if TYPE_CHECKING:
    from ferrygate.sign_in.okta_attempts import OktaAttempts

_KEEP_TRYING = 900.0  # seconds


def open_ledger(home: Home, clock: Clock) -> Ledger:
    """The code ledger and lock-out breaker of everything that runs under ``home``."""
    return Ledger(home.ledger, clock, SystemProcesses(), secrets.token_bytes)


def make_engine(
    listener: Listener,
    home: Home,
    clock: Clock,
    open_vault: Callable[[], Vault] = keychain.open_vault,
    live_secrets: LiveSecrets | None = None,
) -> Engine:
    """An engine with its files under ``home``.

    Args:
        listener: gets the events, on the engine's thread.
        home: where ledger and known hosts are kept.
        clock: the time.
        open_vault: opens the keychain.
        live_secrets: those of the log, where there is one (``common.logs.logging_to``).
    """
    home.prepare()
    deadlines = Deadlines()
    ledger = open_ledger(home, clock)
    known_hosts = KnownHosts(home.known_hosts)
    skews = SkewStore(home.skew)

    def reach(host: str, port: int, known: tuple[HostKey, ...], cancel: CancelToken) -> Connection:
        return connect(host, port, known, clock, deadlines, cancel)

    @cache
    def okta() -> OktaAttempts:
        from ferrygate.sign_in.okta_attempts import OktaAttempts  # noqa: PLC0415  loads HTTP and TLS
        from ferrygate.sign_in.okta_http import HttpOpener  # noqa: PLC0415  as above

        return OktaAttempts(ledger, skews, HttpOpener(clock), clock)

    parts = Parts(
        clock=clock,
        ledger=ledger,
        known_hosts=known_hosts,
        attempts=SignInAttempts(ledger, known_hosts, reach, clock),
        okta=okta,
        skews=skews,
        open_vault=cache(open_vault),
        live_secrets=live_secrets or LiveSecrets(),
        random_hex=secrets.token_hex,
        random=SystemRandom().random,
        keep_trying=_KEEP_TRYING,
    )
    return Engine(parts, listener)
