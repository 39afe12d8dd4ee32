"""Each try of an account's password has its turn, and the lock-out breaker hears how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.errors import LockOutBreakerError, LockOutShutError
from ferrygate.common.i18n import _, ngettext
from ferrygate.sign_in.ledger import End, Gate, Lease, Ledger

LEASE = 180.0  # seconds; longer than any stage between two renewals
_POLL = 0.15  # how often to ask whether it is our turn, seconds


class Turn:
    """The right to try the password once.

    Attributes:
        lease: for claiming codes.
        end: what the breaker is told when the turn is over.
    """

    def __init__(self, ledger: Ledger, lease: Lease) -> None:
        self._ledger = ledger
        self.lease = lease
        self.end = End.NOT_SENT

    def sending(self) -> None:
        """The password leaves now; refused, until someone says otherwise."""
        self._ledger.mark_sent(self.lease)
        self.end = End.REFUSED


@contextmanager
def turn(
    ledger: Ledger, account: str, clock: Clock, cancel: CancelToken, *, try_anyway: bool
) -> Iterator[Turn]:
    """Wait until no other attempt of the account is under way, and hold the place.

    Raises:
        LockOutBreakerError: too many refusals in a row.
        Cancelled: as asked.
    """
    lease = take_turn(ledger, account, clock, cancel, try_anyway=try_anyway)
    mine = Turn(ledger, lease)
    try:
        yield mine
    finally:
        ledger.finish(lease, mine.end)


def take_turn(
    ledger: Ledger, account: str, clock: Clock, cancel: CancelToken, *, try_anyway: bool
) -> Lease:
    """The lease of an account, once it is free; whoever takes it reports the end.

    Raises:
        LockOutBreakerError: too many refusals in a row.
        Cancelled: as asked.
    """
    while True:
        admission = ledger.admit(account, LEASE, try_anyway=try_anyway)
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
