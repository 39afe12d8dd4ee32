"""Keeps the ledger's claims: rows that know a code by its secret and its time step.

A claim says that a code was sent, shown, copied or printed. Its row is a digest, salted by the
ledger's file, of the code secret, the period and the time step (RFC 6238 §4): it reveals no secret.

**The clock** may be wrong, so the newest claims are kept, of whatever age.

Each function but :meth:`CodeClaims.digest` runs inside a transaction of
:class:`ferrygate.sign_in.ledger_file.LedgerFile`.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable

from ferrygate.codes.totp import CodeSecret

MAX_CLAIMS = 50_000
"""The number of claims that are kept, the newest: one in each half minute of 17 days.

A server accepts a code for minutes only, and no wrong clock makes claims come faster.
"""

_DIGEST_BYTES = 32


class CodeClaims:
    """Reads and writes the rows."""

    def __init__(self, salt: bytes) -> None:
        """Take the salt of the ledger's file."""
        self._salt = salt

    def digest(self, secret: CodeSecret, step: int) -> bytes:
        """Derive the digest of one secret's code of one time step."""
        key = secret.key.reveal().encode()
        return hashlib.blake2b(
            b"%d:%d:%s" % (step, secret.period, key), key=self._salt, digest_size=_DIGEST_BYTES
        ).digest()

    @staticmethod
    def has_any(db: sqlite3.Connection, digests: Iterable[bytes]) -> bool:
        """Tell whether one of these codes is claimed."""
        return any(
            db.execute("SELECT 1 FROM claims WHERE digest=?", (digest,)).fetchone()
            for digest in digests
        )

    @staticmethod
    def add(db: sqlite3.Connection, digests: Iterable[bytes]) -> None:
        """Claim codes, and forget the oldest of too many claims."""
        for digest in digests:
            db.execute("INSERT INTO claims (digest) VALUES (?)", (digest,))
            db.execute(
                "DELETE FROM claims WHERE number <= (SELECT max(number) FROM claims) - ?",
                (MAX_CLAIMS,),
            )

    @staticmethod
    def remove(db: sqlite3.Connection, digests: Iterable[bytes]) -> None:
        """Forget the claims of codes that surely were not sent."""
        db.executemany("DELETE FROM claims WHERE digest=?", [(digest,) for digest in digests])
