"""The ledger's file: what is wrong with it is said in one sentence, and nothing is granted."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.errors import SettingsError
from ferrygate.common.processes import SystemProcesses
from ferrygate.common.secret import Secret
from ferrygate.sign_in.ledger import Ledger
from support.fake_clock import ManualClock

MakeLedger = Callable[[], Ledger]
SECRET = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))
ACCOUNT = "sftp.example.org:22 vendor7"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite3"


def at_once(path: Path) -> Ledger:
    """Make a ledger that waits for no other process."""
    return Ledger(path, ManualClock(), SystemProcesses(), bytes, busy_seconds=0.01)


@pytest.mark.parametrize("broken", [False, True])
def test_without_the_file_nothing_is_granted(ledger: Ledger, path: Path, *, broken: bool) -> None:
    lease = ledger.admit(ACCOUNT).lease
    assert lease is not None
    path.unlink()
    if broken:
        path.write_bytes(b"no database" * 1000)
    for act in (
        lambda: ledger.claim(SECRET, 7),
        lambda: ledger.is_claimed(SECRET, 7),
        lambda: ledger.mark_sent(lease),
        lambda: ledger.admit(ACCOUNT),
        lambda: ledger.extend(lease, ("SHA256:x vendor7",), "sftp.example.org"),
        lambda: ledger.refusals(ACCOUNT),
        lambda: ledger.is_clear(ACCOUNT),
    ):
        with pytest.raises(SettingsError) as caught:
            act()
        assert ("is damaged" if broken else "cannot be used") in str(caught.value.problem.sentence)
        assert str(path) in repr(caught.value.problem)
        assert caught.value.problem.next_step
    assert path.exists() is broken


def test_a_place_where_no_file_can_be(path: Path) -> None:
    path.mkdir()
    with pytest.raises(SettingsError):
        at_once(path)


@pytest.mark.parametrize(
    "statement",
    [
        "PRAGMA user_version = 2",
        "PRAGMA user_version = 0",
        "PRAGMA application_id = 0",
    ],
)
def test_a_file_of_another_version_or_program_is_left_alone(path: Path, statement: str) -> None:
    at_once(path).claim(SECRET, 7)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(statement)
    before = path.read_bytes()
    with pytest.raises(SettingsError, match="is damaged, or of a newer version"):
        at_once(path)
    assert path.read_bytes() == before


def test_another_program_s_database_is_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("CREATE TABLE theirs (x)")
    before = path.read_bytes()
    with pytest.raises(SettingsError, match="is damaged, or of a newer version"):
        at_once(path)
    assert path.read_bytes() == before


def test_a_table_that_is_gone_is_said_to_be_damage(path: Path) -> None:
    ledger = at_once(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("DROP TABLE claims")
    with pytest.raises(SettingsError):
        ledger.claim(SECRET, 7)


def test_a_cut_file_is_said_to_be_damaged(path: Path) -> None:
    at_once(path).claim(SECRET, 7)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(SettingsError, match="is damaged"):
        at_once(path).claim(SECRET, 8)


def test_a_file_that_another_program_keeps_is_not_waited_for_without_end(path: Path) -> None:
    ledger = at_once(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN EXCLUSIVE")
        for act in (lambda: ledger.claim(SECRET, 7), lambda: at_once(path)):
            with pytest.raises(SettingsError, match="Another program keeps") as caught:
                act()
            assert str(path) in str(caught.value.problem.next_step)
        db.execute("ROLLBACK")
    assert ledger.claim(SECRET, 7)
