"""The local Okta's transactions: their state, their end, and a warning that is skipped."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.secret import Secret
from ferrygate.sandbox.accounts import Account, AccountState, accounts_in_every_state
from ferrygate.sandbox.okta_replies import Factor, OktaReply
from ferrygate.sandbox.okta_server import OktaServer
from ferrygate.sandbox.organization import Organization
from support.fake_clock import ManualClock

ADDRESS = "http://127.0.0.1:1"
SECRET = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))
PASSWORD = Secret("correct horse")


class Desk:
    """An organisation with an account in every state, and ways to ask it."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        factors = (Factor(id="google", secret=SECRET),)
        others = accounts_in_every_state(PASSWORD, factors)
        account = Account(username="vendor7", password=PASSWORD, factors=factors)
        self.okta = Organization(account, self.clock, lambda: SECRET, others)

    def ask(self, path: str = "", **document: Any) -> OktaReply:
        return self.okta.answer(ADDRESS, f"/api/v1/authn{path}", document)

    def token(self, state: AccountState) -> str:
        reply = self.ask(username=state.value, password=PASSWORD.reveal())
        return str(reply.document["stateToken"])


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (AccountState.ACTIVE, "MFA_REQUIRED"),
        (AccountState.NOT_ENROLLED, "MFA_ENROLL"),
        (AccountState.WARNED, "PASSWORD_WARN"),
        (AccountState.RESET, "PASSWORD_RESET"),
    ],
)
def test_a_transaction_tells_its_state_again(desk: Desk, state: AccountState, status: str) -> None:
    token = desk.token(state)
    again = desk.ask(stateToken=token).document
    assert (again["status"], again["stateToken"]) == (status, token)
    assert again["_embedded"]["user"]["profile"]["login"] == f"{state}@sandbox.example"
    desk.clock.time += 301
    assert desk.ask(stateToken=token).document["errorCode"] == "E0000011"


def test_a_transaction_that_is_cancelled_has_ended(desk: Desk) -> None:
    token = desk.token(AccountState.ACTIVE)
    assert desk.ask("/cancel", stateToken=token).status == 200
    assert desk.ask("/cancel", stateToken=token).document["errorCode"] == "E0000011"
    assert desk.ask(stateToken=token).document["errorCode"] == "E0000011"


def test_a_warning_can_be_skipped_and_the_code_is_asked_for(desk: Desk) -> None:
    token = desk.token(AccountState.WARNED)
    assert "/skip" in desk.ask(stateToken=token).document["_links"]["skip"]["href"]
    assert desk.ask("/skip", stateToken=token).document["status"] == "MFA_REQUIRED"
    code = SECRET.code_for_step(SECRET.step_at(desk.clock.now()))
    reply = desk.ask("/factors/google/verify", stateToken=token, passCode=code)
    assert reply.document["status"] == "SUCCESS"


def test_nothing_else_can_be_skipped(desk: Desk) -> None:
    token = desk.token(AccountState.ACTIVE)
    assert desk.ask("/skip", stateToken=token).document["errorCode"] == "E0000079"
    assert desk.ask("/skip", stateToken="x").document["errorCode"] == "E0000011"


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    server = OktaServer(desk.okta, desk.clock)
    server.start()
    yield server.address
    server.stop()


def test_each_answer_has_an_id_of_its_own(address: str) -> None:
    ids = []
    for _ in range(2):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"{address}/api/v1/authn", b"{", timeout=5)  # noqa: S310  the loopback
        ids.append(caught.value.headers["X-Okta-Request-Id"])
        caught.value.close()
    assert all(ids)
    assert ids[0] != ids[1]
