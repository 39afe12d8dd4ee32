"""The code ledger and the lock-out breaker: one SQLite file for every Ferrygate of this person.

The ledger knows each code that ever left, so that none leaves twice. The breaker counts refusals
in a row for each account and lets one attempt at a time through. Both answers are given inside one
write transaction, so that any number of processes may ask at once.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from enum import Enum
from pathlib import Path

import msgspec

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.clock import Clock
from ferrygate.common.errors import LeaseLostError, SettingsError
from ferrygate.common.i18n import _
from ferrygate.common.local_disk import own_file
from ferrygate.sign_in.processes import Processes

ASK_PERSON_FROM = 2  # refusals in a row from which only a person's word lets an attempt through
REFUSE_FROM = 4  # and from which nothing does but a reset; Okta locks at five
_KEEP_CLAIMS = 7 * 86_400.0  # seconds; far longer than any server accepts a code
_SALT_BYTES = 32
_BUSY = 30.0  # seconds to wait for another process's transaction

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS salt (id INTEGER PRIMARY KEY CHECK (id = 0), value BLOB NOT NULL)",
    """CREATE TABLE IF NOT EXISTS claims (
      digest BLOB PRIMARY KEY, claimed_at REAL NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS accounts (
      account TEXT PRIMARY KEY, refusals INTEGER NOT NULL DEFAULT 0,
      lease INTEGER NOT NULL DEFAULT 0, holder TEXT, lease_until REAL,
      sent INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID""",
)


class Gate(Enum):
    """What the breaker says to one who wants to attempt a sign-in."""

    OPEN = "open"  # the lease is yours
    BUSY = "busy"  # another attempt is under way
    ASK = "ask"  # only with a person's word
    SHUT = "shut"  # not even then


class Lease(msgspec.Struct, frozen=True):
    """The right to make one attempt for one account."""

    account: str
    number: int


class Admission(msgspec.Struct, frozen=True):
    """The breaker's answer; ``lease`` with :attr:`Gate.OPEN` only."""

    gate: Gate
    refusals: int
    lease: Lease | None = None


class End(Enum):
    """How an attempt ended."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # or unknown, once something was sent
    NOT_COUNTED = "not-counted"  # Okta took the password, or did not look at it; no code was sent
    NOT_SENT = "not-sent"  # the password surely never left


class Ledger:
    """Claims and refusals, shared by processes; safe from any thread."""

    def __init__(
        self,
        path: Path,
        clock: Clock,
        processes: Processes,
        random_bytes: Callable[[int], bytes],
    ) -> None:
        """Open or make the file, readable by its owner only.

        Args:
            path: the SQLite file.
            clock: wall clock for leases.
            processes: tells this process apart and whether another still runs.
            random_bytes: cryptographic randomness for the salt.

        Raises:
            SettingsError: the file cannot be made or read; so does every method.
        """
        self._path = path
        self._clock = clock
        self._processes = processes
        with own_file(path):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
        with self._write() as db:  # not in WAL mode: processes that begin together get in its way
            for statement in _SCHEMA:
                db.execute(statement)
            db.execute("INSERT OR IGNORE INTO salt VALUES (0, ?)", (random_bytes(_SALT_BYTES),))
            (self._salt,) = db.execute("SELECT value FROM salt").fetchone()

    # ------------------------------------------------------------ codes

    def claim(self, secret: CodeSecret, step: int) -> bool:
        """Claim the code of one time step; false when it already left once."""
        with self._write() as db:
            return self._claim(db, secret, step)

    def is_claimed(self, secret: CodeSecret, step: int) -> bool:
        """Whether the code of that step already left."""
        with self._connection() as db:
            found = db.execute(
                "SELECT 1 FROM claims WHERE digest=?", (self._digest(secret, step),)
            ).fetchone()
            return found is not None

    def claim_for_sending(self, lease: Lease, secret: CodeSecret, step: int) -> bool:
        """Claim a code and note that this attempt now sends, in one transaction.

        From here on an attempt whose end nobody reports counts as refused.
        """
        with self._write() as db:
            if not self._claim(db, secret, step):
                return False
            self._mark_sent(db, lease)
            return True

    def mark_sent(self, lease: Lease) -> None:
        """Note that this attempt now sends a password that carries no code."""
        with self._write() as db:
            self._mark_sent(db, lease)

    def give_back(self, lease: Lease, secret: CodeSecret, step: int) -> None:
        """Undo :meth:`claim_for_sending` for a code that surely was not sent."""
        with self._write() as db:
            db.execute("DELETE FROM claims WHERE digest=?", (self._digest(secret, step),))
            db.execute(
                "UPDATE accounts SET sent=0 WHERE account=? AND lease=?",
                (lease.account, lease.number),
            )

    # ------------------------------------------------------------ attempts

    def admit(self, account: str, seconds: float, *, try_anyway: bool = False) -> Admission:
        """Ask for the right to make one attempt.

        Args:
            account: :attr:`ferrygate.sites.site.Site.account`.
            seconds: how long the lease holds unless renewed.
            try_anyway: a person's word, good for this one attempt.
        """
        now = self._clock.now()
        with self._write() as db:
            db.execute("INSERT OR IGNORE INTO accounts (account) VALUES (?)", (account,))
            refusals, number, holder, until, sent = db.execute(
                "SELECT refusals, lease, holder, lease_until, sent FROM accounts WHERE account=?",
                (account,),
            ).fetchone()
            if holder is not None:
                if now < until and self._processes.is_running(holder):
                    return Admission(Gate.BUSY, refusals)
                refusals += sent  # its end is unknown
            gate = _gate(refusals, try_anyway=try_anyway)
            opened = gate is Gate.OPEN
            db.execute(
                "UPDATE accounts SET refusals=?, lease=?, holder=?, lease_until=?, sent=0"
                " WHERE account=?",
                (
                    refusals,
                    number + 1,
                    self._processes.me if opened else None,
                    now + seconds if opened else None,
                    account,
                ),
            )
        return Admission(gate, refusals, Lease(account, number + 1) if opened else None)

    def renew(self, lease: Lease, seconds: float) -> None:
        """Hold the lease for ``seconds`` from now."""
        with self._write() as db:
            db.execute(
                "UPDATE accounts SET lease_until=? WHERE account=? AND lease=?",
                (self._clock.now() + seconds, lease.account, lease.number),
            )

    def finish(self, lease: Lease, end: End) -> None:
        """Report how the attempt ended."""
        with self._write() as db:
            change = {End.ACCEPTED: "0", End.REFUSED: "refusals + 1"}.get(end, "refusals")
            db.execute(
                f"UPDATE accounts SET refusals={change}, holder=NULL, lease_until=NULL, sent=0"  # noqa: S608  from the table above
                " WHERE account=? AND lease=?",
                (lease.account, lease.number),
            )

    def refusals(self, account: str) -> int:
        """Refusals in a row so far."""
        with self._connection() as db:
            row = db.execute("SELECT refusals FROM accounts WHERE account=?", (account,)).fetchone()
        return 0 if row is None else int(row[0])

    def is_clear(self, account: str) -> bool:
        """Whether there are no refusals, and no attempt is under way or has an unknown end."""
        with self._connection() as db:
            row = db.execute(
                "SELECT 1 FROM accounts WHERE account=? AND (refusals > 0 OR holder IS NOT NULL)",
                (account,),
            ).fetchone()
        return row is None

    def reset(self, account: str) -> None:
        """A person's word that the account is well again."""
        with self._write() as db:
            db.execute("UPDATE accounts SET refusals=0 WHERE account=?", (account,))

    # ------------------------------------------------------------ inside

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """The file, which must be there: a new one would not know what was sent.

        Raises:
            SettingsError: it is gone, broken, locked for too long, or the disk is full.
        """
        address = f"{self._path.absolute().as_uri()}?mode=rw"
        try:
            with closing(
                sqlite3.connect(address, timeout=_BUSY, isolation_level=None, uri=True)
            ) as db:
                yield db
        except sqlite3.Error as error:
            raise _unusable(str(error)) from error

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        """One transaction that no other process's write can come between."""
        with self._connection() as db:
            db.execute("PRAGMA synchronous=FULL")
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                if db.in_transaction:  # SQLite ends it by itself when the disk is full
                    db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def _claim(self, db: sqlite3.Connection, secret: CodeSecret, step: int) -> bool:
        now = self._clock.now()
        db.execute("DELETE FROM claims WHERE claimed_at < ?", (now - _KEEP_CLAIMS,))
        added = db.execute(
            "INSERT OR IGNORE INTO claims VALUES (?, ?)", (self._digest(secret, step), now)
        )
        return added.rowcount == 1

    @staticmethod
    def _mark_sent(db: sqlite3.Connection, lease: Lease) -> None:
        marked = db.execute(
            "UPDATE accounts SET sent=1 WHERE account=? AND lease=? AND holder IS NOT NULL",
            (lease.account, lease.number),
        )
        if marked.rowcount != 1:
            raise _lease_lost()

    def _digest(self, secret: CodeSecret, step: int) -> bytes:
        key = secret.key.reveal().encode()
        return hashlib.blake2b(
            b"%d:%d:%s" % (step, secret.period, key), key=self._salt, digest_size=32
        ).digest()


def _lease_lost() -> LeaseLostError:
    return LeaseLostError(
        _("This sign-in took too long, and another one has begun."), next_step=_("Sign in again.")
    )


def _unusable(detail: str) -> SettingsError:
    return SettingsError(
        _("Ferrygate's record of used codes cannot be read, so nothing was sent."),
        next_step=_("Check the free space on this computer, and start Ferrygate again."),
        detail=detail,
    )


def _gate(refusals: int, *, try_anyway: bool) -> Gate:
    if refusals >= REFUSE_FROM:
        return Gate.SHUT
    if refusals >= ASK_PERSON_FROM and not try_anyway:
        return Gate.ASK
    return Gate.OPEN
