"""No environment, event and answer of Okta makes the function raise, or grant without a code."""

from __future__ import annotations

import json
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from ferrygate.identity.config import Config
from ferrygate.identity.handler import respond
from ferrygate.identity.homes import ConfigurationError, read_homes, read_template
from ferrygate.identity.http_client import Reply
from ferrygate.identity.names import full_form, is_user_name
from ferrygate.identity.policy import MAX_POLICY_CHARACTERS

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8cSl2hEm1N5mNq0f9n9oXj7bq0gqJk2Qv0mCw1dE3F"
SETTINGS = {
    "OKTA_ADDRESS": "https://example.okta.com",
    "ROLE_ARN": "arn:aws:iam::123456789012:role/home",
    "BUCKET": "exports",
    "ALLOW": "everyone",
}
KEYS = {"METHODS": "PUBLIC_KEY_AND_PASSWORD", "KEYS": json.dumps({"vendor7": [KEY]})}
NAMES = (
    *SETTINGS,
    *KEYS,
    "HOME_TEMPLATE",
    "SIGN_ON_DOMAIN",
    "HOMES",
    "KMS_KEY_ARN",
    "SOURCE_NETWORKS",
    "CODE_DIGITS",
    "LOG_LEVEL",
)
MEANINGFUL = "*?$"

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
logins = st.sampled_from(["vendor7", "Vendor7", "vendor7@example.com", "vendor8"]) | documents
users = st.fixed_dictionaries({"profile": st.fixed_dictionaries({"login": logins}) | documents})
answers = st.fixed_dictionaries(
    {"status": statuses | documents},
    optional={
        "stateToken": st.just("token") | documents,
        "errorCode": documents,
        "_embedded": st.fixed_dictionaries(
            {"factors": st.lists(factors | documents, max_size=3)},
            optional={"user": users | documents},
        ),
    },
)
replies = st.builds(
    Reply,
    status=st.sampled_from([200, 200, 200, 401, 403, 429, 500]),
    body=(answers | documents).map(lambda value: json.dumps(value).encode()) | st.binary(),
    headers=st.dictionaries(st.sampled_from(["x-rate-limit-reset"]), st.text(max_size=12)),
)
passwords = st.from_regex(r"[a-z]{1,8}[0-9]{6}", fullmatch=True) | st.text() | documents
events = (
    st.fixed_dictionaries(
        {"username": st.just("vendor7") | documents, "protocol": st.just("SFTP") | documents},
        optional={"password": passwords, "passwordBase64": documents, "sourceIp": documents},
    )
    | documents
)
settings = st.just(SETTINGS) | st.just({**SETTINGS, **KEYS})
odd_settings = st.dictionaries(
    st.sampled_from(NAMES), st.text(max_size=40) | documents.map(json.dumps), max_size=4
).map(lambda odd: {**SETTINGS, **odd})


@given(
    environment=settings | odd_settings,
    event=events,
    first=replies,
    second=replies,
)
def test_only_a_verified_code_is_granted_and_nothing_raises(
    environment: Mapping[str, str], event: object, first: Reply, second: Reply
) -> None:
    asked: list[str] = []

    def post(url: str, body: bytes, seconds: float) -> Reply:  # noqa: ARG001  the protocol's
        json.loads(body)
        asked.append(url)
        return (first, second)[len(asked) - 1]

    lines: list[str] = []
    answer = respond(event, environment, None, post=post, write=lines.append)
    assert [json.loads(line)["reason"] for line in lines].count("internal-error") == 0
    assert len(asked) <= 2
    if not answer:
        return
    if "PublicKeys" in answer:
        assert asked == []
        assert isinstance(event, dict)
        assert event.get("password", "") == ""
        assert environment["METHODS"] == "PUBLIC_KEY_AND_PASSWORD"
        assert answer["PublicKeys"] == [KEY]
    else:
        assert asked[1].endswith("/verify")
        assert second.status == 200
        verified = json.loads(second.body)
        assert verified["status"] == "SUCCESS"
        login = verified["_embedded"]["user"]["profile"]["login"].lower()
        (home,) = json.loads(str(answer["HomeDirectoryDetails"]))
        assert home["Target"].endswith("/" + login)


names = st.text() | st.from_regex(r"\w[\w@.*?$-]{2,99}", fullmatch=True)


@given(name=names, domain=st.just("") | st.just("example.com"))
def test_no_name_brings_a_wildcard_into_a_path_or_a_policy(name: str, domain: str) -> None:
    login = full_form(name, domain)
    if is_user_name(name) and is_user_name(login):
        check(Config.from_environment(SETTINGS | {"SIGN_ON_DOMAIN": domain}), login)


@given(character=st.characters(), before=st.sampled_from(["", "ab"]))
def test_no_character_of_unicode_brings_one(character: str, before: str) -> None:
    name = f"{before}{character}cde"
    if is_user_name(name):
        assert name.isascii()
        check(Config.from_environment(SETTINGS), full_form(name, ""))
    path = f"/exports/{before}{character}cde"
    try:
        table = read_homes(json.dumps({"dade": path}), "/exports/{username}", "exports", "")
    except ConfigurationError:
        return
    assert table["dade"] == path
    assert not set(MEANINGFUL) & set(path)
    assert path.isascii()


@given(template=st.text(alphabet="/ab{}$*?.bucketusername", max_size=40))
def test_no_template_brings_one(template: str) -> None:
    try:
        read = read_template("/{bucket}/" + template + "{username}", "exports")
    except ConfigurationError:
        return
    assert not set(MEANINGFUL + "{}") & set(read.replace("{username}", ""))


def check(config: Config, login: str) -> None:
    """Look for what would mean more than itself."""
    target = config.homes.target_of(login)
    policy = config.policy_of(target)
    assert not set(MEANINGFUL) & set(target)
    assert "?" not in policy
    assert "$" not in policy
    assert policy.count("*") == 2  # prefix and objects, each after the home's slash
    assert policy.count(f"{login}/*") == 2
    assert len(policy) <= MAX_POLICY_CHARACTERS
