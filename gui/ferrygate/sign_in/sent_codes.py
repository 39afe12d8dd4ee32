"""Keeps the ledger's rows that know a sent code by its digits, whatever it was made from.

The ledger knows a code that is made here by its secret and time step, and a code that is typed has
neither. So each code that is sent, made or typed, is kept as (account, digits) as well, and is sent
no second time for that account. Where another code is looked for, those that are ten minutes old,
longer than any server takes a code, are forgotten: all but the newest few.

**What the file gives away.** A digest of secret and step says nothing to one who has not guessed
the secret. There are only a million codes of six digits, so a plain digest of them would be undone
in a second, with the salt that lies in the same file. Each guess costs some 40 ms of a core and
8 MiB here (scrypt, RFC 7914), which makes eleven hours for all of them, and a code that was sent is
worth nothing after a minute. Of the newest few, which may lie there for months, one who takes that
time learns dead codes. They do not help to make another one: all secrets would have to be tried, of
80 bits at least. The rows that are forgotten are overwritten.

**The clock** may be wrong, and right again. Where it is put back, rows seem to come from the future
and are kept. Where it is put forward, rows seem old: so the newest few are kept whatever they say.
To keep a row for too long costs nothing but the one code in a million that it refuses.

Each function but :meth:`SentCodes.stretched` runs inside a transaction of
:class:`ferrygate.sign_in.ledger_file.LedgerFile`.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable

from ferrygate.common.clock import Clock
from ferrygate.common.secret import Secret

KEEP_SECONDS = 600.0
"""Seconds for which a code that was sent is known."""

_KEEP_NEWEST = 16  # rows; an attempt has three at most
_SCRYPT = {"n": 1 << 13, "r": 8, "p": 1}  # 8 MiB
_DIGEST_BYTES = 32


class SentCodes:
    """Reads and writes the rows."""

    def __init__(self, clock: Clock, salt: bytes) -> None:
        """Take the wall clock, and the salt of the ledger's file."""
        self._clock = clock
        self._salt = salt

    def stretched(self, code: Secret) -> bytes:
        """Derive from a code the key of its digests; slow, so call this before a transaction."""
        return hashlib.scrypt(
            code.reveal().encode(), salt=self._salt, dklen=_DIGEST_BYTES, **_SCRYPT
        )

    def is_there(self, db: sqlite3.Connection, names: Iterable[str], stretched: bytes) -> bool:
        """Tell whether the code was sent for any of these names of an account."""
        self._forget_old(db)
        return any(
            db.execute("SELECT 1 FROM sent_codes WHERE digest=?", (digest,)).fetchone()
            for digest in _digests(names, stretched)
        )

    def add(self, db: sqlite3.Connection, names: Iterable[str], stretched: bytes) -> None:
        """Note that the code is sent for these names."""
        db.executemany(
            "INSERT OR REPLACE INTO sent_codes (digest, at) VALUES (?, ?)",
            [(digest, self._clock.now()) for digest in _digests(names, stretched)],
        )

    def remove(self, db: sqlite3.Connection, names: Iterable[str], stretched: bytes) -> None:
        """Forget a code that surely was not sent."""
        db.executemany(
            "DELETE FROM sent_codes WHERE digest=?",
            [(digest,) for digest in _digests(names, stretched)],
        )

    def _forget_old(self, db: sqlite3.Connection) -> None:
        db.execute("PRAGMA secure_delete=ON")  # overwrites what it frees
        db.execute(
            "DELETE FROM sent_codes WHERE at <= ?"
            " AND number <= (SELECT max(number) FROM sent_codes) - ?",
            (self._clock.now() - KEEP_SECONDS, _KEEP_NEWEST),
        )


def _digests(names: Iterable[str], stretched: bytes) -> list[bytes]:
    return [
        hashlib.blake2b(name.encode(), key=stretched, digest_size=_DIGEST_BYTES).digest()
        for name in names
    ]
