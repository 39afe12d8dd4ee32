"""Keeps the code ledger and the lock-out breaker: one SQLite file for all processes of this person.

**The rules.** Okta locks an account after five wrong codes in a row, however much time lies between
them, and only an administrator unlocks it; wrong passwords count as well, ten in a row by default.
A code that is sent again counts as wrong, since no code may be accepted twice (RFC 6238 §5.2). And
a code lives longer than its 30 seconds, since Okta allows two minutes of clock skew: a stranger who
reads a code may use it as long as the server has not accepted it. So no code is sent twice, nor one
that was shown. Refusals in a row, of either kind, are counted here: from two on only a person's
word lets an attempt through, from four on only a reset (:mod:`ferrygate.sign_in.gate`). Four, and
not five, since codes and refusals of other programs and computers are not known.

**A claim** records a code that was sent, shown, copied or printed
(:mod:`ferrygate.sign_in.code_claims`). Codes that are sent leave their digits as well, for ten
minutes, since a person may type a code of which no secret is at hand
(:mod:`ferrygate.sign_in.sent_codes`). Neither record reveals a secret.

**Transactions.** :meth:`Ledger.admit` reads the count, and takes the account's lease in the same
transaction, so that one attempt at a time is made for an account. :meth:`Ledger.claim_for_sending`
looks whether the code is claimed, claims it, and marks the attempt as having sent, in one as well;
the code goes to the socket only after the commit. Transactions that write are ``BEGIN IMMEDIATE``
with ``synchronous=FULL``: of many processes, the first to commit has the code, or the lease.

**What a crash leaves.** Before the commit that claims: nothing, and the code is free. After it: the
code stays claimed and the attempt marked, whether anything left or not. The attempt's lease ends
with its process, or after three minutes, and the next attempt counts the mark as a refusal
(:meth:`ferrygate.sign_in.ledger_accounts.AccountRows.look`). So a crash may cost a code and a
count, and never sends a code twice.

**Accounts under several names.** An account can be reached with and without the Okta address, by
two names of one host, or with the usual port written out. So an attempt counts under several
names, and the highest count decides. One is known before anything is sent (``Site.account``): it is
leased first. The others have the fingerprint of the key that the server has shown
(``Site.accounts_at``), and are leased then (:meth:`Ledger.extend`). The ledger remembers which
names belong together, so that a success under one clears them all.

**The clock** may be wrong, and set right later. So the newest claims are kept, of whatever age, and
a lease that would end more than six minutes from now counts as ended.

Sources: RFC 6238; Okta's documentation of the Google Authenticator factor (help.okta.com, "Google
Authenticator (MFA)": five attempts, skew of two minutes), of its authentication API
(developer.okta.com, error E0000082: "Each code can only be used once") and of its password policies
(``maxAttempts``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path

import msgspec

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.clock import Clock
from ferrygate.common.errors import LeaseLostError
from ferrygate.common.message import message
from ferrygate.common.processes import Processes
from ferrygate.common.secret import Secret
from ferrygate.sign_in.code_claims import CodeClaims
from ferrygate.sign_in.gate import Gate, gate_for
from ferrygate.sign_in.ledger_accounts import AccountRows, Hold
from ferrygate.sign_in.ledger_file import LedgerFile
from ferrygate.sign_in.sent_codes import SentCodes

_SALT_BYTES = 32
_BUSY_SECONDS = 30.0  # to wait for another process's transaction


class Lease(msgspec.Struct, frozen=True):
    """Names the rows that an attempt holds: the right to make it, for one account.

    Attributes:
        holds: names of the account, each with the number of the lease there; first the site's own.
    """

    holds: tuple[Hold, ...]


class Admission(msgspec.Struct, frozen=True):
    """Holds the breaker's answer.

    Attributes:
        gate: whether the attempt may be made.
        refusals: in a row, the highest count of the account's names.
        lease: with :attr:`Gate.OPEN` only.
        elsewhere: another server with the same key, if the refusals were there; or empty.
    """

    gate: Gate
    refusals: int
    lease: Lease | None = None
    elsewhere: str = ""


class End(Enum):
    """Tells how an attempt ended."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # or not known, after something was sent
    NOT_COUNTED = "not-counted"  # something was sent, and surely not refused
    NOT_SENT = "not-sent"  # surely no password or code has left


class Ledger:
    """Keeps claims and refusals, for all processes; safe from any thread."""

    def __init__(
        self,
        path: Path,
        clock: Clock,
        processes: Processes,
        random_bytes: Callable[[int], bytes],
        busy_seconds: float = _BUSY_SECONDS,
    ) -> None:
        """Open or make the file, readable by its owner only.

        Args:
            path: the SQLite file.
            clock: wall clock, for leases and for the digits of sent codes.
            processes: names this process, and knows whether another still runs.
            random_bytes: cryptographic randomness for the salt.
            busy_seconds: how long to wait for another process's transaction.

        Raises:
            SettingsError: the file cannot be made or used; every method raises it as well.
        """
        self._rows = AccountRows(clock, processes)
        self._file = LedgerFile(path, busy_seconds, random_bytes(_SALT_BYTES))
        self._claims = CodeClaims(self._file.salt)
        self._sent = SentCodes(clock, self._file.salt)

    # ------------------------------------------------------------ codes

    def claim(self, secret: CodeSecret, step: int) -> bool:
        """Claim the code of one time step, to be shown or sent; false if it was claimed before."""
        digests = self._digests(secret, (step,))
        with self._file.write() as db:
            if self._claims.has_any(db, digests):
                return False
            self._claims.add(db, digests)
            return True

    def is_claimed(self, secret: CodeSecret, step: int) -> bool:
        """Tell whether the code of that step was claimed."""
        with self._file.read() as db:
            return self._claims.has_any(db, self._digests(secret, (step,)))

    def claim_for_sending(self, lease: Lease, secret: CodeSecret, step: int) -> bool:
        """Claim a code and mark the attempt as having sent, in one transaction.

        From now on the attempt counts as refused unless :meth:`finish` says otherwise. False, and
        not marked, if the code has left before, made here or typed. Raises as :meth:`extend`.
        """
        code = Secret(secret.code_for_step(step))
        return self._claim_code(lease, code, self._digests(secret, (step,)))

    def claim_typed(
        self, lease: Lease, code: Secret, secret: CodeSecret | None, steps: Iterable[int]
    ) -> bool:
        """Claim a code that was typed, as :meth:`claim_for_sending` does one that is made here.

        Args:
            lease: the attempt's.
            code: its digits.
            secret: the secret of the same account, where one is at hand.
            steps: the time steps whose code from the secret has the same digits.
        """
        return self._claim_code(lease, code, self._digests(secret, steps))

    def was_sent(self, account: str, code: Secret) -> bool:
        """Tell whether a code of these digits was sent for the account within ten minutes."""
        stretched = self._sent.stretched(code)
        with self._file.write() as db:
            return self._sent.is_there(db, (account,), stretched)

    def mark_sent(self, lease: Lease) -> None:
        """Mark the attempt as having sent a password without a code; raises LeaseLostError."""
        with self._file.write() as db:
            self._mark_sent(db, lease)

    def give_back(self, lease: Lease, secret: CodeSecret, step: int, *, has_sent: bool) -> None:
        """Undo :meth:`claim_for_sending` for a code that surely was not sent.

        Args:
            lease: of the attempt.
            secret: the code was made from.
            step: the code's time step.
            has_sent: the attempt has sent something else, so that it stays marked.
        """
        self.give_typed_back(
            lease, Secret(secret.code_for_step(step)), secret, (step,), has_sent=has_sent
        )

    def give_typed_back(
        self,
        lease: Lease,
        code: Secret,
        secret: CodeSecret | None,
        steps: Iterable[int],
        *,
        has_sent: bool,
    ) -> None:
        """Undo :meth:`claim_typed`, as :meth:`give_back` does."""
        stretched = self._sent.stretched(code)
        digests = self._digests(secret, steps)
        with self._file.write() as db:
            self._claims.remove(db, digests)
            self._sent.remove(db, _names(lease), stretched)
            self._rows.set_sent(db, lease.holds, sent=has_sent)

    # ------------------------------------------------------------ attempts

    def admit(self, account: str, *, try_anyway: bool = False) -> Admission:
        """Ask for the right to make one attempt.

        Args:
            account: :attr:`ferrygate.sites.site.Site.account`.
            try_anyway: a person's word, good for this one attempt.
        """
        with self._file.write() as db:
            row = self._rows.look(db, account)
            if row.is_busy:
                return Admission(Gate.BUSY, row.refusals)
            gate = gate_for(row.refusals, try_anyway=try_anyway)
            lease = Lease(self._rows.begin(db, (row,), opened=gate is Gate.OPEN))
        return Admission(gate, row.refusals, lease if gate is Gate.OPEN else None)

    def extend(
        self, lease: Lease, key_accounts: Iterable[str], place: str, *, try_anyway: bool = False
    ) -> Admission:
        """Ask for the right to go on at a server that has shown its key.

        Args:
            lease: what :meth:`admit` gave; replaced by the one given here, else still to be ended.
            key_accounts: :meth:`ferrygate.sites.site.Site.accounts_at`.
            place: the server as people know it, to be named as ``elsewhere`` at another one.
            try_anyway: as given to :meth:`admit`.

        Raises:
            LeaseLostError: another attempt has begun meanwhile.
        """
        account = lease.holds[0][0]
        held = {name for name, _number in lease.holds}
        with self._file.write() as db:
            if not all(self._rows.is_held(db, hold) for hold in lease.holds):
                raise _lease_lost()
            rows = [self._rows.look(db, name) for name in key_accounts if name not in held]
            refusals = max([row.refusals for row in rows] + [self._rows.refusals(db, held)])
            if any(row.is_busy for row in rows):
                return Admission(Gate.BUSY, refusals)
            gate = gate_for(refusals, try_anyway=try_anyway)
            holds = lease.holds + self._rows.begin(db, rows, opened=gate is Gate.OPEN)
            db.executemany(
                "INSERT OR REPLACE INTO keys VALUES (?, ?, ?)",
                [(account, row.name, place) for row in rows],
            )
            elsewhere = self._rows.elsewhere(db, account, rows, place)
        return Admission(
            gate, refusals, Lease(holds) if gate is Gate.OPEN else None, elsewhere=elsewhere
        )

    def renew(self, lease: Lease) -> None:
        """Have the lease end three minutes from now, unless another attempt has begun."""
        with self._file.write() as db:
            self._rows.renew(db, lease.holds)

    def count_refusal(self, lease: Lease) -> None:
        """Count a refusal within an attempt that goes on, at a server that allows several tries.

        Raises:
            LeaseLostError: another attempt has begun meanwhile.
        """
        with self._file.write() as db:
            self._mark_sent(db, lease)
            self._rows.count_refusal(db, lease.holds)

    def finish(self, lease: Lease, end: End) -> None:
        """Report how the attempt ended; a success clears all names, if none was leased anew."""
        with self._file.write() as db:
            held = [hold for hold in lease.holds if self._rows.is_held(db, hold)]
            self._rows.end(db, held, is_refused=end is End.REFUSED)
            self._rows.note_end(db, held, end.value)
            if end is End.ACCEPTED and len(held) == len(lease.holds):
                self._rows.clear(db, lease.holds[0][0])

    def refusals(self, account: str) -> int:
        """Count the refusals in a row under one name."""
        with self._file.read() as db:
            return self._rows.refusals(db, {account})

    def refusals_of(self, lease: Lease) -> int:
        """Count the refusals in a row: the highest count of the attempt's names."""
        with self._file.read() as db:
            return self._rows.refusals(db, {name for name, _number in lease.holds})

    def standing(self, names: Iterable[str]) -> Admission:
        """Tell how the next attempt would be answered; one under way counts once it has ended."""
        with self._file.read() as db:
            refusals = max((self._rows.look(db, name).refusals for name in names), default=0)
        return Admission(gate_for(refusals, try_anyway=False), refusals)

    def last_end(self, names: Iterable[str], end: End) -> float | None:
        """Return when an attempt ended so last (seconds since the epoch); ``None`` if none did."""
        with self._file.read() as db:
            return self._rows.last_end(db, names, end.value)

    def is_busy(self, names: Iterable[str]) -> bool:
        """Tell whether another attempt is under way under one of these names."""
        with self._file.read() as db:
            return any(self._rows.look(db, name).is_busy for name in names)

    def is_clear(self, account: str) -> bool:
        """Tell whether one name has no refusals, and no attempt under way or without an end."""
        with self._file.read() as db:
            row = db.execute(
                "SELECT 1 FROM accounts WHERE account=? AND (refusals > 0 OR holder IS NOT NULL)",
                (account,),
            ).fetchone()
        return row is None

    def reset(self, account: str) -> None:
        """Forget an account's refusals, on a person's word that the account is not locked.

        Clears every name of it, with the marks of attempts whose process has ended.
        """
        with self._file.write() as db:
            for name in self._rows.clear(db, account):
                if not self._rows.look(db, name).is_busy:
                    self._rows.take_back(db, name)

    # ------------------------------------------------------------ inside

    def _claim_code(self, lease: Lease, code: Secret, digests: list[bytes]) -> bool:
        stretched = self._sent.stretched(code)
        with self._file.write() as db:
            sent = self._sent.is_there(db, _names(lease), stretched)
            if sent or self._claims.has_any(db, digests):
                return False
            self._claims.add(db, digests)
            self._sent.add(db, _names(lease), stretched)
            self._mark_sent(db, lease)
            return True

    def _mark_sent(self, db: sqlite3.Connection, lease: Lease) -> None:
        if not all(self._rows.is_held(db, hold) for hold in lease.holds):
            raise _lease_lost()
        self._rows.set_sent(db, lease.holds, sent=True)

    def _digests(self, secret: CodeSecret | None, steps: Iterable[int]) -> list[bytes]:
        return [] if secret is None else [self._claims.digest(secret, step) for step in steps]


def _names(lease: Lease) -> list[str]:
    return [name for name, _number in lease.holds]


def _lease_lost() -> LeaseLostError:
    return LeaseLostError(
        message("This sign-in took too long, and another one has begun."),
        next_step=message("Sign in again."),
    )
