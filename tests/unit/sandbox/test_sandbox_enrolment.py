"""The local Okta asks an account without a factor to enrol one."""

from __future__ import annotations

from typing import Any

import pytest

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.secret import Secret
from ferrygate.sandbox.accounts import Account
from ferrygate.sandbox.okta_replies import OktaReply
from ferrygate.sandbox.organization import Organization
from support.fake_clock import ManualClock

ADDRESS = "http://127.0.0.1:1"
SECRET = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"), digits=8, period=60)


class Desk:
    """An organisation whose account has no factor, and ways to ask it."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        account = Account(username="vendor7", password=Secret("correct horse"), factors=())
        self.okta = Organization(account, self.clock, lambda: SECRET)

    def code(self, steps: int = 0) -> str:
        return SECRET.code_for_step(SECRET.step_at(self.clock.now()) + steps)

    def post(self, path: str, **document: str) -> OktaReply:
        return self.okta.answer(ADDRESS, f"/api/v1/authn{path}", document)

    def authn(self) -> OktaReply:
        return self.post("", username="vendor7", password="correct horse")

    def enrol(self, token: str, provider: str = "GOOGLE") -> OktaReply:
        kind = "token:software:totp"
        return self.post("/factors", stateToken=token, factorType=kind, provider=provider)

    def activate(self, begun: OktaReply, code: str) -> OktaReply:
        href = begun.document["_links"]["next"]["href"]
        path = href.removeprefix(f"{ADDRESS}/api/v1/authn")
        return self.post(path, stateToken=begun.document["stateToken"], passCode=code)

    def begin(self) -> OktaReply:
        return self.enrol(self.authn().document["stateToken"])


@pytest.fixture
def desk() -> Desk:
    return Desk()


def error(reply: OktaReply) -> tuple[int, Any]:
    return reply.status, reply.document.get("errorCode")


def test_an_account_without_a_factor_is_asked_to_enrol(desk: Desk) -> None:
    reply = desk.authn()
    assert (reply.status, reply.document["status"]) == (200, "MFA_ENROLL")
    google, push = reply.document["_embedded"]["factors"]
    assert (google["factorType"], google["provider"]) == ("token:software:totp", "GOOGLE")
    assert google["_links"]["enroll"]["href"] == f"{ADDRESS}/api/v1/authn/factors"
    assert push["factorType"] == "push"


def test_the_secret_is_handed_out_once_asked(desk: Desk) -> None:
    reply = desk.begin()
    assert (reply.status, reply.document["status"]) == (200, "MFA_ENROLL_ACTIVATE")
    activation = reply.document["_embedded"]["factor"]["_embedded"]["activation"]
    picture = activation.pop("_links")["qrcode"]
    assert activation == {
        "timeStep": 60,
        "sharedSecret": SECRET.key.reveal(),
        "encoding": "base32",
        "keyLength": 8,
    }
    assert picture["type"] == "image/png"
    assert reply.document["_links"]["next"]["name"] == "activate"
    assert desk.okta.account.factors == ()


def test_the_right_code_activates_and_is_used_up(desk: Desk) -> None:
    reply = desk.activate(desk.begin(), desk.code())
    assert (reply.status, reply.document["status"]) == (200, "SUCCESS")
    (factor,) = desk.okta.account.factors
    again = desk.authn()
    assert again.document["status"] == "MFA_REQUIRED"
    verify = f"/factors/{factor.id}/verify"
    token = again.document["stateToken"]
    replayed = desk.post(verify, stateToken=token, passCode=desk.code())
    assert error(replayed) == (403, "E0000082")
    assert desk.post(verify, stateToken=token, passCode=desk.code(1)).status == 200


def test_a_wrong_code_activates_nothing_and_counts(desk: Desk) -> None:
    begun = desk.begin()
    assert error(desk.activate(begun, "00000000")) == (403, "E0000068")
    assert desk.okta.account.factors == ()
    assert desk.okta.account.wrong_codes == 1
    assert desk.activate(begun, desk.code()).status == 200


def test_too_many_wrong_codes_lock(desk: Desk) -> None:
    begun = desk.begin()
    for _ in range(5):
        desk.activate(begun, "00000000")
    assert error(desk.activate(begun, desk.code())) == (403, "E0000069")


def test_only_google_authenticator_can_be_enrolled(desk: Desk) -> None:
    token = desk.authn().document["stateToken"]
    assert error(desk.enrol(token, "OKTA")) == (403, "E0000079")
    desk.okta.switches.offer_google = False
    reply = desk.authn()
    assert [each["factorType"] for each in reply.document["_embedded"]["factors"]] == ["push"]
    assert error(desk.enrol(reply.document["stateToken"])) == (403, "E0000079")


def test_each_step_needs_the_one_before(desk: Desk) -> None:
    begun = desk.begin()
    token = begun.document["stateToken"]
    assert error(desk.enrol(token)) == (403, "E0000079")
    assert error(desk.enrol("missing")) == (401, "E0000011")
    activate = "/factors/missing/lifecycle/activate"
    assert error(desk.post(activate, stateToken=token)) == (404, "E0000007")
    assert error(desk.post(activate, stateToken="missing")) == (401, "E0000011")
    desk.activate(begun, desk.code())
    assert error(desk.activate(begun, desk.code(1))) == (401, "E0000011")


def test_an_enrolled_account_cannot_enrol_again(desk: Desk) -> None:
    desk.activate(desk.begin(), desk.code())
    assert error(desk.begin()) == (403, "E0000079")
