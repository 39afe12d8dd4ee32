"""One account under several names: the key that the server shows brings them together."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.errors import LeaseLostError
from ferrygate.common.secret import Secret
from ferrygate.sign_in.gate import Gate
from ferrygate.sign_in.ledger import Admission, End, Lease, Ledger

MakeLedger = Callable[[], Ledger]

SECRET = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))
BY_NAME, BY_ADDRESS, BY_OKTA = "sftp.example.org:22 v", "10.0.0.1:22 v", "https://x.okta.com v"
PLACES = {BY_NAME: "sftp.example.org", BY_ADDRESS: "10.0.0.1", BY_OKTA: "files.example.org"}
KEY, OTHER_KEY = "SHA256:this v", "SHA256:that v"


def extend(
    ledger: Ledger, account: str, *keys: str, try_anyway: bool = False
) -> tuple[Lease | None, Admission]:
    """Go as far as the breaker lets: the first lease, and what is said once the key is shown."""
    first = ledger.admit(account, try_anyway=try_anyway)
    if first.lease is None:
        return None, first
    admission = ledger.extend(first.lease, keys or (KEY,), PLACES[account], try_anyway=try_anyway)
    if admission.lease is None:
        ledger.finish(first.lease, End.NOT_SENT)
    return admission.lease, admission


def gate(ledger: Ledger, account: str, *keys: str, try_anyway: bool = False) -> Gate:
    lease, admission = extend(ledger, account, *keys, try_anyway=try_anyway)
    if lease is not None:
        ledger.finish(lease, End.NOT_SENT)
    return admission.gate


def attempt(ledger: Ledger, account: str, end: End, *keys: str) -> bool:
    """Attempt a sign-in with a person's word; tells whether anything was sent."""
    lease, _admission = extend(ledger, account, *keys, try_anyway=True)
    if lease is None:
        return False
    ledger.mark_sent(lease)
    ledger.finish(lease, end)
    return True


def test_refusals_under_two_names_are_counted_together(ledger: Ledger) -> None:
    attempt(ledger, BY_NAME, End.REFUSED)
    attempt(ledger, BY_ADDRESS, End.REFUSED)
    assert (ledger.refusals(BY_NAME), ledger.refusals(BY_ADDRESS)) == (1, 1)
    for account in PLACES:
        assert gate(ledger, account) is Gate.ASK
    assert gate(ledger, BY_OKTA, OTHER_KEY) is Gate.OPEN


def test_four_refusals_in_all_shut_every_name(ledger: Ledger) -> None:
    names = [BY_NAME, BY_ADDRESS, BY_OKTA] * 3
    sent = [attempt(ledger, account, End.REFUSED) for account in names]
    assert sent == [True] * 4 + [False] * 5
    assert {gate(ledger, account, try_anyway=True) for account in PLACES} == {Gate.SHUT}


def test_the_other_server_is_named(ledger: Ledger) -> None:
    attempt(ledger, BY_ADDRESS, End.REFUSED)
    attempt(ledger, BY_ADDRESS, End.REFUSED)
    _lease, admission = extend(ledger, BY_NAME)
    assert (admission.gate, admission.refusals) == (Gate.ASK, 2)
    assert admission.elsewhere == "10.0.0.1"


def test_the_higher_count_holds(ledger: Ledger) -> None:
    attempt(ledger, BY_NAME, End.REFUSED, KEY)
    attempt(ledger, BY_NAME, End.REFUSED, OTHER_KEY)  # the server has got another key
    lease = ledger.admit(BY_NAME, try_anyway=True).lease
    assert lease is not None
    admission = ledger.extend(lease, (KEY,), "x", try_anyway=True)
    assert admission.refusals == 2
    assert admission.lease is not None
    assert ledger.refusals_of(admission.lease) == 2


@pytest.mark.parametrize("by_reset", [True, False])
def test_what_clears_one_name_clears_them_all(ledger: Ledger, *, by_reset: bool) -> None:
    attempt(ledger, BY_OKTA, End.REFUSED, KEY, "SHA256:this v@x.org")
    attempt(ledger, BY_ADDRESS, End.REFUSED, "SHA256:this v@x.org")
    attempt(ledger, BY_NAME, End.REFUSED, KEY)
    if by_reset:
        ledger.reset(BY_NAME)
    else:
        attempt(ledger, BY_NAME, End.ACCEPTED, KEY)
    assert [ledger.refusals(account) for account in PLACES] == [0, 0, 0]
    for keys in ((KEY,), ("SHA256:this v@x.org",)):
        assert {gate(ledger, account, *keys) for account in PLACES} == {Gate.OPEN}


def test_an_account_that_was_never_counted_with_it_stays_as_it_is(ledger: Ledger) -> None:
    attempt(ledger, BY_ADDRESS, End.REFUSED, OTHER_KEY)
    attempt(ledger, BY_NAME, End.REFUSED, KEY)
    attempt(ledger, BY_NAME, End.ACCEPTED, KEY)
    assert ledger.refusals(BY_ADDRESS) == 1


def test_one_attempt_at_a_time_whatever_it_is_called(make_ledger: MakeLedger) -> None:
    one, two = make_ledger(), make_ledger()
    lease, _admission = extend(one, BY_NAME)
    assert lease is not None
    assert gate(two, BY_ADDRESS) is Gate.BUSY
    assert two.is_busy((KEY,))
    one.finish(lease, End.NOT_SENT)
    assert gate(two, BY_ADDRESS) is Gate.OPEN
    assert not two.is_busy((KEY,))


def test_an_unknown_end_counts_under_every_name(make_ledger: MakeLedger, ended: set[str]) -> None:
    for number, account in enumerate([BY_NAME, BY_ADDRESS], start=1):
        ledger = make_ledger()
        lease, _admission = extend(ledger, account)
        assert lease is not None
        assert ledger.claim_for_sending(lease, SECRET, number)
        ended.add(f"p{number}")
    assert gate(make_ledger(), BY_OKTA) is Gate.ASK


def test_a_code_given_back_counts_under_no_name(make_ledger: MakeLedger, ended: set[str]) -> None:
    one, two = make_ledger(), make_ledger()
    lease, _admission = extend(one, BY_NAME)
    assert lease is not None
    one.claim_for_sending(lease, SECRET, 7)
    one.give_back(lease, SECRET, 7, has_sent=False)
    ended.add("p1")
    _lease, admission = extend(two, BY_ADDRESS)
    assert admission.refusals == 0


def test_a_place_lost_under_one_name_sends_nothing(
    make_ledger: MakeLedger, ended: set[str]
) -> None:
    one, two = make_ledger(), make_ledger()
    lease, _admission = extend(one, BY_NAME)
    assert lease is not None
    ended.add("p1")
    assert extend(two, BY_ADDRESS)[0] is not None
    for send in (
        lambda: one.mark_sent(lease),
        lambda: one.claim_for_sending(lease, SECRET, 7),
        lambda: one.extend(lease, (OTHER_KEY,), "x"),
    ):
        with pytest.raises(LeaseLostError):
            send()
    assert not one.is_claimed(SECRET, 7)


def test_a_key_is_counted_once_in_one_attempt(ledger: Ledger) -> None:
    lease, _admission = extend(ledger, BY_NAME)
    assert lease is not None
    again = ledger.extend(lease, (KEY,), PLACES[BY_NAME]).lease
    assert again == lease
    ledger.mark_sent(lease)
    ledger.finish(lease, End.REFUSED)
    assert ledger.refusals(KEY) == 1


def test_what_is_asked_without_a_key_counts_under_the_account_alone(ledger: Ledger) -> None:
    lease = ledger.admit(BY_OKTA).lease
    assert lease is not None
    ledger.mark_sent(lease)
    ledger.finish(lease, End.REFUSED)
    assert (ledger.refusals(BY_OKTA), ledger.refusals(KEY)) == (1, 0)
