"""The identity function is called as AWS Lambda does, and its answer is looked at."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ferrygate.sandbox.local_lambda import LocalLambda, environment_of
from support.fake_clock import ManualClock

ENVIRONMENT = environment_of("http://127.0.0.1:1", 6)
ANSWER = {
    "Role": "arn:aws:iam::111122223333:role/sftp",
    "HomeDirectoryType": "LOGICAL",
    "HomeDirectoryDetails": json.dumps([{"Entry": "/", "Target": "/bucket/dade/"}]),
}


def test_an_answer_that_aws_cannot_use_is_refused_and_it_is_said_why() -> None:
    events = []

    def function(
        event: object,
        environment: Mapping[str, str],
        request_id: str,
        *,
        write: Callable[[str], object],
        **_rest: Any,
    ) -> dict[str, str]:
        events.append(event)
        assert environment is ENVIRONMENT
        assert len(request_id) == 32
        write(json.dumps({"granted": True, "reason": "granted"}) + "\n")
        return ANSWER

    verdict = LocalLambda(ENVIRONMENT, ManualClock(), function).ask("dade", "x", "192.0.2.1")
    assert (verdict.reason, verdict.detail) == ("answer-refused", "Target ends in a slash")
    assert (verdict.granted, verdict.answer) == (None, ANSWER)
    assert events == [
        {
            "username": "dade",
            "password": "x",
            "protocol": "SFTP",
            "serverId": "s-00000000000000000",
            "sourceIp": "192.0.2.1",
        }
    ]


def test_the_function_itself_denies_with_its_reason() -> None:
    verdict = LocalLambda(ENVIRONMENT, ManualClock()).ask("dade", "no code", "192.0.2.1")
    assert (verdict.reason, verdict.granted, verdict.answer) == ("no-code", None, {})


def test_keys_in_the_answer_to_an_empty_password_let_nobody_in() -> None:
    key = "ssh-ed25519 " + "A" * 68
    keys = {"METHODS": "PUBLIC_KEY_AND_PASSWORD", "KEYS": json.dumps({"dade": [key]})}
    function = LocalLambda(ENVIRONMENT | keys, ManualClock())
    asked_for_keys = function.ask("dade", None, "192.0.2.1")
    assert asked_for_keys.granted is not None
    assert asked_for_keys.granted.public_keys == (key,)
    answered = function.ask("dade", "", "192.0.2.1")
    assert (answered.reason, answered.granted) == ("answer-refused", None)
    assert answered.detail == "PublicKeys in the answer to a password"
