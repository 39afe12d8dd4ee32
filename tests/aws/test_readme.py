"""The README of the service says what template, function and AWS's own programs have."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any, get_args

import botocore.session
import pytest
from botocore import xform_name

from aws.template_deploys import DEPLOYS, LEAST
from aws.template_model import TEMPLATE, deploy, load
from ferrygate.identity.reason import Reason

README = TEMPLATE.with_name("README.md").read_text("utf-8")
# Options of every command, and the commands that are no operation of a service.
_EVERYWHERE = {"region", "query", "output"}
_OWN = {
    ("cloudformation", "deploy"): {
        "stack-name",
        "template-file",
        "capabilities",
        "parameter-overrides",
    },
    ("logs", "tail"): set(),
}


def table(heading: str) -> Iterator[list[str]]:
    """List the cells of the table whose first column has a heading."""
    rows = README.partition(f"\n| {heading} |")[2].split("\n\n")[0].splitlines()[2:]
    return (re.split(r" ?\| ?", row)[1:-1] for row in rows)


def names(cell: str) -> list[str]:
    return re.findall(r"`([\w-]+)`", cell)


def test_each_reason_of_a_refusal_has_one_row_that_says_who_mends_it() -> None:
    rows = list(table("reason"))
    assert sorted(name for row in rows for name in names(row[0])) == sorted(get_args(Reason))
    assert [row[0] for row in rows if len(row) != 3 or not row[1] or not row[2]] == []


def test_each_parameter_has_a_row() -> None:
    found = [name for row in table("parameter") for name in names(row[0])]
    assert sorted(found) == sorted(load()["Parameters"])


def test_each_alarm_has_a_row() -> None:
    alarms = [
        name
        for name, resource in load()["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    ]
    assert [name for row in table("alarm") for name in names(row[0])] == alarms


def test_each_output_that_the_readme_sends_people_to_exists() -> None:
    sent = re.findall(r"output `(\w+)`|command of `(\w+)`|`(\w+)` of the outputs", README)
    found = {name for group in sent for name in group if name}
    assert found >= {"AddPort", "FunctionLog", "LetServerAsk", "ServerId", "ServerLog"}
    assert found - load()["Outputs"].keys() == set()


def commands() -> Iterator[list[str]]:
    """List the words of each command of AWS's, in the README and in the outputs of all deploys."""
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    inline = re.findall(r"`(aws [^`]+)`", README)
    outputs = [
        value
        for parameters in DEPLOYS.values()
        for value in deploy(load(), {**LEAST, **parameters}).outputs.values()
    ]
    for text in [*blocks, *inline, *outputs]:
        plain = text.replace("\\\n", " ").replace('"$(', "\n").replace(')"', "\n")
        yield from (shlex.split(line) for line in plain.splitlines() if line.startswith("aws "))


@pytest.fixture(scope="module")
def services() -> Any:
    return botocore.session.Session().get_service_model


def unknown(words: list[str], services: Any) -> list[str]:
    """Find the options that a command does not have."""
    service, operation = words[1:3]
    given = {word[2:] for word in words if word.startswith("--")} - _EVERYWHERE
    if (service, operation) in _OWN:
        return sorted(given - _OWN[service, operation])
    model = services(service)
    known = {xform_name(name, "-"): name for name in model.operation_names}
    shape = model.operation_model(known[operation]).input_shape
    return sorted(given - {xform_name(name, "-") for name in shape.members if shape})


def test_each_command_of_awss_has_the_options_that_it_is_given(services: Any) -> None:
    found = [words for words in commands() if len(words) > 2]
    assert len(found) > 8
    assert [words for words in found if unknown(words, services)] == []


def test_a_command_with_a_wrong_option_is_found(services: Any) -> None:
    assert unknown(["aws", "transfer", "stop-server", "--server", "s"], services) == ["server"]
