"""The rows of claims: they know codes by secret and step, and give neither away."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.secret import Secret
from ferrygate.sign_in.code_claims import MAX_CLAIMS, CodeClaims
from ferrygate.sign_in.ledger_file import LedgerFile

KEY = "JBSWY3DPEHPK3PXP"
SECRET = CodeSecret(key=Secret(KEY))
OTHERS = (CodeSecret(key=Secret("GEZDGNBVGY3TQOJQ")), CodeSecret(key=Secret(KEY), period=60))


@pytest.fixture
def claims() -> CodeClaims:
    return CodeClaims(b"s" * 32)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with LedgerFile(tmp_path / "ledger.sqlite3", 0.01, b"s" * 32).write() as db:
        yield db


def test_each_secret_period_and_step_has_a_digest_of_its_own_under_each_salt(
    claims: CodeClaims,
) -> None:
    digests = {claims.digest(each, step) for each in (SECRET, *OTHERS) for step in (7, 8)}
    digests.add(CodeClaims(b"t" * 32).digest(SECRET, 7))
    assert len(digests) == 7
    assert claims.digest(SECRET, 7) in digests


def test_a_code_is_claimed_until_it_is_given_back(
    claims: CodeClaims, db: sqlite3.Connection
) -> None:
    seven, eight, nine = (claims.digest(SECRET, step) for step in (7, 8, 9))
    assert not claims.has_any(db, (seven, eight, nine))
    claims.add(db, (seven, eight))
    assert claims.has_any(db, (nine, eight))
    assert not claims.has_any(db, (nine,))
    claims.remove(db, (eight,))
    assert not claims.has_any(db, (eight, nine))
    assert claims.has_any(db, (seven,))


def test_one_claim_of_several_that_is_there_already_is_an_error(
    claims: CodeClaims, db: sqlite3.Connection
) -> None:
    claims.add(db, (claims.digest(SECRET, 7),))
    with pytest.raises(sqlite3.IntegrityError):
        claims.add(db, (claims.digest(SECRET, 8), claims.digest(SECRET, 7)))


def test_the_oldest_claims_of_too_many_are_forgotten(
    claims: CodeClaims, db: sqlite3.Connection
) -> None:
    first, last, new = (claims.digest(SECRET, step) for step in (7, 8, 9))
    claims.add(db, (first, last))
    db.execute("UPDATE claims SET number=? WHERE digest=?", (MAX_CLAIMS, last))
    claims.add(db, (new,))
    assert not claims.has_any(db, (first,))
    assert claims.has_any(db, (last,))
    assert claims.has_any(db, (new,))


def test_a_row_holds_nothing_of_the_secret(claims: CodeClaims, db: sqlite3.Connection) -> None:
    claims.add(db, (claims.digest(SECRET, 7),))
    (row,) = db.execute("SELECT * FROM claims").fetchall()
    assert KEY not in repr(row)
    assert SECRET.code_for_step(7) not in repr(row)
