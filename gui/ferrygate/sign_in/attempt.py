"""Makes attempts to sign in: each from the first byte to an authenticated connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import msgspec

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.errors import FerrygateError, HostKeyUnknownError, SecretsMissingError
from ferrygate.common.message import message, sentences
from ferrygate.common.secret import SecretKind
from ferrygate.sign_in.attempt_slot import AttemptSlot, attempt_slot
from ferrygate.sign_in.authentication import Authentication, StepObserver
from ferrygate.sign_in.credentials import (
    Credentials,
    check_at_hand,
    code_used,
    needs_word_on_key,
    saved_for_others,
)
from ferrygate.sign_in.host_key import Verdict, check_host_key, check_not_revoked
from ferrygate.sign_in.ledger import Ledger
from ferrygate.sign_in.step_record import log_step
from ferrygate.sign_in.steps import HostKeyAccepted, KeyTrust, ReportStep, SettingsRead
from ferrygate.sites.known_hosts import HostKey, KnownHosts
from ferrygate.sites.site import Site
from ferrygate.ssh.connect_steps import ReportConnectStep
from ferrygate.ssh.connection import Connection

# Host key types (RFC 5656, RFC 8332) that a server with an Ed25519 key does not show unasked.
_LATER_TYPES = ("ssh-rsa", *(f"ecdsa-sha2-nistp{bits}" for bits in (256, 384, 521)))
_TRUST = {
    Verdict.KNOWN: KeyTrust.KNOWN,
    Verdict.PINNED: KeyTrust.PINNED,
    Verdict.UNKNOWN: KeyTrust.CONFIRMED,
}
_MAX_IDLE_SECONDS = 5.0  # that a connection waits for a code; gui/adr/009 says why

Connect = Callable[[str, int, tuple[HostKey, ...], CancelToken, ReportConnectStep], Connection]
"""Reaches a host and port, asking for keys of known types first, and reports how."""


class Observer(StepObserver, Protocol):
    """Shows how an attempt goes, and asks the person; called on the thread that makes it."""

    def connecting(self) -> None:
        """Show that the server is being reached."""

    def secrets_not_used(self, kinds: frozenset[SecretKind]) -> None:
        """Show that saved secrets are not sent, as they belong to another host key."""

    def confirm_host_key(self, key: HostKey) -> bool:
        """Ask the person about a key nobody has confirmed; false refuses it."""
        ...


class SignInAttempts:
    """Makes attempts; holds nothing between them."""

    def __init__(
        self,
        ledger: Ledger,
        known_hosts: KnownHosts,
        connect: Connect,
        clock: Clock,
    ) -> None:
        self._ledger = ledger
        self._known_hosts = known_hosts
        self._connect = connect
        self._clock = clock

    def sign_in(
        self,
        site: Site,
        credentials: Credentials,
        observer: Observer,
        cancel: CancelToken,
        *,
        try_anyway: bool = False,
        report: ReportStep = log_step,
    ) -> Connection:
        """Sign in once.

        A code that was typed is not sent once it is as old as a code gets, which is what a question
        about the host key, or of the server's, may make of it.

        The password, joined with a fresh code, leaves at most once: after the host key was
        accepted, and with the code claimed in the ledger in the same step. The server is reached
        before a code is waited for, so that nobody waits for one that is not there.

        Args:
            site: what is signed in to.
            credentials: the secrets at hand.
            observer: asks the person, and shows how the attempt goes.
            cancel: ends it.
            try_anyway: a person's word that the breaker may let this attempt through.
            report: takes each step once it is done.

        Raises:
            CodeNeededError: the code that was typed was used before, or has become too old.
            SecretsMissingError: password or code secret is not at hand, or was saved for another
                host key than the server shows.
            LockOutBreakerError: too many refusals in a row.
            CannotReachError, ServerBusyError, ServerUnusableError: there is no server to sign in
                to.
            HostKeyUnknownError, HostKeyChangedError: it is not surely the right server.
            SignInRefusedError: the server said no.
            SignInMethodError: it wants other steps, or another type of key.
            SignInUnansweredError: a secret has left, and what became of it is unknown.
            ConnectionLostError: the connection ended before a secret had left.
            Cancelled: as asked.
        """
        check_at_hand(site, credentials)
        typed = credentials.typed_code
        if typed is not None and self._ledger.was_sent(site.account, typed.code):
            raise code_used()
        with self._slot(site, cancel, try_anyway=try_anyway) as slot:
            report(_settings(site, credentials))
            attempt = Authentication(self._ledger, self._clock, slot, observer, cancel, report)
            server = self._server(site, credentials, slot, observer, cancel, report)
            secret = credentials.code_secret if site.sends_password and not typed else None
            connection = _connect_for_code(server, attempt, secret)
            with _closing_on_failure(connection):
                if typed is not None:
                    typed.check_age(self._clock)
                connection.trust()
                connection.on_banner(observer.server_said)
                attempt.sign_in(site, credentials, connection)
            return connection

    def reach(
        self,
        site: Site,
        credentials: Credentials,
        observer: Observer,
        cancel: CancelToken,
        *,
        try_anyway: bool = False,
        report: ReportStep = log_step,
    ) -> None:
        """Make sure that a code could be sent now, before a person is asked to type one.

        All is done that comes before it in :meth:`sign_in`, whose errors these are. Then the
        connection is hung up: a person takes longer than servers wait (gui/adr/009).
        """
        check_at_hand(site, credentials, but_code=True)
        with self._slot(site, cancel, try_anyway=try_anyway) as slot:
            report(_settings(site, credentials))
            self._server(site, credentials, slot, observer, cancel, report).reach().close()

    def _slot(
        self, site: Site, cancel: CancelToken, *, try_anyway: bool
    ) -> AbstractContextManager[AttemptSlot]:
        return attempt_slot(
            self._ledger,
            site.account,
            self._clock,
            cancel,
            try_anyway=try_anyway,
            sends_password=site.sends_password,
        )

    def _server(
        self,
        site: Site,
        credentials: Credentials,
        slot: AttemptSlot,
        observer: Observer,
        cancel: CancelToken,
        report: ReportStep,
    ) -> _RightServer:
        return _RightServer(
            self._known_hosts,
            lambda known: self._connect(site.host, site.port, known, cancel, report),
            site,
            credentials,
            slot,
            observer=observer,
            report=report,
        )


class _RightServer:
    """Reaches the right server, for one attempt, as often as the attempt takes."""

    def __init__(
        self,
        known_hosts: KnownHosts,
        connect: Callable[[tuple[HostKey, ...]], Connection],
        site: Site,
        credentials: Credentials,
        slot: AttemptSlot,
        *,
        observer: Observer,
        report: ReportStep,
    ) -> None:
        self._known_hosts = known_hosts
        self._connect = connect
        self._site = site
        self._credentials = credentials
        self._slot = slot
        self._observer = observer
        self._report = report
        self._confirmed: set[HostKey] = set()  # by the person

    def reach(self) -> Connection:
        """Connect, have the host key accepted, and count the attempt under that key."""
        site, slot = self._site, self._slot
        while True:
            self._observer.connecting()
            known = self._known_hosts.keys_for(site.host, site.port)
            connection = self._connect_for(known)
            shown = connection.host_key
            try:
                slot.renew()
                revoked = self._known_hosts.revoked_keys(site.host, site.port)
                check_not_revoked(site, revoked, shown)
                verdict = check_host_key(site, known, shown)
                _check_saved_for(site, self._credentials, shown, self._observer)
                unsure = needs_word_on_key(site, self._credentials)
                if (unsure or verdict is Verdict.UNKNOWN) and shown not in self._confirmed:
                    _have_confirmed(site, shown, self._observer)
                    self._confirmed.add(shown)
                if verdict is not Verdict.KNOWN:
                    self._known_hosts.add(site.host, site.port, shown)
                if slot.count_at(site, shown.fingerprint):
                    trust = _TRUST[Verdict.UNKNOWN if shown in self._confirmed else verdict]
                    self._report(HostKeyAccepted(shown.key_type, shown.fingerprint, trust))
                    return connection
            except BaseException:
                connection.close()
                raise
            connection.close()  # servers hang up on clients that are silent for long
            slot.wait_for_others(site, shown.fingerprint)

    def _connect_for(self, known: tuple[HostKey, ...]) -> Connection:
        """Connect; nothing about the account is sent.

        A pin does not tell the type of its key. Where none fits the key that was shown, and none
        is on record, the server is asked for its keys of other types before it counts as another,
        for those types that it has.
        """
        self._slot.renew()
        connection = self._connect(known)
        shown = {connection.host_key.key_type}
        pinned = self._site.host_key_fingerprints
        if not known and pinned:
            for key_type in _LATER_TYPES:
                if connection.host_key.fingerprint in pinned:
                    break
                if key_type in shown or not connection.offers_key(key_type):
                    continue
                connection.close()
                self._slot.renew()
                connection = self._connect((HostKey(key_type, b""),))
                shown.add(connection.host_key.key_type)
        return connection


def _connect_for_code(
    server: _RightServer, attempt: Authentication, secret: CodeSecret | None
) -> Connection:
    """Reach the server so that a code of ``secret`` can be sent soon; at once where there is none.

    Where the next code is far off, the connection is hung up and made again for it.
    """
    while True:
        connection = server.reach()
        with _closing_on_failure(connection):
            if secret is None or attempt.seconds_to_code(secret) <= _MAX_IDLE_SECONDS:
                return connection
            connection.close()
            attempt.wait_for_code(secret)


@contextmanager
def _closing_on_failure(connection: Connection) -> Iterator[None]:
    """Close a connection on which the block fails; the error tells the server's banner."""
    try:
        yield
    except BaseException as error:
        connection.close()
        _add_banner(error, connection.banner)
        raise


def _add_banner(error: BaseException, banner: str) -> None:
    """Have an error tell the server's banner, where it tells no other words of the server."""
    if isinstance(error, FerrygateError) and banner and not error.problem.server_said:
        words = " ".join(banner.split())
        error.problem = msgspec.structs.replace(error.problem, server_said=words)


def _settings(site: Site, credentials: Credentials) -> SettingsRead:
    secret = credentials.code_secret
    return SettingsRead(
        site=site.name,
        host=site.host,
        port=site.port,
        username=site.username,
        methods=site.sign_in.steps,
        join=site.sign_in.join,
        typed_code=credentials.typed_code is not None,
        correction=0 if secret is None else -secret.epoch,
    )


def _check_saved_for(
    site: Site, credentials: Credentials, shown: HostKey, observer: Observer
) -> None:
    kinds = saved_for_others(site, credentials, shown.fingerprint)
    if kinds:
        observer.secrets_not_used(kinds)
        raise SecretsMissingError(
            sentences(
                message(
                    "{host} shows another key than when your secrets were saved.", host=site.host
                ),
                message("Nothing was sent to it."),
            ),
            next_step=message(
                "Ask your contact whether this key is right. If so, enter your secrets again."
            ),
            detail=f"shown: {shown.fingerprint};"
            f" not used: {', '.join(sorted(kind.value for kind in kinds))}",
        )


def _have_confirmed(site: Site, shown: HostKey, observer: Observer) -> None:
    if not observer.confirm_host_key(shown):
        raise HostKeyUnknownError(
            message("Nobody has confirmed yet that {host} is the right server.", host=site.host),
            next_step=message("Compare its fingerprint with the one your contact gives you."),
            detail=f"{site.host}:{site.port} {shown.key_type} {shown.fingerprint}",
        )
