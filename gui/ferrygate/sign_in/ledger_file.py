"""Opens the SQLite file of ledger and breaker, and runs transactions on it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ferrygate.common.errors import SettingsError
from ferrygate.common.local_disk import damaged, other_home, own_file
from ferrygate.common.message import message, sentences

_APPLICATION = 0x46_47_4C_47  # "FGLG", in SQLite's header: the file is this ledger
_VERSION = 1

_SCHEMA = (
    "CREATE TABLE salt (id INTEGER PRIMARY KEY CHECK (id = 0), value BLOB NOT NULL)",
    # Numbers grow with each claim, whatever the clock shows.
    "CREATE TABLE claims (number INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE)",
    """CREATE TABLE accounts (
      account TEXT PRIMARY KEY, refusals INTEGER NOT NULL DEFAULT 0,
      lease INTEGER NOT NULL DEFAULT 0, holder TEXT, lease_until REAL,
      sent INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID""",
    # Under which host keys an account was counted, and at which server.
    """CREATE TABLE keys (
      account TEXT NOT NULL, key_account TEXT NOT NULL, place TEXT NOT NULL,
      PRIMARY KEY (account, key_account)) WITHOUT ROWID""",
    f"PRAGMA application_id = {_APPLICATION}",
    f"PRAGMA user_version = {_VERSION}",
)


# A ledger that was made before gets these tables as well: an older Ferrygate leaves alone what it
# does not know.
_LATER_SCHEMA = (
    # Codes that were sent, for ten minutes.
    """CREATE TABLE IF NOT EXISTS sent_codes (
      number INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, at REAL NOT NULL)""",
    # When an account was let in and refused last, for those who help; nothing is decided by it.
    """CREATE TABLE IF NOT EXISTS last_ends (
      account TEXT NOT NULL, end TEXT NOT NULL, at REAL NOT NULL,
      PRIMARY KEY (account, end)) WITHOUT ROWID""",
)


class LedgerFile:
    """Gives access to one file that processes share; safe from any thread: each use opens it."""

    def __init__(self, path: Path, busy_seconds: float, salt: bytes) -> None:
        """Open the file, or make it, readable by its owner only.

        Args:
            path: the file.
            busy_seconds: how long to wait for another process's transaction.
            salt: for a new file.

        Raises:
            SettingsError: the file cannot be used; so does every method.
        """
        self._path = path
        self._busy_seconds = busy_seconds
        with own_file(path):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
        with self.write() as db:  # not in WAL mode: processes that begin together get in its way
            if db.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
                for statement in _SCHEMA:
                    db.execute(statement)
                db.execute("INSERT INTO salt VALUES (0, ?)", (salt,))
            self._check_form(db)
            for statement in _LATER_SCHEMA:
                db.execute(statement)
            (self.salt,) = db.execute("SELECT value FROM salt").fetchone()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Open the file, which must be there: a new one would not know what was sent.

        Raises:
            SettingsError: the file is gone, damaged, locked for too long, or the disk is full.
        """
        address = f"{self._path.absolute().as_uri()}?mode=rw"
        try:
            with closing(
                sqlite3.connect(address, timeout=self._busy_seconds, isolation_level=None, uri=True)
            ) as db:
                yield db
        except sqlite3.OperationalError as error:
            raise self._unusable(error) from error
        except sqlite3.Error as error:  # no database, or one that is not as it was made
            raise damaged(self._path, str(error)) from error

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Run one transaction that no other process's write can come between."""
        with self.read() as db:
            db.execute("PRAGMA synchronous=FULL")
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                if db.in_transaction:  # SQLite ends it by itself when the disk is full
                    db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def _check_form(self, db: sqlite3.Connection) -> None:
        """Reject another program's file, and one that a newer or older Ferrygate made."""
        (application,) = db.execute("PRAGMA application_id").fetchone()
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if (application, version) != (_APPLICATION, _VERSION):
            raise damaged(self._path, f"application {application}, version {version}")

    def _unusable(self, error: sqlite3.OperationalError) -> SettingsError:
        if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return SettingsError(
                message(
                    "Another program keeps Ferrygate's record of used codes, so nothing was sent."
                ),
                next_step=message(
                    "End other programs that use the file “{path}”, and try again.",
                    path=str(self._path),
                ),
                detail=str(error),
            )
        return SettingsError(
            message("Ferrygate's record of used codes cannot be used, so nothing was sent."),
            next_step=sentences(message("Check the free space on this computer."), other_home()),
            detail=f"{self._path}: {error}",
        )
