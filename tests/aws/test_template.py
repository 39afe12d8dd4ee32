"""The CloudFormation template sets what it should, whichever its parameters."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from typing import Any

import pytest

from aws.template_deploys import DEPLOYS, LEAST, SERVER, VPC
from aws.template_model import TEMPLATE, deploy, load
from aws.template_rules import broken_rules
from aws.template_settings import wrong_settings
from ferrygate.identity.config import Config

TEXT = TEMPLATE.read_text("utf-8")
PLACEHOLDER = "          # make lambda: index.py\n"


def test_every_setting_is_as_expected_for_both_values_of_what_gates_it() -> None:
    assert wrong_settings(load()) == []


def test_no_deploy_breaks_a_rule() -> None:
    assert broken_rules(load()) == []


def test_each_condition_of_the_template_holds_in_a_deploy_and_does_not_in_another() -> None:
    template = load()
    seen = {
        (name, value)
        for parameters in DEPLOYS.values()
        for name, value in deploy(template, {**LEAST, **parameters}).conditions.items()
    }
    both = {(name, value) for name in template["Conditions"] for value in (True, False)}
    assert both - seen == set()


def test_each_condition_and_parameter_is_used() -> None:
    used = TEXT.partition("\nRules:")[2]
    names = [*load()["Parameters"], *load()["Conditions"]]
    assert [name for name in names if not re.search(rf"[\[ {{]{name}\b(?!:)", used)] == []


@pytest.mark.parametrize("name", DEPLOYS)
def test_the_deploys_of_these_tests_are_not_refused(name: str) -> None:
    assert deploy(load(), {**LEAST, **DEPLOYS[name]}).refused == []


@pytest.mark.parametrize(
    "parameters",
    [
        {"SignOnDomain": ""},
        {"SignOnDomain": "", "Allow": "listed"},
        {"SignOnDomain": "", "Allow": "sign-on-domain", "Homes": "{}"},
        {"Allow": "listed"},
        {"SignInMethods": "PUBLIC_KEY_AND_PASSWORD"},
        {"SignInMethods": "PUBLIC_KEY_AND_PASSWORD", "Keys": "{}", "ExistingServerId": SERVER},
        {"ExistingBucket": "given-bucket"},
        {"EndpointType": "VPC"},
        {**VPC, "VpcId": "vpc-00000000"},
        {**VPC, "SubnetIds": ""},
        {**VPC, "AllowedNetwork": ""},
        {**VPC, "Ipv6": "yes"},
        {"HostedZoneId": "Z0123"},
    ],
    ids=str,
)
def test_a_deploy_that_nobody_could_use_is_refused_with_a_reason(
    parameters: dict[str, str],
) -> None:
    assert deploy(load(), {**LEAST, **parameters}).refused != []


@pytest.mark.parametrize(
    "parameters",
    [
        {"SignOnDomain": "", "Allow": "everyone"},
        {"SignOnDomain": "", "Homes": '{"dade@example.com":""}'},
        {**VPC, "ExistingServerId": SERVER, "VpcId": "vpc-00000000"},
    ],
    ids=str,
)
def test_whoever_may_sign_in_is_said_in_one_way_or_another(parameters: dict[str, str]) -> None:
    assert deploy(load(), {**LEAST, **parameters}).refused == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OktaAddress", "http://example.okta.com"),
        ("OktaAddress", "https://example.okta.com/"),
        ("OktaAddress", "https://example-admin.okta.com"),
        ("SignOnDomain", "@example.com"),
        ("ExistingServerId", "s-1"),
        ("ExistingBucket", "Bucket"),
        ("HomeTemplate", "/{bucket}"),
        ("Homes", "x" * 3001),
        ("SecurityPolicy", "2018-11"),
        ("EncryptionKey", "alias/mine"),
        ("AllowedNetwork", "everywhere"),
        ("ReservedConcurrency", "0"),
        ("CodeDigits", "5"),
    ],
)
def test_a_value_that_makes_no_sense_is_not_taken(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        deploy(load(), {**LEAST, name: value})


def test_the_function_has_one_place() -> None:
    assert TEXT.count(PLACEHOLDER) == 1
    assert load()["Resources"]["Function"]["Properties"]["Code"] == {
        "ZipFile": PLACEHOLDER.lstrip()
    }


def copied_by_the_deployment(template: dict[str, Any]) -> str:
    """Make a digest of all that a deployment of the API is a copy of."""
    parts = {
        name: resource
        for name, resource in copy.deepcopy(template["Resources"]).items()
        if resource["Type"].startswith("AWS::ApiGateway::")
        and resource["Type"] not in {"AWS::ApiGateway::Deployment", "AWS::ApiGateway::Stage"}
    }
    text = json.dumps(parts, sort_keys=True).encode()
    return hashlib.sha256(text).hexdigest()[:8]


def test_the_deployments_name_changes_with_what_it_copies() -> None:
    template = load()
    names = [
        name
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::ApiGateway::Deployment"
    ]
    assert names == [f"ApiDeployment{copied_by_the_deployment(template)}"]


class ReadSettings(dict[str, str]):
    """Remembers which settings are read."""

    def __init__(self, settings: dict[str, str]) -> None:
        super().__init__(settings)
        self.read: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.read.add(name)
        return super().get(name, default)


def test_the_function_takes_the_settings_of_each_deploy_and_reads_them_all() -> None:
    read = set()
    for parameters in DEPLOYS.values():
        function = deploy(load(), {**LEAST, **parameters}).resources["Function"]["Properties"]
        settings = ReadSettings(function["Environment"]["Variables"])
        Config.from_environment(settings)
        read |= settings.read
        assert settings.read | {"KEYS"} == settings.keys()
    assert "KEYS" in read  # where keys are asked for
