"""Each try of an account's password has its turn, and the lock-out breaker hears how it ended."""

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

_FRESH = 15.0  # seconds in which a lease is not renewed again: that waits for the disk
_POLL = 0.15  # how often to ask whether it is our turn, seconds


class Turn:
    """The right to try the password once, or to sign in without it.

    Attributes:
        end: what the breaker is told when the turn is over.
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
        """Begin; without a lease where no password is sent."""
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
            self._clock.wait(self._cancel.event, _POLL)
            self._cancel.check()

    def sending(self) -> None:
        """The password leaves now; refused, until someone says otherwise."""
        self._ledger.mark_sent(self._held)
        self.end = End.REFUSED

    def refused_meanwhile(self) -> None:
        """Count what has left as refused; the attempt goes on with another try."""
        self._ledger.count_refusal(self._held)

    def claim(self, secret: CodeSecret, step: int) -> bool:
        """Claim the code of a step, to be sent at once; false when it already left once."""
        return self._ledger.claim_for_sending(self._held, secret, step)

    def give_back(self, secret: CodeSecret, step: int) -> None:
        """Undo :meth:`claim` for a code that surely was not sent; what left before stays sent."""
        has_sent = self.end is End.REFUSED
        self._ledger.give_back(self._held, secret, step, has_sent=has_sent)

    def claim_typed(self, code: Secret, secret: CodeSecret | None, steps: list[int]) -> bool:
        """Claim a code that was typed, to be sent at once; false when it already left once."""
        return self._ledger.claim_typed(self._held, code, secret, steps)

    def give_typed_back(self, code: Secret, secret: CodeSecret | None, steps: list[int]) -> None:
        """Undo :meth:`claim_typed`, as :meth:`give_back` does."""
        has_sent = self.end is End.REFUSED
        self._ledger.give_typed_back(self._held, code, secret, steps, has_sent=has_sent)

    def renew(self) -> None:
        """Hold the place while there is something to wait for."""
        if self._lease is not None and self._clock.monotonic() - self._renewed >= _FRESH:
            self._ledger.renew(self._lease)
            self._renewed = self._clock.monotonic()

    def finish(self) -> None:
        """Tell the breaker how the turn ended."""
        if self._lease is not None:
            self._ledger.finish(self._lease, self.end)

    @property
    def refusals(self) -> int:
        """Refusals of the account in a row, before this turn."""
        if self._lease is None:
            return self._ledger.refusals(self._account)
        return self._ledger.refusals_of(self._lease)

    @property
    def _held(self) -> Lease:
        assert self._lease is not None, "a password where none was to be sent"  # noqa: S101
        return self._lease


@contextmanager
def turn(
    ledger: Ledger,
    account: str,
    clock: Clock,
    cancel: CancelToken,
    *,
    try_anyway: bool,
    sends_password: bool = True,
) -> Iterator[Turn]:
    """Wait until no other attempt of the account is under way, and hold the place.

    An attempt that ``sends_password`` to nobody holds no place, since none of its ends counts. It
    waits and is stopped like any other where something is amiss with the account.

    Raises:
        LockOutBreakerError: too many refusals in a row.
        Cancelled: as asked.
    """
    if not sends_password and ledger.is_clear(account):
        yield Turn(ledger, account, None, clock, cancel, try_anyway=try_anyway)
        return
    lease = _take(ledger, account, clock, cancel, try_anyway=try_anyway)
    mine = Turn(ledger, account, lease, clock, cancel, try_anyway=try_anyway)
    try:
        yield mine
    finally:
        mine.finish()


def _take(
    ledger: Ledger, account: str, clock: Clock, cancel: CancelToken, *, try_anyway: bool
) -> Lease:
    while True:
        admission = ledger.admit(account, try_anyway=try_anyway)
        if admission.lease is not None:
            return admission.lease
        if admission.gate is not Gate.BUSY:
            raise _stopped(admission)
        clock.wait(cancel.event, _POLL)
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
