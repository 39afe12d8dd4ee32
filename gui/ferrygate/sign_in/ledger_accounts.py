"""Reads and writes the breaker's rows: refusals and lease of each name of an account.

Each function runs inside a transaction of :class:`ferrygate.sign_in.ledger_file.LedgerFile`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import msgspec

from ferrygate.common.clock import Clock
from ferrygate.common.processes import Processes

LEASE_SECONDS = 180.0
"""Longer than any stage of an attempt between two renewals, and than a short code is waited for."""

# A lease that ends later was taken while the clock was ahead. As long again, for a clock that is
# put back a little meanwhile.
_LATEST_END = 2 * LEASE_SECONDS

# An account, the keys it was counted under, the accounts that were counted under those, and so on.
_SAME_ACCOUNT = """WITH RECURSIVE names(name) AS (
  VALUES (?)
  UNION SELECT key_account FROM keys JOIN names ON account = name
  UNION SELECT account FROM keys JOIN names ON key_account = name)
SELECT name FROM names"""

Hold = tuple[str, int]
"""A name, and the number of the lease that an attempt holds there."""


class Row(msgspec.Struct, frozen=True):
    """Holds the state of one name; an attempt that ended without a report is counted in."""

    name: str
    refusals: int
    number: int
    is_busy: bool


class AccountRows:
    """Reads and writes the rows."""

    def __init__(self, clock: Clock, processes: Processes) -> None:
        """Args: the wall clock for leases, and which processes run."""
        self._clock = clock
        self._processes = processes

    def look(self, db: sqlite3.Connection, name: str) -> Row:
        """Read the state of a name. A lease counts while its holder runs and its end is near."""
        found = db.execute(
            "SELECT refusals, lease, holder, lease_until, sent FROM accounts WHERE account=?",
            (name,),
        ).fetchone()
        refusals, number, holder, until, sent = found or (0, 0, None, 0.0, 0)
        if holder is None:
            return Row(name, refusals, number, is_busy=False)
        now = self._clock.now()
        is_busy = now < until <= now + _LATEST_END and self._processes.is_running(holder)
        return Row(name, refusals + (0 if is_busy else sent), number, is_busy=is_busy)

    def begin(
        self, db: sqlite3.Connection, rows: Iterable[Row], *, opened: bool
    ) -> tuple[Hold, ...]:
        """Write the rows that were looked at back, with a lease if they were ``opened``."""
        holder = self._processes.me if opened else None
        until = self._until() if opened else None
        holds = tuple((row.name, row.number + 1) for row in rows)
        db.executemany(
            "INSERT OR REPLACE INTO accounts (account, refusals, lease, holder, lease_until)"
            " VALUES (?, ?, ?, ?, ?)",
            [(row.name, row.refusals, row.number + 1, holder, until) for row in rows],
        )
        return holds

    def renew(self, db: sqlite3.Connection, holds: Iterable[Hold]) -> None:
        """Let the leases of an attempt end :data:`LEASE_SECONDS` from now."""
        until = self._until()
        db.executemany(
            "UPDATE accounts SET lease_until=? WHERE account=? AND lease=?",
            [(until, *hold) for hold in holds],
        )

    def _until(self) -> float:
        return self._clock.now() + LEASE_SECONDS

    @staticmethod
    def set_sent(db: sqlite3.Connection, holds: Iterable[Hold], *, sent: bool) -> None:
        """Note whether an attempt has sent something, so that without an end it counts."""
        db.executemany(
            "UPDATE accounts SET sent=? WHERE account=? AND lease=?",
            [(sent, *hold) for hold in holds],
        )

    @staticmethod
    def count_refusal(db: sqlite3.Connection, holds: Iterable[Hold]) -> None:
        """Count a refusal within an attempt that goes on."""
        db.executemany("UPDATE accounts SET refusals=refusals+1 WHERE account=? AND lease=?", holds)

    @staticmethod
    def end(db: sqlite3.Connection, holds: Iterable[Hold], *, is_refused: bool) -> None:
        """End an attempt's leases, and count its refusal."""
        db.executemany(
            "UPDATE accounts SET refusals=refusals+?, holder=NULL, lease_until=NULL, sent=0"
            " WHERE account=? AND lease=?",
            [(is_refused, *hold) for hold in holds],
        )

    def note_end(self, db: sqlite3.Connection, holds: Iterable[Hold], end: str) -> None:
        """Note when an attempt ended in this way, under each of its names."""
        db.executemany(
            "INSERT OR REPLACE INTO last_ends VALUES (?, ?, ?)",
            [(name, end, self._clock.now()) for name, _number in holds],
        )

    @staticmethod
    def last_end(db: sqlite3.Connection, names: Iterable[str], end: str) -> float | None:
        """Return when an attempt ended last in this way, under any of these names."""
        found = (
            db.execute("SELECT at FROM last_ends WHERE account=? AND end=?", (name, end)).fetchone()
            for name in names
        )
        return max((float(row[0]) for row in found if row), default=None)

    @staticmethod
    def take_back(db: sqlite3.Connection, name: str) -> None:
        """End a lease without its attempt, which may send nothing from here on."""
        db.execute(
            "UPDATE accounts SET lease=lease+1, holder=NULL, lease_until=NULL, sent=0"
            " WHERE account=?",
            (name,),
        )

    @staticmethod
    def is_held(db: sqlite3.Connection, hold: Hold) -> bool:
        """Tell whether no other attempt has begun under the name since."""
        return (
            db.execute(
                "SELECT 1 FROM accounts WHERE account=? AND lease=? AND holder IS NOT NULL", hold
            ).fetchone()
            is not None
        )

    @staticmethod
    def refusals(db: sqlite3.Connection, names: Iterable[str]) -> int:
        """Count the refusals in a row; the highest count of these names."""
        found = (
            db.execute("SELECT refusals FROM accounts WHERE account=?", (name,)).fetchone()
            for name in names
        )
        return max((int(row[0]) for row in found if row), default=0)

    @staticmethod
    def elsewhere(db: sqlite3.Connection, account: str, rows: Iterable[Row], place: str) -> str:
        """Name another server at which an account with refusals was counted under these keys."""
        for row in rows:
            found = db.execute(
                "SELECT place FROM keys JOIN accounts USING (account)"
                " WHERE key_account=? AND account<>? AND place<>? AND refusals>0"
                " ORDER BY refusals DESC, place",
                (row.name, account, place),
            ).fetchone()
            if found:
                return str(found[0])
        return ""

    @staticmethod
    def clear(db: sqlite3.Connection, account: str) -> list[str]:
        """Forget the refusals of an account under all its names, and give these names."""
        names = list(dict.fromkeys(name for (name,) in db.execute(_SAME_ACCOUNT, (account,))))
        db.executemany(
            "UPDATE accounts SET refusals=0 WHERE account=?", [(name,) for name in names]
        )
        return names
