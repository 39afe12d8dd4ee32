"""One account under several names: refusals, successes and attempts count for all of them."""

from __future__ import annotations

import msgspec
import pytest

from ferrygate.common.errors import (
    LockOutBreakerError,
    SignInRefusedError,
)
from support.attempt_rig import (
    KEY,
    REFUSED,
    SITE,
    AttemptRig,
    FakeConnection,
)

OTHER_NAME = msgspec.structs.replace(SITE, host="10.0.0.1")


def test_refusals_are_counted_whatever_the_server_is_called(case: AttemptRig) -> None:
    sites = [SITE, OTHER_NAME, msgspec.structs.replace(SITE, username="Vendor7", port=2222)]
    for count, site in enumerate(sites[:2], start=1):
        case.server = FakeConnection(password=REFUSED)
        with pytest.raises(SignInRefusedError) as refused:
            case.sign_in(site)
        assert f"refusals in a row: {count}" in refused.value.problem.detail
    case.server = FakeConnection()
    for site in sites:
        with pytest.raises(LockOutBreakerError) as stopped:
            case.sign_in(site)
        assert "last 2 sign-ins were refused" in str(stopped.value.problem.sentence)
        assert "together with those at " in str(stopped.value.problem.sentence)
        assert case.server.sent == []
        assert not case.server.asked


def test_a_success_under_one_name_clears_the_others(case: AttemptRig) -> None:
    case.server = FakeConnection(password=REFUSED)
    with pytest.raises(SignInRefusedError):
        case.sign_in()
    case.server = FakeConnection()
    case.sign_in(OTHER_NAME)
    assert case.refusals == 0


def test_an_attempt_under_another_name_is_waited_for_without_a_connection(case: AttemptRig) -> None:
    lease = case.ledger.admit(OTHER_NAME.account).lease
    assert lease is not None
    held = case.ledger.extend(lease, OTHER_NAME.accounts_at(KEY.fingerprint), "10.0.0.1").lease
    assert held is not None
    case.clock.time += 170
    closed = []
    case.on_connect = lambda: closed.append(case.server.closed)
    case.sign_in()
    assert closed == [False, True]  # the first was given up before the wait
    assert case.clock.now() >= 3183
