"""The local Okta's rules, and the identity function against it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.secret import Secret
from ferrygate.identity.config import Config
from ferrygate.identity.http_client import Reply
from ferrygate.identity.okta import Okta
from ferrygate.identity.okta_mfa import IdentityFunction
from ferrygate.sandbox.accounts import Account
from ferrygate.sandbox.okta_replies import Factor, OktaReply
from ferrygate.sandbox.organization import Organization
from support.fake_clock import ManualClock

ADDRESS = "http://127.0.0.1:1"
CONFIG = Config.from_environment(
    {
        "OKTA_ADDRESS": ADDRESS,
        "ROLE_ARN": "arn:aws:iam::000000000000:role/sandbox",
        "BUCKET": "sandbox",
        "ALLOW": "everyone",
    }
)
SECRET = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))
OTHER = CodeSecret(key=Secret("KRSXG5CTMVRXEZLU"))


class Desk:
    """An organisation with two code factors and a push factor, and ways to ask it."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        factors = (
            Factor(id="okta", provider="OKTA", secret=OTHER),
            Factor(id="push", kind="push", provider="OKTA"),
            Factor(id="google", secret=SECRET),
        )
        account = Account(username="vendor7", password=Secret("correct horse"), factors=factors)
        self.okta = Organization(account, self.clock, lambda: SECRET)

    def code(self, steps: int = 0) -> str:
        return SECRET.code_for_step(SECRET.step_at(self.clock.now()) + steps)

    def authn(self, password: str = "correct horse", username: str = "vendor7") -> OktaReply:
        document = {"username": username, "password": password}
        return self.okta.answer(ADDRESS, "/api/v1/authn", document)

    def verify(self, token: str, code: str, factor: str = "google") -> OktaReply:
        path = f"/api/v1/authn/factors/{factor}/verify"
        return self.okta.answer(ADDRESS, path, {"stateToken": token, "passCode": code})

    def sign_in(self, code: str) -> OktaReply:
        return self.verify(self.authn().document["stateToken"], code)

    def decide(self, typed: str) -> str:
        def opener(url: str, body: bytes, seconds: float) -> Reply:  # noqa: ARG001  the protocol's
            path = url.removeprefix(ADDRESS)
            reply = self.okta.answer(ADDRESS, path, json.loads(body))
            return Reply(reply.status, json.dumps(reply.document).encode())

        event = {"username": "vendor7", "password": typed, "protocol": "SFTP"}
        return IdentityFunction(CONFIG, Okta(ADDRESS, opener)).decide(event).reason


@pytest.fixture
def desk() -> Desk:
    return Desk()


def error(reply: OktaReply) -> tuple[int, Any]:
    return reply.status, reply.document.get("errorCode")


def test_password_then_code(desk: Desk) -> None:
    first = desk.authn()
    assert (first.status, first.document["status"]) == (200, "MFA_REQUIRED")
    factors = first.document["_embedded"]["factors"]
    assert [factor["id"] for factor in factors] == ["okta", "push", "google"]
    assert factors[2]["factorType"] == "token:software:totp"
    assert factors[2]["_links"]["verify"]["href"].startswith(ADDRESS)
    second = desk.verify(first.document["stateToken"], desk.code())
    assert (second.status, second.document["status"]) == (200, "SUCCESS")
    assert desk.decide("correct horse" + desk.code(1)) == "granted"


def test_user_names_have_no_case(desk: Desk) -> None:
    assert desk.authn(username="Vendor7").status == 200


def test_a_wrong_password_or_user(desk: Desk) -> None:
    assert error(desk.authn("wrong")) == (401, "E0000004")
    assert error(desk.authn(username="nobody")) == (401, "E0000004")
    assert desk.decide("wrong" + desk.code()) == "wrong-password-or-locked-or-policy"


def test_a_code_works_once(desk: Desk) -> None:
    assert desk.sign_in(desk.code()).status == 200
    assert error(desk.sign_in(desk.code())) == (403, "E0000082")
    assert desk.decide("correct horse" + desk.code()) == "code-replayed"


@pytest.mark.parametrize("steps", [-4, -1, 1, 4])
def test_two_minutes_either_way_are_taken(desk: Desk, steps: int) -> None:
    assert desk.sign_in(desk.code(steps)).status == 200


@pytest.mark.parametrize("steps", [-5, 5])
def test_more_is_not(desk: Desk, steps: int) -> None:
    reply = desk.sign_in(desk.code(steps))
    assert error(reply) == (403, "E0000068")
    cause = "Your passcode doesn't match our records. Please try again."
    assert reply.document["errorCauses"] == [{"errorSummary": cause}]
    assert desk.decide("correct horse" + desk.code(steps)) == "wrong-code"


def test_five_wrong_codes_lock_whatever_the_factor(desk: Desk) -> None:
    token = desk.authn().document["stateToken"]
    for factor in ("google", "okta", "push", "google", "okta"):
        assert error(desk.verify(token, "000000", factor)) == (403, "E0000068")
    assert desk.okta.account.locked
    assert error(desk.verify(token, desk.code())) == (403, "E0000069")
    assert error(desk.authn()) == (401, "E0000004")
    assert desk.decide("correct horse" + desk.code()) == "wrong-password-or-locked-or-policy"


def test_a_replayed_code_counts_as_wrong(desk: Desk) -> None:
    desk.sign_in(desk.code())
    for _ in range(5):
        desk.sign_in(desk.code())
    assert desk.okta.account.locked


def test_a_right_code_takes_the_count_back(desk: Desk) -> None:
    for _ in range(4):
        desk.sign_in("000000")
    assert desk.sign_in(desk.code()).status == 200
    assert desk.okta.account.wrong_codes == 0


def test_a_lock_can_be_shown(desk: Desk) -> None:
    desk.okta.account.locked = True
    desk.okta.switches.show_lock_outs = True
    reply = desk.authn()
    assert (reply.status, reply.document["status"]) == (200, "LOCKED_OUT")
    assert "stateToken" not in reply.document
    assert desk.decide("correct horse" + desk.code()) == "locked-out"


def test_a_state_token_lives_five_minutes_from_its_last_use(desk: Desk) -> None:
    token = desk.authn().document["stateToken"]
    desk.clock.time += 299
    assert error(desk.verify(token, "000000")) == (403, "E0000068")
    desk.clock.time += 299
    assert error(desk.verify(token, "000000")) == (403, "E0000068")
    desk.clock.time += 300
    assert error(desk.verify(token, desk.code())) == (401, "E0000011")


def test_a_state_token_ends_with_success(desk: Desk) -> None:
    token = desk.authn().document["stateToken"]
    assert desk.verify(token, desk.code()).status == 200
    assert error(desk.verify(token, desk.code(1))) == (401, "E0000011")


def test_the_policy_may_not_demand_a_code(desk: Desk) -> None:
    desk.okta.switches.demand_code = False
    assert desk.authn().document["status"] == "SUCCESS"
    assert desk.decide("correct horse" + desk.code()) == "code-not-demanded"


def test_an_expired_password_shows_after_the_code(desk: Desk) -> None:
    desk.okta.switches.password_expired = True
    assert desk.authn().document["status"] == "MFA_REQUIRED"
    assert desk.decide("correct horse" + desk.code()) == "password-expired"


def test_too_many_requests(desk: Desk) -> None:
    desk.okta.switches.rate_limited = True
    reply = desk.authn()
    assert error(reply) == (429, "E0000047")
    assert reply.headers["X-Rate-Limit-Reset"] == str(int(desk.clock.now()) + 1)
    assert desk.decide("correct horse" + desk.code()) == "rate-limit"


def test_the_documented_key_of_the_factor_list(desk: Desk) -> None:
    desk.okta.switches.list_key = "factor"
    assert "factors" not in desk.authn().document["_embedded"]
    assert desk.decide("correct horse" + desk.code()) == "granted"


def test_unknown_places(desk: Desk) -> None:
    assert error(desk.okta.answer(ADDRESS, "/api/v1/users", {})) == (404, "E0000007")
    token = desk.authn().document["stateToken"]
    assert error(desk.verify(token, desk.code(), "missing")) == (404, "E0000007")
    assert error(desk.verify("missing", desk.code())) == (401, "E0000011")


def test_odd_documents_are_refused(desk: Desk) -> None:
    assert error(desk.okta.answer(ADDRESS, "/api/v1/authn", {})) == (401, "E0000004")
    assert error(desk.sign_in("１２３４５６")) == (403, "E0000068")  # noqa: RUF001  digits, but not ASCII


def test_the_step_of_a_code(desk: Desk) -> None:
    assert desk.okta.step_of(desk.code(-1)) == SECRET.step_at(desk.clock.now()) - 1
    assert desk.okta.step_of(desk.code(9)) is None
