"""Each try of an account's password has its turn, and the lock-out breaker hears how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.errors import LockOutBreakerError, LockOutShutError
from ferrygate.common.i18n import _, ngettext
from ferrygate.sign_in.ledger import End, Gate, Lease, Ledger

_LEASE = 180.0  # seconds; longer than any stage between two renewals, and what it may be short of
_FRESH = 15.0  # seconds in which a lease is not renewed again: that waits for the disk
_POLL = 0.15  # how often to ask whether it is our turn, seconds


class Turn:
    """The right to try the password once, or to sign in without it.

    Attributes:
        end: what the breaker is told when the turn is over.
    """

    def __init__(self, ledger: Ledger, account: str, lease: Lease | None, clock: Clock) -> None:
        """Begin; without a lease where no password is sent."""
        self._ledger = ledger
        self._account = account
        self._lease = lease
        self._clock = clock
        self._renewed = clock.monotonic()
        self.end = End.NOT_SENT

    def sending(self) -> None:
        """The password leaves now; refused, until someone says otherwise."""
        self._ledger.mark_sent(self._held)
        self.end = End.REFUSED

    def claim(self, secret: CodeSecret, step: int) -> bool:
        """Claim the code of a step, to be sent at once; false when it already left once."""
        return self._ledger.claim_for_sending(self._held, secret, step)

    def give_back(self, secret: CodeSecret, step: int) -> None:
        """Undo :meth:`claim` for a code that surely was not sent."""
        self._ledger.give_back(self._held, secret, step)

    def renew(self) -> None:
        """Hold the place while there is something to wait for."""
        if self._lease is not None and self._clock.monotonic() - self._renewed >= _FRESH:
            self._ledger.renew(self._lease, _LEASE)
            self._renewed = self._clock.monotonic()

    @property
    def refusals(self) -> int:
        """Refusals of the account in a row, before this turn."""
        return self._ledger.refusals(self._account)

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
        yield Turn(ledger, account, None, clock)
        return
    lease = _take(ledger, account, clock, cancel, try_anyway=try_anyway)
    mine = Turn(ledger, account, lease, clock)
    try:
        yield mine
    finally:
        ledger.finish(lease, mine.end)


def _take(
    ledger: Ledger, account: str, clock: Clock, cancel: CancelToken, *, try_anyway: bool
) -> Lease:
    while True:
        admission = ledger.admit(account, _LEASE, try_anyway=try_anyway)
        if admission.lease is not None:
            return admission.lease
        if admission.gate is not Gate.BUSY:
            raise _stopped(admission.gate, admission.refusals)
        clock.wait(cancel.event, _POLL)
        cancel.check()


def _stopped(gate: Gate, refusals: int) -> LockOutBreakerError:
    sentence = ngettext(
        "The last sign-in was refused. Nothing more was sent, so that your account is not locked.",
        "The last {count} sign-ins were refused. Nothing more was sent, so that your account is"
        " not locked.",
        refusals,
    ).format(count=refusals)
    detail = f"refusals in a row: {refusals}"
    if gate is Gate.SHUT:
        step = _("Ask your contact to check your account; then reset the lock for this site.")
        return LockOutShutError(sentence, next_step=step, detail=detail)
    step = _("Check your password, or ask your contact. Then try once more.")
    return LockOutBreakerError(sentence, next_step=step, detail=detail)
