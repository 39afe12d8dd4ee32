"""Every way the identity function grants and denies, over a scripted Okta."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

import pytest

from ferrygate.identity import okta_mfa
from ferrygate.identity.config import Config
from ferrygate.identity.http_client import Reply
from ferrygate.identity.okta_mfa import IdentityFunction
from ferrygate.identity.reason import ERRORS, STATUSES, DeniedError, Reason

EVENT = {
    "username": "vendor7",
    "password": "correct horse123456",
    "protocol": "SFTP",
    "serverId": "s-0123456789abcdef0",
    "sourceIp": "127.0.0.1",
}
CONFIG = Config(
    okta_address="https://example.okta.com",
    role_arn="arn:aws:iam::123456789012:role/home",
    bucket="exports",
)
SUCCESS = {"status": "SUCCESS", "sessionToken": "session-token"}


def factor(provider: str, factor_id: str, kind: str = "token:software:totp") -> dict[str, str]:
    return {"id": factor_id, "factorType": kind, "provider": provider}


def demand(*factors: Mapping[str, str], key: str = "factors") -> dict[str, Any]:
    return {"status": "MFA_REQUIRED", "stateToken": "state-token", "_embedded": {key: factors}}


class ScriptedOkta:
    """Answers requests in order from a list, and remembers what it was asked."""

    def __init__(self, *answers: tuple[int, object] | DeniedError) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.patience: list[float] = []

    def __call__(self, url: str, body: bytes, seconds: float) -> Reply:
        self.patience.append(seconds)
        self.asked.append((url, json.loads(body)))
        answer = self._answers.pop(0)
        if isinstance(answer, DeniedError):
            raise answer
        status, document = answer
        raw = document if isinstance(document, bytes) else json.dumps(document).encode()
        return Reply(status, raw)


def test_the_right_password_and_code_get_role_and_home() -> None:
    okta = ScriptedOkta((200, demand(factor("GOOGLE", "f1"))), (200, SUCCESS))
    answer = IdentityFunction(CONFIG, okta).answer(EVENT)
    assert answer == {
        "Role": "arn:aws:iam::123456789012:role/home",
        "HomeDirectoryType": "LOGICAL",
        "HomeDirectoryDetails": '[{"Entry": "/", "Target": "/exports/vendor7"}]',
    }
    (authn_url, authn), (verify_url, verify) = okta.asked
    assert authn_url == "https://example.okta.com/api/v1/authn"
    assert (authn["username"], authn["password"]) == ("vendor7", "correct horse")
    assert authn["options"]["warnBeforePasswordExpired"] is False
    assert verify_url == "https://example.okta.com/api/v1/authn/factors/f1/verify"
    assert verify == {"stateToken": "state-token", "passCode": "123456"}


@pytest.mark.parametrize(
    ("taken", "reason", "patience"),
    [(5.0, Reason.GRANTED, [12.0, 7.0]), (12.0, Reason.OKTA_TIMED_OUT, [12.0])],
)
def test_both_requests_share_one_span_of_time(
    taken: float, reason: Reason, patience: list[float]
) -> None:
    okta = ScriptedOkta((200, demand(factor("GOOGLE", "f1"))), (200, SUCCESS))
    times = iter((100.0, 100.0, 100.0 + taken))
    assert IdentityFunction(CONFIG, okta, lambda: next(times)).decide(EVENT).reason is reason
    assert okta.patience == patience


def test_the_home_folder_has_one_spelling() -> None:
    okta = ScriptedOkta((200, demand(factor("GOOGLE", "f1"))), (200, SUCCESS))
    answer = IdentityFunction(CONFIG, okta).answer(EVENT | {"username": "Vendor7"})
    assert json.loads(answer["HomeDirectoryDetails"])[0]["Target"] == "/exports/vendor7"


@pytest.mark.parametrize("key", ["factors", "factor"])
def test_one_factor_is_asked_and_google_comes_first(key: str) -> None:
    factors = (
        factor("RSA", "f0", "token"),
        factor("OKTA", "f1"),
        factor("GOOGLE", "f2", "push"),
        factor("GOOGLE", "f3"),
        factor("GOOGLE", "f4"),
    )
    okta = ScriptedOkta((200, demand(*factors, key=key)), (403, {"errorCode": "E0000068"}))
    assert IdentityFunction(CONFIG, okta).decide(EVENT).reason is Reason.WRONG_CODE
    assert [url.rsplit("/", 2)[1] for url, _ in okta.asked[1:]] == ["f3"]


def test_without_a_google_factor_okta_verify_is_asked() -> None:
    okta = ScriptedOkta((200, demand(factor("OKTA", "a/b"))), (200, SUCCESS))
    assert IdentityFunction(CONFIG, okta).decide(EVENT).reason is Reason.GRANTED
    assert okta.asked[1][0].endswith("/factors/a%2Fb/verify")


@pytest.mark.parametrize(
    "answer",
    [
        demand(),
        demand(factor("RSA", "f0", "token")),
        demand(factor("SYMANTEC", "f0")),
        {"status": "MFA_REQUIRED"},
        {"status": "MFA_REQUIRED", "_embedded": {"factors": ["odd", {"provider": 3}]}},
        {"status": "MFA_REQUIRED", "_embedded": {"factors": [factor("GOOGLE", "")]}},
    ],
)
def test_without_a_code_factor_nothing_more_is_asked(answer: object) -> None:
    okta = ScriptedOkta((200, answer))
    assert IdentityFunction(CONFIG, okta).decide(EVENT).reason is Reason.NO_CODE_FACTOR


def test_success_without_a_code_is_denied() -> None:
    decision = IdentityFunction(CONFIG, ScriptedOkta((200, SUCCESS))).decide(EVENT)
    assert (decision.reason, decision.answer) == (Reason.CODE_NOT_DEMANDED, {})


@pytest.mark.parametrize(("status", "reason"), STATUSES.items())
def test_every_status_has_its_reason_in_both_steps(status: str, reason: Reason) -> None:
    first = IdentityFunction(CONFIG, ScriptedOkta((200, {"status": status})))
    assert first.decide(EVENT).reason is reason
    second = ScriptedOkta((200, demand(factor("GOOGLE", "f1"))), (200, {"status": status}))
    assert IdentityFunction(CONFIG, second).decide(EVENT).reason is reason


@pytest.mark.parametrize(("code", "reason"), ERRORS.items())
def test_every_error_has_its_reason_and_is_never_retried(code: str, reason: Reason) -> None:
    first = ScriptedOkta((401, {"errorCode": code}))
    assert IdentityFunction(CONFIG, first).decide(EVENT).reason is reason
    second = ScriptedOkta((200, demand(factor("GOOGLE", "f1"))), (403, {"errorCode": code}))
    decision = IdentityFunction(CONFIG, second).decide(EVENT)
    assert (decision.reason, decision.detail, decision.answer) == (reason, f"HTTP 403 {code}", {})
    assert len(second.asked) == 2


def test_reasons_are_distinct() -> None:
    reasons = [*STATUSES.values(), *ERRORS.values()]
    assert len(set(reasons)) == len(reasons)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((200, b"<html>"), Reason.OKTA_MALFORMED_ANSWER),
        ((200, b"[" * 100_000), Reason.OKTA_MALFORMED_ANSWER),
        ((200, []), Reason.OKTA_MALFORMED_ANSWER),
        ((502, b"bad gateway"), Reason.OKTA_MALFORMED_ANSWER),
        ((500, {"errorCode": "E0000009"}), Reason.OKTA_UNKNOWN_ERROR),
        ((500, {"errorCode": {"a": 1}}), Reason.OKTA_UNKNOWN_ERROR),
        ((200, {"status": "NEW_STATE"}), Reason.OKTA_UNKNOWN_STATUS),
        ((200, {"status": ["SUCCESS"]}), Reason.OKTA_UNKNOWN_STATUS),
        ((200, {}), Reason.OKTA_UNKNOWN_STATUS),
        (DeniedError(Reason.OKTA_UNREACHABLE), Reason.OKTA_UNREACHABLE),
        (DeniedError(Reason.OKTA_TIMED_OUT), Reason.OKTA_TIMED_OUT),
    ],
)
def test_odd_answers_are_denied(answer: tuple[int, object] | DeniedError, reason: Reason) -> None:
    decision = IdentityFunction(CONFIG, ScriptedOkta(answer)).decide(EVENT)
    assert (decision.reason, decision.answer) == (reason, {})


def test_a_code_demanded_twice_is_denied() -> None:
    again = demand(factor("GOOGLE", "f1"))
    okta = ScriptedOkta((200, again), (200, again))
    assert IdentityFunction(CONFIG, okta).decide(EVENT).reason is Reason.CODE_DEMANDED_AGAIN


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"username": "../other"}, Reason.USER_NAME),
        ({"username": "a/b/c"}, Reason.USER_NAME),
        ({"username": "ven..dor"}, Reason.USER_NAME),
        ({"username": "..."}, Reason.USER_NAME),
        ({"username": "ab"}, Reason.USER_NAME),
        ({"username": "v" * 101}, Reason.USER_NAME),
        ({"username": "vendor7\n"}, Reason.USER_NAME),
        ({"username": "vendör"}, Reason.USER_NAME),
        ({"username": ""}, Reason.USER_NAME),
        ({"username": None}, Reason.MALFORMED_EVENT),
        ({"password": 123456}, Reason.MALFORMED_EVENT),
        ({"password": ""}, Reason.NO_PASSWORD),
        ({"password": "correct horse"}, Reason.NO_CODE),
        ({"password": "12345"}, Reason.NO_CODE),
        ({"password": "horse12345\u0666"}, Reason.NO_CODE),
        ({"password": "123456"}, Reason.ONLY_A_CODE),
    ],
)
def test_okta_is_not_asked_about_these(change: dict[str, object], reason: Reason) -> None:
    okta = ScriptedOkta()
    decision = IdentityFunction(CONFIG, okta).decide({**EVENT, **change})
    assert (decision.reason, decision.answer) == (reason, {})


def test_a_key_sign_in_without_a_password_is_denied() -> None:
    event = {key: value for key, value in EVENT.items() if key != "password"}
    assert IdentityFunction(CONFIG, ScriptedOkta()).decide(event).reason is Reason.NO_PASSWORD


def test_an_event_that_is_no_mapping_is_denied() -> None:
    assert IdentityFunction(CONFIG, ScriptedOkta()).answer(["vendor7"]) == {}


class TestWithoutCode:
    config = Config(
        okta_address="https://example.okta.com", role_arn="role", bucket="b", require_code=False
    )

    def test_the_password_goes_whole_and_success_is_enough(self) -> None:
        okta = ScriptedOkta((200, SUCCESS))
        assert IdentityFunction(self.config, okta).answer(EVENT)["Role"] == "role"
        assert okta.asked[0][1]["password"] == EVENT["password"]

    def test_a_code_that_okta_demands_all_the_same_is_denied(self) -> None:
        okta = ScriptedOkta((200, demand(factor("GOOGLE", "f1"))))
        assert IdentityFunction(self.config, okta).decide(EVENT).reason is Reason.CODE_DEMANDED

    def test_other_statuses_are_denied(self) -> None:
        okta = ScriptedOkta((200, {"status": "LOCKED_OUT"}))
        assert IdentityFunction(self.config, okta).decide(EVENT).reason is Reason.LOCKED_OUT


def test_the_log_has_the_reason_and_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    okta = ScriptedOkta((200, demand(factor("GOOGLE", "f1"))), (200, SUCCESS))
    refusing = ScriptedOkta((401, {"errorCode": "E0000004", "errorSummary": "correct horse"}))
    with caplog.at_level(logging.INFO):
        IdentityFunction(CONFIG, okta).answer(EVENT)
        IdentityFunction(CONFIG, refusing).answer(EVENT)
    granted, denied = (json.loads(record.getMessage()) for record in caplog.records)
    assert granted["reason"] == "granted"
    assert denied == {
        "reason": "wrong-password-or-locked-or-policy",
        "detail": "HTTP 401 E0000004",
        "username": "vendor7",
        "serverId": "s-0123456789abcdef0",
        "sourceIp": "127.0.0.1",
    }
    for secret in ("correct horse", "123456", "state-token", "session-token"):
        assert secret not in caplog.text.replace("0123456789abcdef0", "")


def test_a_user_name_cannot_forge_a_log_line(caplog: pytest.LogCaptureFixture) -> None:
    IdentityFunction(CONFIG, ScriptedOkta()).answer(
        EVENT | {"username": 'x"\n{"reason": "granted"}'}
    )
    assert "granted" not in caplog.text


def test_a_broken_configuration_denies(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OKTA_ADDRESS", raising=False)
    assert okta_mfa.handler(EVENT, None) == {}
    assert "OKTA_ADDRESS" in caplog.text


def test_the_handler_reads_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKTA_ADDRESS", "https://example.okta.com")
    monkeypatch.setenv("ROLE_ARN", "role")
    monkeypatch.setenv("BUCKET", "exports")
    assert okta_mfa.handler(EVENT | {"password": ""}, None) == {}
