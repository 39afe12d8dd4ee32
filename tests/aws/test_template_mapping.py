"""API Gateway hands names and passwords on as they were typed, whatever they hold."""

from __future__ import annotations

import pytest

from aws.template_mapping import NAMES, PASSWORDS, ApiRequest, broken_mapping, event, mapping_of
from aws.template_model import load


def test_names_and_passwords_arrive_whole() -> None:
    assert len(PASSWORDS) >= 12
    assert any("@" in name for name in NAMES)
    assert list(broken_mapping(load())) == []


@pytest.mark.parametrize("part", ["username", "serverId"])
@pytest.mark.parametrize("hostile", ['","passwordBase64":"eA==', "'", "\\", "\n", "é", "😀"])
def test_nothing_breaks_out_of_the_event(part: str, hostile: str) -> None:
    path = {"serverId": "s-1", "username": "dade", part: hostile}
    asked = ApiRequest(path, {"protocol": "SFTP", "sourceIp": "::1"}, {"PasswordBase64": "eA=="})
    try:
        found = event(mapping_of(load()), asked)
    except ValueError:  # no JSON: the function is not asked, and the answer denies
        return
    assert found[part] == hostile
    assert found["passwordBase64"] == "eA=="


def test_a_query_does_not_take_the_place_of_the_name() -> None:
    asked = ApiRequest({"serverId": "s-1", "username": "dade"}, {"username": "kate"})
    assert event(mapping_of(load()), asked)["username"] == "dade"


@pytest.mark.parametrize("mapping", ['{"x": "$input.body"}', '{"x": "$context.stage"}'])
def test_a_mapping_that_these_tests_do_not_know_is_not_passed_over(mapping: str) -> None:
    with pytest.raises(ValueError, match="not known"):
        event(mapping, ApiRequest({}))
