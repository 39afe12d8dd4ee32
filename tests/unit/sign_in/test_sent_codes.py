"""The ledger knows a sent code by its digits for ten minutes, and gives away little of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.errors import LeaseLostError
from ferrygate.common.secret import Secret
from ferrygate.sign_in import sent_codes
from ferrygate.sign_in.ledger import End, Lease, Ledger
from support.fake_clock import ManualClock

MakeLedger = Callable[[], Ledger]
ACCOUNT = "sftp.example.org:22 vendor7"
CODE = Secret("123456")


def admit(ledger: Ledger, account: str = ACCOUNT) -> Lease:
    admission = ledger.admit(account)
    assert admission.lease is not None
    return admission.lease


def send(ledger: Ledger, code: Secret, account: str = ACCOUNT) -> bool:
    """Send a typed code in an attempt of its own; tells whether it may be."""
    lease = admit(ledger, account)
    claimed = ledger.claim_typed(lease, code, None, ())
    ledger.finish(lease, End.ACCEPTED)
    return claimed


def rows(path: Path) -> list[tuple[bytes, float]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT digest, at FROM sent_codes ORDER BY number").fetchall()


@pytest.fixture
def others(ledger: Ledger) -> Callable[[int], None]:
    """Sends other codes of other accounts."""

    def send_others(count: int) -> None:
        for number in range(count):
            assert send(ledger, Secret(f"{number:06}"), f"host:22 user{number}")

    return send_others


def test_a_code_is_sent_once_over_all_processes(make_ledger: MakeLedger) -> None:
    one, two = make_ledger(), make_ledger()
    assert send(one, CODE)
    assert not send(two, CODE)
    assert two.was_sent(ACCOUNT, CODE)
    assert not two.was_sent(ACCOUNT, Secret("654321"))
    assert send(two, CODE, "sftp.example.org:22 vendor8")


def test_a_code_that_is_refused_marks_nothing_as_sent(ledger: Ledger) -> None:
    assert send(ledger, CODE)
    lease = admit(ledger)
    assert not ledger.claim_typed(lease, CODE, None, ())
    ledger.finish(lease, End.NOT_SENT)
    assert ledger.refusals(ACCOUNT) == 0


def test_a_code_that_was_not_sent_is_given_back_for_good(ledger: Ledger) -> None:
    lease = admit(ledger)
    assert ledger.claim_typed(lease, CODE, None, ())
    ledger.give_typed_back(lease, CODE, None, (), has_sent=False)
    ledger.finish(lease, End.NOT_SENT)
    assert send(ledger, CODE)


def test_a_made_code_that_is_given_back_can_be_typed(ledger: Ledger) -> None:
    secret = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))
    lease = admit(ledger)
    assert ledger.claim_for_sending(lease, secret, 7)
    ledger.give_back(lease, secret, 7, has_sent=False)
    ledger.finish(lease, End.NOT_SENT)
    assert send(ledger, Secret(secret.code_for_step(7)))


def test_an_attempt_that_was_overtaken_claims_nothing(
    ledger: Ledger, clock: ManualClock, ended: set[str]
) -> None:
    lease = admit(ledger)
    clock.time += 1000
    ended.add("p1")
    admit(ledger)
    with pytest.raises(LeaseLostError):
        ledger.claim_typed(lease, CODE, None, ())
    assert not ledger.was_sent(ACCOUNT, CODE)


def test_it_is_forgotten_after_ten_minutes_and_not_before(
    ledger: Ledger, clock: ManualClock, others: Callable[[int], None]
) -> None:
    assert send(ledger, CODE)
    others(20)
    clock.time += sent_codes.KEEP_SECONDS - 1
    assert ledger.was_sent(ACCOUNT, CODE)
    clock.time += 1
    assert not ledger.was_sent(ACCOUNT, CODE)


def test_a_clock_that_is_put_forward_does_not_let_a_code_leave_again(
    ledger: Ledger, clock: ManualClock, others: Callable[[int], None]
) -> None:
    others(20)
    assert send(ledger, CODE)
    clock.time += 366 * 86_400
    assert not send(ledger, CODE)


def test_a_clock_that_is_put_back_does_not_either(
    ledger: Ledger, clock: ManualClock, others: Callable[[int], None]
) -> None:
    assert send(ledger, CODE)
    clock.time -= 366 * 86_400
    others(20)
    assert not send(ledger, CODE)


def test_the_file_holds_no_more_than_stretched_digests_of_few_codes(
    ledger: Ledger, clock: ManualClock, others: Callable[[int], None], tmp_path: Path
) -> None:
    others(30)
    assert send(ledger, CODE)
    path = tmp_path / "ledger.sqlite3"
    (digest, _at) = rows(path)[-1]
    assert CODE.reveal().encode() not in path.read_bytes()
    clock.time += sent_codes.KEEP_SECONDS
    others(17)
    assert len(rows(path)) <= 17
    assert digest not in path.read_bytes(), "overwritten, not only taken out of the table"


def test_a_ledger_that_was_made_before_gets_the_table(
    ledger: Ledger, make_ledger: MakeLedger, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite3")) as db:
        db.execute("DROP TABLE sent_codes")
    assert send(make_ledger(), CODE)
    assert not send(ledger, CODE)
