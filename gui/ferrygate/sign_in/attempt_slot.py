"""The slot that an attempt to sign in occupies: one at a time per account, over all processes.

A slot holds a lease of :class:`ferrygate.sign_in.ledger.Ledger` through an attempt: it waits until
no other attempt of the account is under way, renews the lease while a server or a person is
waited for, and reports to the lock-out breaker how the attempt ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.errors import LockOutBreakerError, LockOutShutError
from ferrygate.common.message import message, plural_message, sentences
from ferrygate.common.secret import Secret
from ferrygate.sign_in.gate import Gate
from ferrygate.sign_in.ledger import Admission, End, Lease, Ledger
from ferrygate.sites.site import Site

# A lease lasts 180 seconds, and each renewal waits for the disk: so one in 15 seconds is enough.
_RENEW_SECONDS = 15.0
_POLL_SECONDS = 0.15  # between two looks whether another process has given the slot back


class AttemptSlot:
    """Holds the right to try the password once, or to sign in without it.

    Attributes:
        end: how the attempt ended so far; :meth:`finish` reports it to the breaker.
    """

    def __init__(
        self,
        ledger: Ledger,
        account: str,
        lease: Lease | None,
        clock: Clock,
        cancel: CancelToken,
        *,
        try_anyway: bool,
    ) -> None:
        """Hold a slot.

        Args:
            ledger: gives leases and claims codes.
            account: :attr:`ferrygate.sites.site.Site.account`.
            lease: the account's; none for an attempt that sends no password.
            clock: the time.
            cancel: ends the wait for other attempts.
            try_anyway: a person's word that the breaker may let this one attempt through.
        """
        self._ledger = ledger
        self._account = account
        self._lease = lease
        self._clock = clock
        self._cancel = cancel
        self._try_anyway = try_anyway
        self._renewed = clock.monotonic()
        self.end = End.NOT_SENT

    def count_at(self, site: Site, fingerprint: str) -> bool:
        """Count under the key that the server has shown as well, before anything secret leaves.

        Returns:
            Whether the attempt may go on; if not, another of the same account is under way.

        Raises:
            LockOutBreakerError: too many refusals in a row under that key, whatever the host.
            LeaseLostError: another attempt has begun meanwhile.
        """
        if self._lease is None:
            return True
        names = site.accounts_at(fingerprint)
        admission = self._ledger.extend(self._lease, names, site.place, try_anyway=self._try_anyway)
        if admission.gate is Gate.BUSY:
            return False
        if admission.lease is None:
            raise _stopped(admission)
        self._lease = admission.lease
        return True

    def wait_for_others(self, site: Site, fingerprint: str) -> None:
        """Wait until no other attempt of the same account is under way.

        Raises:
            Cancelled: as asked.
        """
        while self._ledger.is_busy(site.accounts_at(fingerprint)):
            self.renew()
            self._clock.wait(self._cancel.event, _POLL_SECONDS)
            self._cancel.check()

    def sending(self) -> None:
        """Note that the password leaves now: from here on the attempt counts as refused.

        The server's verdict changes that; where none comes, the password may have been judged.
        """
        self._ledger.mark_sent(self._held)
        self.end = End.REFUSED

    def refused_meanwhile(self) -> None:
        """Count what has left as refused, since the server lets the same attempt try once more."""
        self._ledger.count_refusal(self._held)

    def claim(self, secret: CodeSecret, step: int) -> bool:
        """Claim the code of a time step, to be sent at once; false when it left before."""
        return self._ledger.claim_for_sending(self._held, secret, step)

    def give_back(self, secret: CodeSecret, step: int) -> None:
        """Undo :meth:`claim` for a code that surely was not sent; a password sent before counts."""
        has_sent = self.end is End.REFUSED
        self._ledger.give_back(self._held, secret, step, has_sent=has_sent)

    def claim_typed(self, code: Secret, secret: CodeSecret | None, steps: list[int]) -> bool:
        """Claim a code that was typed, to be sent at once; false when it left before."""
        return self._ledger.claim_typed(self._held, code, secret, steps)

    def give_typed_back(self, code: Secret, secret: CodeSecret | None, steps: list[int]) -> None:
        """Undo :meth:`claim_typed`, as :meth:`give_back` does."""
        has_sent = self.end is End.REFUSED
        self._ledger.give_typed_back(self._held, code, secret, steps, has_sent=has_sent)

    def renew(self) -> None:
        """Extend the lease, so that other attempts wait on; called at least every few seconds."""
        if self._lease is not None and self._clock.monotonic() - self._renewed >= _RENEW_SECONDS:
            self._ledger.renew(self._lease)
            self._renewed = self._clock.monotonic()

    def finish(self) -> None:
        """Report :attr:`end` to the breaker, and give the slot back."""
        if self._lease is not None:
            self._ledger.finish(self._lease, self.end)

    @property
    def refusals(self) -> int:
        """Count the refusals of the account in a row, before this attempt."""
        if self._lease is None:
            return self._ledger.refusals(self._account)
        return self._ledger.refusals_of(self._lease)

    @property
    def _held(self) -> Lease:
        assert self._lease is not None, "a password where none was to be sent"  # noqa: S101
        return self._lease


@contextmanager
def attempt_slot(
    ledger: Ledger,
    account: str,
    clock: Clock,
    cancel: CancelToken,
    *,
    try_anyway: bool,
    sends_password: bool = True,
) -> Iterator[AttemptSlot]:
    """Take the account's slot, once no other attempt is under way; give it back at the end.

    Args:
        ledger: gives leases.
        account: :attr:`ferrygate.sites.site.Site.account`.
        clock: the time.
        cancel: ends the wait.
        try_anyway: a person's word that the breaker may let this one attempt through.
        sends_password: if false, no end of the attempt counts. It then takes no lease, and so does
            not wait, unless the account has refusals or another attempt is under way.

    Raises:
        LockOutBreakerError: too many refusals in a row.
        Cancelled: as asked.
    """
    if not sends_password and ledger.is_clear(account):
        yield AttemptSlot(ledger, account, None, clock, cancel, try_anyway=try_anyway)
        return
    lease = _take(ledger, account, clock, cancel, try_anyway=try_anyway)
    slot = AttemptSlot(ledger, account, lease, clock, cancel, try_anyway=try_anyway)
    try:
        yield slot
    finally:
        slot.finish()


def _take(
    ledger: Ledger, account: str, clock: Clock, cancel: CancelToken, *, try_anyway: bool
) -> Lease:
    while True:
        admission = ledger.admit(account, try_anyway=try_anyway)
        if admission.lease is not None:
            return admission.lease
        if admission.gate is not Gate.BUSY:
            raise _stopped(admission)
        clock.wait(cancel.event, _POLL_SECONDS)
        cancel.check()


def _stopped(admission: Admission) -> LockOutBreakerError:
    refusals = admission.refusals
    sentence = plural_message(
        "The last sign-in was refused. Nothing more was sent, so that your account is not locked.",
        "The last {count} sign-ins were refused. Nothing more was sent, so that your account is"
        " not locked.",
        refusals,
    )
    detail = f"refusals in a row: {refusals}"
    if admission.elsewhere:
        place = admission.elsewhere
        sentence = sentences(
            sentence, message("They are counted together with those at {place}.", place=place)
        )
        detail += f"; the same host key and user as at {place}"
    if admission.gate is Gate.SHUT:
        step = message("Ask your contact to check your account; then reset the lock for this site.")
        return LockOutShutError(sentence, next_step=step, detail=detail)
    step = message("Check your password, or ask your contact. Then try once more.")
    return LockOutBreakerError(sentence, next_step=step, detail=detail)
