"""The identity function besides its contract, which is in tests/aws/contract."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from ferrygate.identity import handler as handler_module
from ferrygate.identity.config import Config
from ferrygate.identity.event import read_request
from ferrygate.identity.http_client import Reply
from ferrygate.identity.okta import Okta, SignedIn
from ferrygate.identity.okta_mfa import IdentityFunction
from ferrygate.identity.reason import ERRORS, STATUSES, DeniedError

EVENT = {
    "username": "dade",
    "password": "correct horse123456",
    "protocol": "SFTP",
    "serverId": "s-0123456789abcdef0",
    "sourceIp": "127.0.0.1",
}
CONFIG = Config.from_environment(
    {
        "OKTA_ADDRESS": "https://example.okta.com",
        "ROLE_ARN": "arn:aws:iam::123456789012:role/home",
        "BUCKET": "exports",
        "SIGN_ON_DOMAIN": "example.com",
    }
)


class Directory:
    """An identity provider that knows one person, by other means than Okta."""

    def sign_in(self, username: str, password: str, code: str) -> SignedIn:
        if (password, code) != ("correct horse", "123456"):
            raise DeniedError("wrong-code")
        return SignedIn(username, {})


def test_the_function_asks_any_identity_provider() -> None:
    function = IdentityFunction(CONFIG, Directory())
    assert function.decide(EVENT).reason == "granted"
    assert function.decide({**EVENT, "password": "horse123456"}).reason == "wrong-code"


def test_reasons_are_distinct() -> None:
    reasons = [*STATUSES.values(), *ERRORS.values()]
    assert len(set(reasons)) == len(reasons)


def test_a_request_does_not_show_the_password() -> None:
    assert "horse" not in repr(read_request(EVENT))


def test_an_answer_that_nests_too_deep_is_malformed() -> None:
    okta = Okta(
        "https://example.okta.com", lambda _url, _body, _seconds: Reply(200, b"[" * 100_000)
    )
    decision = IdentityFunction(CONFIG, okta).decide(EVENT)
    assert (decision.reason, decision.answer) == ("okta-malformed-answer", {})


def test_the_handler_reads_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OKTA_ADDRESS", "https://example.okta.com")
    monkeypatch.setenv("ROLE_ARN", "arn:aws:iam::123456789012:role/home")
    monkeypatch.setenv("BUCKET", "exports")
    monkeypatch.setenv("ALLOW", "everyone")
    context = SimpleNamespace(aws_request_id="8f5a1c0e-6f1b-4e0c-9d55-0c6f1d2b7a10")
    assert handler_module.handler({**EVENT, "password": ""}, context) == {}
    line = json.loads(capsys.readouterr().out)
    assert line["reason"] == "no-password"
    assert line["aws_request_id"] == context.aws_request_id
