"""The function's settings."""

from __future__ import annotations

import pytest

from ferrygate.identity.config import Config, ConfigurationError

GOOD = {
    "OKTA_ADDRESS": "https://example.okta.com/",
    "ROLE_ARN": "arn:aws:iam::123456789012:role/home",
    "BUCKET": "exports",
}


def test_defaults() -> None:
    config = Config.from_environment(GOOD)
    assert config.okta_address == "https://example.okta.com"
    assert config.require_code
    assert config.code_digits == 6
    assert config.home_of("vendor7") == "/exports/vendor7"


def test_everything_set() -> None:
    config = Config.from_environment(
        GOOD | {"REQUIRE_CODE": "False", "CODE_DIGITS": "8", "HOME_TEMPLATE": "/{bucket}/in/"}
    )
    assert not config.require_code
    assert config.code_digits == 8
    assert config.home_of("vendor7") == "/exports/in"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OKTA_ADDRESS", ""),
        ("OKTA_ADDRESS", "http://example.okta.com"),
        ("OKTA_ADDRESS", "http://localhost.example.org"),
        ("OKTA_ADDRESS", "https://example.okta.com/path"),
        ("OKTA_ADDRESS", "https://user@example.okta.com"),
        ("OKTA_ADDRESS", "https://example.okta.com:port"),
        ("OKTA_ADDRESS", "https://[broken"),
        ("OKTA_ADDRESS", "file:///etc"),
        ("ROLE_ARN", " "),
        ("BUCKET", ""),
        ("REQUIRE_CODE", "maybe"),
        ("CODE_DIGITS", "five"),
        ("CODE_DIGITS", "9"),
        ("HOME_TEMPLATE", "{bucket}/{username}"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        Config.from_environment(GOOD | {name: value})


@pytest.mark.parametrize("address", ["http://127.0.0.1:8080", "http://[::1]:8080"])
def test_plain_http_is_taken_for_loopback(address: str) -> None:
    assert Config.from_environment(GOOD | {"OKTA_ADDRESS": address}).okta_address == address
