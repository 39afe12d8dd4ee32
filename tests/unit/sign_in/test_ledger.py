"""Codes leave once, and an account is not locked by a program."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import LeaseLostError
from ferrygate.common.secret import Secret
from ferrygate.common.threads import SystemThreads
from ferrygate.sign_in.attempt_slot import AttemptSlot
from ferrygate.sign_in.gate import Gate
from ferrygate.sign_in.ledger import End, Lease, Ledger
from support.fake_clock import ManualClock

MakeLedger = Callable[[], Ledger]

SECRET = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))
OTHER = CodeSecret(key=Secret("GEZDGNBVGY3TQOJQ"))
ACCOUNT = "sftp.example.org:22 vendor7"
ELSEWHERE = "sftp.example.org:22 vendor8"


def admit(ledger: Ledger, account: str = ACCOUNT, *, try_anyway: bool = False) -> Lease:
    admission = ledger.admit(account, try_anyway=try_anyway)
    assert admission.gate is Gate.OPEN
    assert admission.lease is not None
    return admission.lease


def gate(ledger: Ledger, account: str = ACCOUNT, *, try_anyway: bool = False) -> Gate:
    """Ask the breaker for an attempt, and hand a right that was given back unused."""
    admission = ledger.admit(account, try_anyway=try_anyway)
    if admission.lease is not None:
        ledger.finish(admission.lease, End.NOT_SENT)
    return admission.gate


def refuse(ledger: Ledger, times: int) -> None:
    for _time in range(times):
        lease = admit(ledger, try_anyway=True)
        ledger.mark_sent(lease)
        ledger.finish(lease, End.REFUSED)


# ---------------------------------------------------------------- codes


def test_a_code_is_claimed_once_over_all_processes(make_ledger: MakeLedger) -> None:
    one, two = make_ledger(), make_ledger()
    assert one.claim(SECRET, 7)
    assert not two.claim(SECRET, 7)
    assert two.is_claimed(SECRET, 7)
    assert two.claim(SECRET, 8)
    assert one.claim(OTHER, 7)


def test_a_period_of_its_own_is_another_code(ledger: Ledger) -> None:
    assert ledger.claim(SECRET, 7)
    assert ledger.claim(msgspec.structs.replace(SECRET, period=60), 7)


def test_sending_claims_what_showing_claimed_before(ledger: Ledger) -> None:
    lease = admit(ledger)
    assert ledger.claim(SECRET, 7)
    assert not ledger.claim_for_sending(lease, SECRET, 7)
    assert ledger.claim_for_sending(lease, SECRET, 8)
    assert not ledger.claim(SECRET, 8)


def test_a_code_given_back_may_be_claimed_again(ledger: Ledger) -> None:
    lease = admit(ledger)
    ledger.claim_for_sending(lease, SECRET, 7)
    ledger.give_back(lease, SECRET, 7, has_sent=False)
    assert not ledger.is_claimed(SECRET, 7)
    assert ledger.claim_for_sending(lease, SECRET, 7)


@pytest.mark.parametrize("days", [8, -8, 400, -400])
def test_a_wrong_clock_that_is_right_again_frees_no_code(
    ledger: Ledger, clock: ManualClock, days: int
) -> None:
    begin = clock.time = 2_000_000_000.0
    spent = [SECRET.step_at(clock.now()) + late for late in range(3)]
    assert all(ledger.claim(SECRET, step) for step in spent)
    clock.time += days * 86_400
    for late in range(50):
        assert ledger.claim(SECRET, SECRET.step_at(clock.now()) + late)
    clock.time = begin
    assert not any(ledger.claim(SECRET, step) for step in spent)


def test_claims_are_forgotten_once_there_are_very_many_newer_ones(
    ledger: Ledger, tmp_path: Path
) -> None:
    for step in (7, 8, 9):
        ledger.claim(SECRET, step)
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite3", isolation_level=None)) as db:
        db.execute("UPDATE claims SET number=50001 WHERE number=3")
    ledger.claim(SECRET, 10)
    assert [ledger.is_claimed(SECRET, step) for step in (7, 8, 9, 10)] == [False, False, True, True]


def test_asking_again_for_a_spent_code_pushes_no_other_claim_out(
    ledger: Ledger, tmp_path: Path
) -> None:
    ledger.claim(SECRET, 7)
    assert not any(ledger.claim(SECRET, 7) for _again in range(20))
    ledger.claim(SECRET, 8)
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite3")) as db:
        assert db.execute("SELECT max(number) FROM claims").fetchone() == (2,)


def test_neither_key_nor_step_is_on_the_disk(ledger: Ledger, tmp_path: Path) -> None:
    ledger.claim(SECRET, 59_833_333)
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert SECRET.key.reveal().encode() not in stored
    assert b"59833333" not in stored


def test_the_file_is_its_owners_alone(ledger: Ledger, tmp_path: Path) -> None:
    ledger.claim(SECRET, 7)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {0o600}


# ---------------------------------------------------------------- attempts


def test_one_attempt_at_a_time(make_ledger: MakeLedger) -> None:
    one, two = make_ledger(), make_ledger()
    lease = admit(one)
    assert gate(two) is Gate.BUSY
    assert gate(two, try_anyway=True) is Gate.BUSY
    assert gate(two, ELSEWHERE) is Gate.OPEN
    one.finish(lease, End.NOT_SENT)
    assert gate(two) is Gate.OPEN


def test_nothing_is_sent_by_itself_after_two_refusals(ledger: Ledger) -> None:
    refuse(ledger, 1)
    assert gate(ledger) is Gate.OPEN
    refuse(ledger, 1)
    assert gate(ledger) is Gate.ASK
    assert ledger.refusals(ACCOUNT) == 2
    assert gate(ledger, ELSEWHERE) is Gate.OPEN


def test_a_persons_word_is_one_try(ledger: Ledger) -> None:
    refuse(ledger, 2)
    lease = admit(ledger, try_anyway=True)
    ledger.mark_sent(lease)
    ledger.finish(lease, End.REFUSED)
    assert ledger.refusals(ACCOUNT) == 3
    assert gate(ledger) is Gate.ASK
    assert gate(ledger, try_anyway=True) is Gate.OPEN


def test_after_four_refusals_only_a_reset_helps(ledger: Ledger) -> None:
    refuse(ledger, 4)
    assert gate(ledger) is Gate.SHUT
    assert gate(ledger, try_anyway=True) is Gate.SHUT
    ledger.reset(ACCOUNT)
    assert gate(ledger) is Gate.OPEN
    assert ledger.refusals(ACCOUNT) == 0


def test_a_success_begins_the_count_anew(ledger: Ledger) -> None:
    refuse(ledger, 3)
    ledger.finish(admit(ledger, try_anyway=True), End.ACCEPTED)
    assert ledger.refusals(ACCOUNT) == 0
    refuse(ledger, 1)
    assert gate(ledger) is Gate.OPEN


def test_a_failure_before_anything_was_sent_does_not_count(ledger: Ledger) -> None:
    ledger.finish(admit(ledger), End.NOT_SENT)
    assert ledger.refusals(ACCOUNT) == 0


def test_a_reset_of_an_account_nobody_knows(ledger: Ledger) -> None:
    ledger.reset("unknown")
    assert ledger.refusals("unknown") == 0


@pytest.mark.parametrize("with_code", [True, False])
def test_an_unknown_end_counts_once_something_was_sent(
    make_ledger: MakeLedger, ended: set[str], *, with_code: bool
) -> None:
    one, two = make_ledger(), make_ledger()
    lease = admit(one)
    if with_code:
        one.claim_for_sending(lease, SECRET, 7)
    else:
        one.mark_sent(lease)
    ended.add("p1")
    assert two.admit(ACCOUNT).refusals == 1


@pytest.mark.parametrize("sent", [True, False])
def test_given_back_and_not_sent_count_for_nothing(
    make_ledger: MakeLedger, ended: set[str], *, sent: bool
) -> None:
    one, two = make_ledger(), make_ledger()
    lease = admit(one)
    if sent:
        one.claim_for_sending(lease, SECRET, 7)
        one.give_back(lease, SECRET, 7, has_sent=False)
    ended.add("p1")
    assert two.admit(ACCOUNT).refusals == 0


def test_a_code_given_back_takes_no_password_back_that_left_before(
    make_ledger: MakeLedger, clock: ManualClock, ended: set[str]
) -> None:
    one, two = make_ledger(), make_ledger()
    slot = AttemptSlot(
        one, ACCOUNT, admit(one), clock, CancelToken(SystemThreads()), try_anyway=False
    )
    slot.sending()
    assert slot.claim(SECRET, 7)
    slot.give_back(SECRET, 7)
    ended.add("p1")
    assert not two.is_claimed(SECRET, 7)
    assert two.admit(ACCOUNT).refusals == 1


def test_a_dead_holder_is_not_waited_for(make_ledger: MakeLedger, ended: set[str]) -> None:
    one, two = make_ledger(), make_ledger()
    admit(one)
    assert gate(two) is Gate.BUSY
    ended.add("p1")
    assert gate(two) is Gate.OPEN


def test_crashes_alone_shut_the_gate(make_ledger: MakeLedger, ended: set[str]) -> None:
    gates = []
    for number in range(1, 6):
        ledger = make_ledger()
        admission = ledger.admit(ACCOUNT, try_anyway=True)
        gates.append(admission.gate)
        if admission.lease is not None:
            ledger.mark_sent(admission.lease)
        ended.add(f"p{number}")
    assert gates == [*4 * [Gate.OPEN], Gate.SHUT]


def test_a_lease_runs_out_and_is_lost(make_ledger: MakeLedger, clock: ManualClock) -> None:
    one, two = make_ledger(), make_ledger()
    lease = admit(one)
    clock.time += 179
    assert gate(two) is Gate.BUSY
    clock.time += 2
    admit(two)
    with pytest.raises(LeaseLostError, match="another one has begun"):
        one.mark_sent(lease)
    with pytest.raises(LeaseLostError):
        one.claim_for_sending(lease, SECRET, 7)
    assert not one.is_claimed(SECRET, 7)


def test_a_lease_that_is_renewed_holds(make_ledger: MakeLedger, clock: ManualClock) -> None:
    one, two = make_ledger(), make_ledger()
    lease = admit(one)
    clock.time += 170
    one.renew(lease)
    clock.time += 170
    assert gate(two) is Gate.BUSY
    one.mark_sent(lease)


def test_a_late_word_of_a_lost_lease_changes_nothing(
    make_ledger: MakeLedger, clock: ManualClock
) -> None:
    one, two = make_ledger(), make_ledger()
    late = admit(one)
    one.mark_sent(late)
    clock.time += 200
    lease = admit(two)
    one.finish(late, End.ACCEPTED)
    assert one.refusals(ACCOUNT) == 1
    one.renew(late)
    assert gate(one) is Gate.BUSY
    two.finish(lease, End.REFUSED)
    assert two.refusals(ACCOUNT) == 2


def test_an_account_is_clear_until_something_counts(ledger: Ledger) -> None:
    assert ledger.is_clear(ACCOUNT)
    lease = admit(ledger)
    assert not ledger.is_clear(ACCOUNT)
    assert ledger.is_clear("another account")
    ledger.finish(lease, End.NOT_SENT)
    assert ledger.is_clear(ACCOUNT)
    ledger.finish(admit(ledger), End.REFUSED)
    assert not ledger.is_clear(ACCOUNT)


# ---------------------------------------------------------------- clocks


@pytest.mark.parametrize("ahead", [365 * 86_400, 1_000])
def test_a_lease_of_the_future_blocks_nobody(
    make_ledger: MakeLedger, clock: ManualClock, ahead: float
) -> None:
    one, two = make_ledger(), make_ledger()
    clock.time += ahead
    lease = admit(one)
    one.mark_sent(lease)
    clock.time -= ahead
    assert two.admit(ACCOUNT).refusals == 1  # its end is unknown
    with pytest.raises(LeaseLostError):
        one.mark_sent(lease)


def test_a_clock_put_back_a_little_takes_no_lease_away(
    make_ledger: MakeLedger, clock: ManualClock
) -> None:
    one, two = make_ledger(), make_ledger()
    lease = admit(one)
    clock.time -= 170
    assert gate(two) is Gate.BUSY
    one.mark_sent(lease)
    clock.time += 340
    assert gate(two) is Gate.BUSY
    clock.time += 11
    assert gate(two) is Gate.OPEN


def test_a_lease_of_the_future_holds_once_it_is_renewed(
    make_ledger: MakeLedger, clock: ManualClock
) -> None:
    one, two = make_ledger(), make_ledger()
    clock.time += 1_000
    lease = admit(one)
    clock.time -= 1_000
    one.renew(lease)
    assert gate(two) is Gate.BUSY


@pytest.mark.parametrize("why", ["gone", "too far off"])
def test_a_reset_ends_an_attempt_that_nobody_makes(
    make_ledger: MakeLedger, clock: ManualClock, ended: set[str], why: str
) -> None:
    one, two = make_ledger(), make_ledger()
    clock.time += 10_000 if why == "too far off" else 0
    lease = admit(one)
    one.mark_sent(lease)
    if why == "gone":
        ended.add("p1")
    else:
        clock.time -= 10_000
    two.reset(ACCOUNT)
    assert two.is_clear(ACCOUNT)
    with pytest.raises(LeaseLostError):
        one.mark_sent(lease)
    assert gate(two) is Gate.OPEN


def test_a_reset_leaves_an_attempt_that_is_under_way(make_ledger: MakeLedger) -> None:
    one, two = make_ledger(), make_ledger()
    lease = admit(one)
    two.reset(ACCOUNT)
    assert gate(two) is Gate.BUSY
    one.mark_sent(lease)
