"""The function's settings; tests/aws/contract has the refusals."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from ferrygate.identity.config import Config
from ferrygate.identity.homes import ConfigurationError, read_table
from ferrygate.identity.http_client import VERSION

GOOD = {
    "OKTA_ADDRESS": "https://example.okta.com/",
    "ROLE_ARN": "arn:aws:iam::123456789012:role/home",
    "BUCKET": "exports",
    "SIGN_ON_DOMAIN": "Example.com",
}


def test_defaults() -> None:
    config = Config.from_environment(GOOD)
    assert config.okta_address == "https://example.okta.com"
    assert config.code_digits == 6
    assert config.homes.allow == "sign-on-domain"
    assert config.homes.target_of("dade@example.com") == "/exports/dade@example.com"
    assert config.public_keys is None
    assert config.source_networks == ()
    assert config.logs_grants


def test_a_json_text_that_nests_too_deep_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="HOMES is not a JSON object"):
        read_table("HOMES", "[" * 100_000, "")


def test_a_setting_with_a_broken_character_is_refused_too() -> None:
    with pytest.raises(ConfigurationError):
        Config.from_environment(GOOD | {"HOMES": "\ud800"})


def test_the_functions_version_is_ferrygates() -> None:
    project = Path(__file__).parents[3] / "pyproject.toml"
    assert tomllib.loads(project.read_text("utf-8"))["project"]["version"] == VERSION
