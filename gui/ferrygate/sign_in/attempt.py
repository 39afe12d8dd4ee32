"""Makes attempts to sign in: each from the first byte to an authenticated connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import msgspec

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.errors import FerrygateError
from ferrygate.sign_in.attempt_slot import AttemptSlot, attempt_slot
from ferrygate.sign_in.authentication import Authentication, StepObserver
from ferrygate.sign_in.credentials import Credentials, check_at_hand, code_used
from ferrygate.sign_in.ledger import Ledger
from ferrygate.sign_in.methods import look_at_methods
from ferrygate.sign_in.right_server import RightServer, ServerObserver, Unasked
from ferrygate.sign_in.step_record import log_step
from ferrygate.sign_in.steps import ReportStep, SettingsRead
from ferrygate.sites.known_hosts import HostKey, KnownHosts
from ferrygate.sites.site import Site
from ferrygate.ssh.connect_steps import ReportConnectStep
from ferrygate.ssh.connection import Connection

_MAX_IDLE_SECONDS = 5.0  # that a connection waits for a code; gui/adr/009 says why

Connect = Callable[[str, int, tuple[HostKey, ...], CancelToken, ReportConnectStep], Connection]
"""Reaches a host and port, asking for keys of known types first, and reports how."""


class Observer(ServerObserver, StepObserver, Protocol):
    """Shows how an attempt goes, and asks the person; called on the thread that makes it."""


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

    def look(self, site: Site, cancel: CancelToken, *, report: ReportStep) -> None:
        """Take the steps of an attempt that come before the first secret, and hang up.

        No lease is taken, since no end of it counts; nothing is asked of a person, and no key is
        put on record. A site without a user is looked at up to its host key.

        Raises:
            FerrygateError: as :meth:`sign_in`, with a host key that needs a person's word.
            Cancelled: as asked.
        """
        nothing = Credentials()
        slot = AttemptSlot(self._ledger, site.account, None, self._clock, cancel, try_anyway=False)
        report(_settings(site, nothing))
        server = self._server(site, nothing, slot, Unasked(), cancel, report, keeps_key=False)
        connection = server.reach()
        with _closing_on_failure(connection):
            if site.username:
                connection.trust()
                connection.while_waiting(cancel.check)
                look_at_methods(site, connection, report)
        connection.close()

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
        observer: ServerObserver,
        cancel: CancelToken,
        report: ReportStep,
        *,
        keeps_key: bool = True,
    ) -> RightServer:
        return RightServer(
            self._known_hosts,
            lambda known: self._connect(site.host, site.port, known, cancel, report),
            site,
            credentials,
            slot,
            observer=observer,
            report=report,
            keeps_key=keeps_key,
        )


def _connect_for_code(
    server: RightServer, attempt: Authentication, secret: CodeSecret | None
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
