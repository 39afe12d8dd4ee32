"""No event and no answer of Okta makes the function raise, or grant without a verified code."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from ferrygate.identity.config import Config
from ferrygate.identity.http_client import Reply
from ferrygate.identity.okta_mfa import IdentityFunction

CONFIG = Config(okta_address="https://example.okta.com", role_arn="role", bucket="exports")

scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
statuses = st.sampled_from(["SUCCESS", "MFA_REQUIRED", "MFA_CHALLENGE", "LOCKED_OUT", "ODD"])
factors = st.fixed_dictionaries(
    {"factorType": st.just("token:software:totp"), "provider": st.sampled_from(["GOOGLE", "OKTA"])},
    optional={"id": st.just("f1") | documents},
)
answers = st.fixed_dictionaries(
    {"status": statuses | documents},
    optional={
        "stateToken": documents,
        "errorCode": documents,
        "_embedded": st.fixed_dictionaries({"factors": st.lists(factors | documents, max_size=3)}),
    },
)
replies = st.builds(
    Reply,
    status=st.sampled_from([200, 200, 200, 401, 403, 429, 500]),
    body=(answers | documents).map(lambda value: json.dumps(value).encode()) | st.binary(),
)
passwords = st.from_regex(r"[a-z]{1,8}[0-9]{6}", fullmatch=True) | st.text() | documents
events = (
    st.fixed_dictionaries({"username": st.just("vendor7") | documents, "password": passwords})
    | documents
)


@given(event=events, first=replies, second=replies)
def test_only_a_verified_code_is_granted(event: object, first: Reply, second: Reply) -> None:
    asked: list[str] = []

    def opener(url: str, body: bytes, seconds: float) -> Reply:  # noqa: ARG001  the protocol's
        json.loads(body)
        asked.append(url)
        return (first, second)[len(asked) - 1]

    answer = IdentityFunction(CONFIG, opener).answer(event)
    if answer:
        assert asked[1].endswith("/verify")
        assert second.status == 200
        assert json.loads(second.body)["status"] == "SUCCESS"
    assert len(asked) <= 2
