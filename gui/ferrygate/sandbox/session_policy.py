"""Enforces session policies, as far as identity functions write them.

Source: IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements". An element that
is not known here is an error, so that no policy is taken for more or less than it says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

MAX_POLICY_CHARACTERS = 2048  # characters (AWS Transfer Family API reference, Policy)
_ELEMENTS = {"Sid", "Effect", "Action", "Resource", "Condition"}
_OPERATORS = {"StringEquals", "StringLike"}
_CONDITION_KEYS = {"s3:prefix"}  # that calls of a session have; a policy may write them in any case


class PolicyError(Exception):
    """A policy cannot be read; the text says why."""


class SessionPolicy:
    """Tells what a session may do; the role behind it may do all.

    Args:
        text: the policy as JSON.
        variables: what ``${name}`` stands for, by name.

    Raises:
        PolicyError: the policy cannot be read.
    """

    def __init__(self, text: str, variables: Mapping[str, str]) -> None:
        if len(text) > MAX_POLICY_CHARACTERS:
            raise PolicyError("Policy has over 2,048 characters")
        self._variables = variables
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            raise PolicyError("Policy is no JSON") from None
        statements = document.get("Statement") if isinstance(document, dict) else None
        self._statements = [self._checked(each) for each in _as_list(statements)]
        if not self._statements:
            raise PolicyError("Policy has no statement")

    def allows(self, action: str, resource: str, **keys: str) -> bool:
        """Tell whether a call is allowed.

        Args:
            action: as ``s3:GetObject``.
            resource: its ARN.
            keys: condition keys, without ``s3:``.
        """
        effects = {
            statement["Effect"]
            for statement in self._statements
            if self._fits(statement, action, resource, keys)
        }
        return effects == {"Allow"}

    def _checked(self, statement: object) -> dict[str, Any]:
        if not isinstance(statement, dict) or statement.keys() - _ELEMENTS:
            raise PolicyError("Policy holds a statement with an element that is not known here")
        if statement.get("Effect") not in {"Allow", "Deny"}:
            raise PolicyError("Policy holds a statement without an effect")
        for element in ("Action", "Resource"):
            texts = _as_list(statement.get(element))
            if not texts or not all(isinstance(each, str) for each in texts):
                raise PolicyError(f"Policy holds a statement without {element}")
            for each in texts:
                self._pattern(each)
        self._check_condition(statement.get("Condition", {}))
        return statement

    def _check_condition(self, condition: object) -> None:
        if not isinstance(condition, dict) or condition.keys() - _OPERATORS:
            raise PolicyError("Policy holds a condition that is not known here")
        for wanted in condition.values():
            if (
                not isinstance(wanted, dict)
                or not {key.lower() for key in wanted} <= _CONDITION_KEYS
            ):
                raise PolicyError("Policy holds a condition that is not known here")
            for each in wanted.values():
                for text in _as_list(each):
                    self._pattern(str(text))

    def _fits(
        self, statement: Mapping[str, Any], action: str, resource: str, keys: Mapping[str, str]
    ) -> bool:
        return (
            any(self._like(each.lower(), action.lower()) for each in _as_list(statement["Action"]))
            and any(self._like(each, resource) for each in _as_list(statement["Resource"]))
            and all(
                self._holds(operator, key, wanted, keys)
                for operator, each in statement.get("Condition", {}).items()
                for key, wanted in each.items()
            )
        )

    def _holds(self, operator: str, key: str, wanted: object, keys: Mapping[str, str]) -> bool:
        value = keys.get(key.lower().removeprefix("s3:"))
        if value is None:
            return False
        if operator == "StringEquals":
            return any(self._filled(str(each)) == value for each in _as_list(wanted))
        return any(self._like(str(each), value) for each in _as_list(wanted))

    def _like(self, pattern: str, value: str) -> bool:
        return self._pattern(pattern).fullmatch(value) is not None

    def _pattern(self, text: str) -> re.Pattern[str]:
        written = re.escape(self._filled(text)).replace(r"\*", ".*").replace(r"\?", ".")
        return re.compile(written, re.DOTALL)

    def _filled(self, text: str) -> str:
        def value(match: re.Match[str]) -> str:
            if match[1] not in self._variables:
                raise PolicyError(f"Policy holds a variable that is not known here: {match[0]}")
            return self._variables[match[1]]

        return re.sub(r"\$\{([^}]*)\}", value, text)


def _as_list(value: object) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
