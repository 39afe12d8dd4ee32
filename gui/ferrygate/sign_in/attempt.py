"""One attempt to sign in, from the first byte to an authenticated connection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec

from ferrygate.codes import join
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.errors import (
    ConnectionLostError,
    HostKeyUnknownError,
    LockOutBreakerError,
    SecretsMissingError,
    SignInRefusedError,
    UnsupportedError,
)
from ferrygate.common.i18n import _, ngettext
from ferrygate.common.secret import Secret
from ferrygate.sftp.connection import Connection, Outcome
from ferrygate.sign_in.codes import take_step
from ferrygate.sign_in.host_key import Verdict, check_host_key
from ferrygate.sign_in.ledger import REFUSE_FROM, End, Gate, Lease, Ledger
from ferrygate.sites.known_hosts import HostKey, KnownHosts
from ferrygate.sites.site import Site

_LEASE = 180.0  # seconds; longer than any stage between two renewals
_TURN = 0.15  # how often to ask whether it is our turn, seconds


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """What is at hand to sign in with."""

    password: Secret | None = None
    code_secret: CodeSecret | None = None


class Observer(Protocol):
    """Told how the attempt goes, on the thread that makes it."""

    def connecting(self) -> None:
        """The server is being reached."""

    def waiting_for_code(self, until: float) -> None:
        """The code at hand is spent or nearly over; the next comes at ``until`` (epoch)."""

    def signing_in(self) -> None:
        """Password and code are on their way."""

    def confirm_host_key(self, key: HostKey) -> bool:
        """Ask the person about a key nobody has confirmed; false refuses it."""
        ...


class SignInAttempts:
    """Makes attempts; holds nothing between them."""

    def __init__(
        self,
        ledger: Ledger,
        known_hosts: KnownHosts,
        connect: Callable[[str, int, tuple[HostKey, ...]], Connection],
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
    ) -> Connection:
        """Sign in once.

        The password, joined with a fresh code, leaves at most once: after the host key was
        accepted, and with the code claimed in the ledger in the same step.

        Raises:
            SecretsMissingError: password or code secret is not at hand.
            LockOutBreakerError: too many refusals in a row.
            CannotReachError, UnsupportedError: there is no server to sign in to.
            HostKeyUnknownError, HostKeyChangedError: it is not surely the right server.
            SignInRefusedError: the server said no.
            ConnectionLostError: the connection ended before the server answered.
            Cancelled: as asked.
        """
        _check_at_hand(site, credentials)
        lease = self._take_turn(site.account, cancel, try_anyway=try_anyway)
        attempt = _Attempt(self._ledger, self._clock, lease, credentials, observer, cancel)
        connection: Connection | None = None
        try:
            attempt.wait_for_usable_code()
            observer.connecting()
            known = self._known_hosts.keys_for(site.host, site.port)
            connection = self._connect(site.host, site.port, known)
            self._accept_host_key(site, known, connection.host_key, observer)
            attempt.authenticate(site, connection)
        except BaseException:
            if connection is not None:
                connection.close()
            raise
        finally:
            self._ledger.finish(lease, attempt.end)
        return connection

    def _take_turn(self, account: str, cancel: CancelToken, *, try_anyway: bool) -> Lease:
        while True:
            admission = self._ledger.admit(account, _LEASE, try_anyway=try_anyway)
            if admission.lease is not None:
                return admission.lease
            if admission.gate is not Gate.BUSY:
                raise _stopped(admission.gate, admission.refusals)
            self._clock.wait(cancel.event, _TURN)
            cancel.check()

    def _accept_host_key(
        self, site: Site, known: tuple[HostKey, ...], shown: HostKey, observer: Observer
    ) -> None:
        verdict = check_host_key(site, known, shown)
        if verdict is Verdict.UNKNOWN and not observer.confirm_host_key(shown):
            raise HostKeyUnknownError(
                _("Nobody has confirmed yet that {host} is the right server.").format(
                    host=site.host
                ),
                next_step=_("Compare its fingerprint with the one your contact gives you."),
                detail=f"{site.host}:{site.port} {shown.key_type} {shown.fingerprint}",
            )
        if verdict is not Verdict.KNOWN:
            self._known_hosts.add(site.host, site.port, shown)


class _Attempt:
    """The part of an attempt that deals with secrets; ``end`` is what the breaker is told."""

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        lease: Lease,
        credentials: Credentials,
        observer: Observer,
        cancel: CancelToken,
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._lease = lease
        self._credentials = credentials
        self._observer = observer
        self._cancel = cancel
        self.end = End.NOT_SENT

    def authenticate(self, site: Site, connection: Connection) -> None:
        """Ask for the methods, then send the password step."""
        offered = connection.auth_none(site.username)
        if offered.outcome is Outcome.UNKNOWN:
            raise _lost(offered.detail)
        if "password" not in offered.methods:
            raise UnsupportedError(
                _("{host} does not take a password from this account.").format(host=site.host),
                next_step=_("Ask your contact how to sign in."),
                detail=f"methods offered: {', '.join(offered.methods) or 'none'}",
            )
        password = self._compose(site)
        self._observer.signing_in()
        self.end = End.REFUSED  # until the server says otherwise
        answer = connection.auth_password(site.username, password)
        if answer.outcome is Outcome.ACCEPTED:
            self.end = End.ACCEPTED
            return
        if answer.outcome is Outcome.UNKNOWN:
            raise _lost(answer.detail)
        raise _refused(self._ledger.refusals(self._lease.account) + 1, answer.detail)

    def wait_for_usable_code(self) -> None:
        """Wait where the code at hand cannot be sent, so that no connection is kept waiting."""
        secret = self._credentials.code_secret
        if secret is not None:
            self._take_step(secret, lambda step: not self._ledger.is_claimed(secret, step))

    def _compose(self, site: Site) -> Secret:
        """The password step's text; from here on its code counts as sent."""
        password, secret = self._credentials.password, self._credentials.code_secret
        assert password is not None  # noqa: S101  _check_at_hand
        if secret is None or not join.needs_code(site.sign_in.join):
            self._ledger.mark_sent(self._lease)
            return join.join(site.sign_in.join, password, "")
        step = self._take_step(
            secret, lambda step: self._ledger.claim_for_sending(self._lease, secret, step)
        )
        return join.join(site.sign_in.join, password, secret.code_for_step(step))

    def _take_step(self, secret: CodeSecret, claim: Callable[[int], bool]) -> int:
        return take_step(secret, claim, self._clock, self._cancel, self._wait)

    def _wait(self, until: float) -> None:
        self._ledger.renew(self._lease, _LEASE)
        self._observer.waiting_for_code(until)


def _check_at_hand(site: Site, credentials: Credentials) -> None:
    if not site.username:
        raise SecretsMissingError(
            _("The user name is missing."), next_step=_("Enter your user name.")
        )
    if credentials.password is None:
        raise SecretsMissingError(
            _("The password is missing."), next_step=_("Enter your password.")
        )
    if credentials.code_secret is None and join.needs_code(site.sign_in.join):
        raise SecretsMissingError(
            _("Your code is not set up on this computer yet."),
            next_step=_("Set up your code first."),
        )


def _stopped(gate: Gate, refusals: int) -> LockOutBreakerError:
    sentence = ngettext(
        "The last sign-in was refused. Nothing more was sent, so that your account is not locked.",
        "The last {count} sign-ins were refused. Nothing more was sent, so that your account is"
        " not locked.",
        refusals,
    ).format(count=refusals)
    if gate is Gate.SHUT:
        step = _("Ask your contact to check your account; then reset the lock for this site.")
    else:
        step = _("Check your password, or ask your contact. Then try once more.")
    return LockOutBreakerError(sentence, next_step=step, detail=f"refusals in a row: {refusals}")


def _refused(refusals: int, detail: str) -> SignInRefusedError:
    left = REFUSE_FROM - refusals
    return SignInRefusedError(
        _("The server refused the sign-in."),
        next_step=_("Check your user name and password.")
        if left > 0
        else _("Ask your contact to check your account before you try again."),
        detail=f"refusals in a row: {refusals}" + (f"; {detail}" if detail else ""),
    )


def _lost(detail: str) -> ConnectionLostError:
    return ConnectionLostError(
        _("The connection ended before the server answered."),
        next_step=_("Try again in a minute."),
        detail=detail,
    )
