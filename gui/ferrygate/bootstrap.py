"""The composition root: builds an engine from the machine's own parts."""

from __future__ import annotations

import gc
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING

from ferrygate.common import open_files
from ferrygate.common.atomic_files import check_writable
from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.logs import LiveSecrets
from ferrygate.common.paths import Home
from ferrygate.common.processes import SystemProcesses
from ferrygate.common.threads import SystemThreads
from ferrygate.engine.messages.event import Listener
from ferrygate.sign_in.ledger import Ledger
from ferrygate.sites.known_hosts import HostKey, KnownHosts
from ferrygate.sites.site import Site
from ferrygate.sites.skew import SkewStore
from ferrygate.ssh.deadlines import CHECK_DEADLINES, Deadlines
from ferrygate.ssh.key_header import may_need_passphrase
from ferrygate.ssh.load_library import load_library
from ferrygate.ssh.preconnect import Preconnect
from ferrygate.vault.vault import Vault

# The rest is loaded by make_engine(), while engine_for() dials the server.
if TYPE_CHECKING:
    from ferrygate.engine.engine import Engine
    from ferrygate.sign_in.attempt import SignInAttempts
    from ferrygate.sign_in.okta_attempts import OktaAttempts
    from ferrygate.ssh.connect_steps import ReportConnectStep
    from ferrygate.ssh.connection import Connection

KEEP_TRYING_SECONDS = 900.0
"""Seconds for which a lost connection is tried again, by default."""


def open_ledger(home: Home, clock: Clock) -> Ledger:
    """Open the code ledger and lock-out breaker of everything that runs under ``home``."""
    return Ledger(home.ledger, clock, SystemProcesses(), secrets.token_bytes)


def shown_host_keys(host: str, port: int, clock: Clock, cancel: CancelToken) -> tuple[HostKey, ...]:
    """Ask a server for every host key that it has, as :func:`ferrygate.ssh.shown_keys` says."""
    load_library()
    from ferrygate.ssh.connection import connect  # noqa: PLC0415  slow, as below
    from ferrygate.ssh.shown_keys import shown_keys  # noqa: PLC0415  as above

    return shown_keys(lambda known: connect(host, port, known, clock, Deadlines(), cancel))


@contextmanager
def engine_for(
    site: Site,
    home: Home,
    clock: Clock,
    live_secrets: LiveSecrets | None = None,
    keep_trying: float = KEEP_TRYING_SECONDS,
) -> Iterator[Callable[[Listener], Engine]]:
    """Give a function that makes the engine for signing in to a site; dial its server meanwhile.

    The server is dialled ahead only if no question is asked before the sign-in: with a key that
    needs no passphrase. Servers hang up on connections that wait for a person.
    """
    how = site.sign_in
    asks_first = site.sends_password or may_need_passphrase(Path(how.private_key))
    preconnect = None
    if site.username and not asks_first:
        preconnect = Preconnect(site.host, site.port, Deadlines().connect, clock)
    try:
        yield lambda listener: make_engine(
            listener,
            home,
            clock,
            live_secrets=live_secrets,
            preconnect=preconnect,
            keep_trying=keep_trying,
        )
    finally:
        if preconnect is not None:
            preconnect.close()


def make_engine(
    listener: Listener,
    home: Home,
    clock: Clock,
    open_vault: Callable[[], Vault] | None = None,
    live_secrets: LiveSecrets | None = None,
    *,
    preconnect: Preconnect | None = None,
    keep_trying: float = KEEP_TRYING_SECONDS,
    collect_garbage: Callable[[], object] = gc.collect,
) -> Engine:
    """Make an engine with its files under ``home``; loads what it needs, which takes a while.

    Args:
        listener: gets the events, on the engine's thread.
        home: where ledger and known hosts are kept.
        clock: the time.
        open_vault: opens the keychain; the system's where left out.
        live_secrets: those of the log, where there is one (``common.logs.logging_to``).
        preconnect: a connection that is being dialled.
        keep_trying: seconds for which a connection that was lost is tried again.
        collect_garbage: looks for cycles of objects; called on the engine's thread.
    """
    load_library()
    from ferrygate.common.system_disk import SystemDisk  # noqa: PLC0415  slow, as all below
    from ferrygate.engine.dependencies import EngineDependencies  # noqa: PLC0415  as above
    from ferrygate.engine.engine import Engine  # noqa: PLC0415  as above
    from ferrygate.transfers.parts import machine_name  # noqa: PLC0415  as above
    from ferrygate.vault import keychain  # noqa: PLC0415  as above

    home.prepare()
    ledger = open_ledger(home, clock)
    known_hosts = KnownHosts(home.known_hosts)
    skews = SkewStore(home.skew)
    dependencies = EngineDependencies(
        clock=clock,
        threads=SystemThreads(),
        disk=SystemDisk(),
        ledger=ledger,
        known_hosts=known_hosts,
        attempts=_attempts(ledger, known_hosts, clock, Deadlines(), preconnect),
        check_attempts=_attempts(ledger, known_hosts, clock, CHECK_DEADLINES, None),
        check_home=partial(check_writable, home.root),
        okta=cache(partial(_okta, ledger, skews, clock)),
        skews=skews,
        open_vault=cache(open_vault or keychain.open_vault),
        live_secrets=live_secrets or LiveSecrets(),
        random_hex=secrets.token_hex,
        random=SystemRandom().random,
        file_room=open_files.room,
        machine=machine_name(),
        upload_claims=home.upload_claims,
        keep_trying=keep_trying,
        collect_garbage=collect_garbage,
    )
    return Engine(dependencies, listener)


def _attempts(
    ledger: Ledger,
    known_hosts: KnownHosts,
    clock: Clock,
    deadlines: Deadlines,
    preconnect: Preconnect | None,
) -> SignInAttempts:
    """Make what signs in; the first attempt takes the connection that is being dialled."""
    from ferrygate.sign_in.attempt import SignInAttempts  # noqa: PLC0415  slow
    from ferrygate.ssh.connection import connect  # noqa: PLC0415  as above

    def reach(
        host: str,
        port: int,
        known: tuple[HostKey, ...],
        cancel: CancelToken,
        report: ReportConnectStep,
    ) -> Connection:
        return connect(
            host, port, known, clock, deadlines, cancel, preconnect=preconnect, report=report
        )

    return SignInAttempts(ledger, known_hosts, reach, clock)


def _okta(ledger: Ledger, skews: SkewStore, clock: Clock) -> OktaAttempts:
    from ferrygate.sign_in.okta_attempts import OktaAttempts  # noqa: PLC0415  loads HTTP and TLS
    from ferrygate.sign_in.okta_http import HttpConnector  # noqa: PLC0415  as above

    return OktaAttempts(ledger, skews, HttpConnector(clock), clock)
