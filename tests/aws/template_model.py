"""Reads a CloudFormation template, and resolves it for given parameters as a deploy would."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

TEMPLATE = Path(__file__).parents[2] / "packaging" / "aws" / "template.yaml"
ACCOUNT = "111122223333"
REGION = "eu-central-1"
STACK = "sftp"
_PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": STACK,
    "AWS::URLSuffix": "amazonaws.com",
}
_NO_VALUE = object()
_VARIABLE = re.compile(r"\$\{([\w:.]+)\}")

# Attributes as AWS forms them, where policies depend on the form.
_ATTRIBUTES = {
    "AWS::IAM::Role": {"Arn": f"arn:aws:iam::{ACCOUNT}:role/{{name}}"},
    "AWS::KMS::Key": {"Arn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{{name}}"},
    "AWS::Lambda::Function": {"Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{name}}"},
    "AWS::Logs::LogGroup": {"Arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{name}}:*"},
    "AWS::S3::Bucket": {"Arn": "arn:aws:s3:::{name}"},
    "AWS::Transfer::Server": {
        "Arn": f"arn:aws:transfer:{REGION}:{ACCOUNT}:server/s-0123456789abcdef0",
        "ServerId": "s-0123456789abcdef0",
    },
}


class _Loader(yaml.CSafeLoader):
    """Reads the short forms of CloudFormation's functions as their long ones."""


def _function(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        raise TypeError("a function whose argument is a mapping")
    if suffix in {"Ref", "Condition"}:
        return {suffix: value}
    if suffix == "GetAtt":
        value = str(value).split(".", 1)
    return {f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _function)


def load(text: str | None = None) -> dict[str, Any]:
    """Read a template, by default that of this repository."""
    text = TEMPLATE.read_text("utf-8") if text is None else text
    loaded: dict[str, Any] = yaml.load(text, _Loader)  # noqa: S506  a SafeLoader
    return loaded


@dataclass(frozen=True)
class Stack:
    """Holds what a deploy of a template with certain parameters makes."""

    conditions: Mapping[str, bool]
    resources: Mapping[str, dict[str, Any]]
    outputs: Mapping[str, str]
    refused: list[str]

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Find the properties of all resources of a type, by name."""
        return {
            name: resource["Properties"]
            for name, resource in self.resources.items()
            if resource["Type"] == kind
        }


def deploy(template: dict[str, Any], parameters: Mapping[str, str]) -> Stack:
    """Resolve a template.

    Raises:
        KeyError: a parameter that the template does not have, or a reference to a resource that
            these parameters do not make.
    """
    return _Deploy(template, parameters).stack()


class _Deploy:
    def __init__(self, template: dict[str, Any], parameters: Mapping[str, str]) -> None:
        self._template = template
        known = template["Parameters"]
        unknown = parameters.keys() - known.keys()
        if unknown:
            raise KeyError(f"no such parameters: {sorted(unknown)}")
        self._values: dict[str, Any] = {**_PSEUDO}
        for name, parameter in known.items():
            value = str(parameters[name] if name in parameters else parameter["Default"])
            _check(name, parameter, value)
            is_list = parameter["Type"] == "CommaDelimitedList"
            self._values[name] = value.split(",") if is_list else value
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Condition": self._condition,
            "Fn::And": lambda value: all(self._resolved(each) for each in value),
            "Fn::Contains": lambda value: self._resolved(value[1]) in self._resolved(value[0]),
            "Fn::Equals": lambda value: self._resolved(value[0]) == self._resolved(value[1]),
            "Fn::GetAtt": lambda value: self._attribute(*value),
            "Fn::If": self._if,
            "Fn::Join": lambda value: value[0].join(self._resolved(value[1])),
            "Fn::Not": lambda value: not self._resolved(value[0]),
            "Fn::Or": lambda value: any(self._resolved(each) for each in value),
            "Fn::Sub": self._sub,
        }

    def stack(self) -> Stack:
        return Stack(
            conditions={name: self._condition(name) for name in self._template["Conditions"]},
            resources={
                name: self._resource(resource)
                for name, resource in self._template["Resources"].items()
                if self._is_made(resource)
            },
            outputs={
                name: self._resolved(output["Value"])
                for name, output in self._template["Outputs"].items()
                if self._is_made(output)
            },
            refused=[
                each["AssertDescription"]
                for rule in self._template["Rules"].values()
                if self._resolved(rule.get("RuleCondition", True))
                for each in rule["Assertions"]
                if not self._resolved(each["Assert"])
            ],
        )

    def _resource(self, resource: dict[str, Any]) -> dict[str, Any]:
        wanted = [name for name in resource.get("DependsOn", []) if self._is_there(name)]
        plain = {key: value for key, value in resource.items() if key != "DependsOn"}
        resolved: dict[str, Any] = self._resolved({"Properties": {}, **plain})
        return {**resolved, "DependsOn": wanted} if wanted else resolved

    def _is_made(self, thing: dict[str, Any]) -> bool:
        return "Condition" not in thing or self._condition(thing["Condition"])

    def _is_there(self, name: str) -> bool:
        return self._is_made(self._template["Resources"][name])

    def _condition(self, name: str) -> bool:
        return bool(self._resolved(self._template["Conditions"][name]))

    def _if(self, value: list[Any]) -> Any:
        return self._resolved(value[1 if self._condition(value[0]) else 2])

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NO_VALUE
        if name in self._values:
            return self._values[name]
        self._kind(name)
        return f"{STACK}-{name.lower()}"

    def _attribute(self, name: str, attribute: str) -> str:
        known = _ATTRIBUTES.get(self._kind(name), {})
        return known.get(attribute, f"{{name}}.{attribute}").format(name=f"{STACK}-{name.lower()}")

    def _kind(self, name: str) -> str:
        resource = self._template["Resources"][name]
        if not self._is_made(resource):
            raise KeyError(f"{name} is not made")
        kind: str = resource["Type"]
        return kind

    def _sub(self, value: str | list[Any]) -> str:
        text, extra = (value, {}) if isinstance(value, str) else value

        def replacement(match: re.Match[str]) -> str:
            name = match[1]
            if name in extra:
                return str(self._resolved(extra[name]))
            resource, _, attribute = name.partition(".")
            return str(self._attribute(resource, attribute) if attribute else self._ref(name))

        return _VARIABLE.sub(replacement, text)

    def _resolved(self, value: Any) -> Any:
        match value:
            case dict() if len(value) == 1 and next(iter(value)) in self._functions:
                name, argument = next(iter(value.items()))
                return self._functions[name](argument)
            case dict():
                found = {key: self._resolved(each) for key, each in value.items()}
                return {key: each for key, each in found.items() if each is not _NO_VALUE}
            case list():
                return [each for item in value if (each := self._resolved(item)) is not _NO_VALUE]
            case _:
                return value


def _check(name: str, parameter: dict[str, Any], value: str) -> None:
    """Raise a ValueError where CloudFormation would refuse a parameter's value."""
    allowed = [str(each) for each in parameter.get("AllowedValues", [])]
    if allowed and value not in allowed:
        raise ValueError(f"{name} is none of {allowed}")
    if not re.fullmatch(parameter.get("AllowedPattern", "(?s).*"), value):
        raise ValueError(f"{name} does not look like {parameter['AllowedPattern']}")
    if len(value) > parameter.get("MaxLength", 4096):
        raise ValueError(f"{name} is too long")
