"""Decides as AWS documents it whether policies allow a call: explicit denies, then allows.

Source: IAM User Guide, "Policy evaluation logic", "Session policies", "IAM JSON policy elements:
Condition operators", "IAM policy elements: Variables and tags". Only what our policies and the
cases of ``test_policies.py`` use is known; anything else raises, so that nothing passes unread.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

Policy = Mapping[str, Any]

_ELEMENTS = {
    "Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition",
}  # fmt: skip
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_LITERALS = {"*", "?", "$"}
_NO_VALUE = "\0"  # equals nothing that a call can hold


class Decision(Enum):
    """Names how AWS answers a call."""

    ALLOWED = "allowed"
    IMPLICIT_DENY = "implicit deny"
    EXPLICIT_DENY = "explicit deny"


@dataclass(frozen=True, kw_only=True)
class Call:
    """Holds one call as policies see it: who, what, on what, and its context keys."""

    action: str
    resource: str
    principal: str = ""
    context: Mapping[str, str] = field(default_factory=dict)


def decide(
    call: Call,
    *,
    identity: Iterable[Policy] = (),
    session: Policy | None = None,
    resource: Policy | None = None,
) -> Decision:
    """Decide within one account.

    Args:
        call: what is asked for.
        identity: the policies of the role.
        session: the policy that the session was begun with; it grants nothing, and limits what the
            role's policies, or a resource's policy that names the role, grant.
        resource: the policy of what is called upon.
    """
    given = [*identity]
    every = [*given, *([session] if session else []), *([resource] if resource else [])]
    if any(_says("Deny", policy, call) for policy in every):
        return Decision.EXPLICIT_DENY
    granted = any(_says("Allow", policy, call) for policy in given)
    if resource is not None and _says("Allow", resource, call):
        granted = True
    if not granted or (session is not None and not _says("Allow", session, call)):
        return Decision.IMPLICIT_DENY
    return Decision.ALLOWED


def _says(effect: str, policy: Policy, call: Call) -> bool:
    statements = policy["Statement"]
    variables = policy.get("Version") == "2012-10-17"  # earlier versions know none
    return any(
        statement["Effect"] == effect and _matches(statement, call, variables=variables)
        for statement in ([statements] if isinstance(statements, dict) else statements)
    )


def _matches(statement: Mapping[str, Any], call: Call, *, variables: bool) -> bool:
    unknown = statement.keys() - _ELEMENTS
    if unknown:
        raise ValueError(f"elements that are not known here: {unknown}")
    if "Principal" in statement and not _is_principal(statement["Principal"], call.principal):
        return False

    def matches_resource(pattern: str) -> bool:
        return _like(pattern, call.resource, call.context if variables else None)

    return (
        _one_of(statement, "Action", lambda each: _like(each.lower(), call.action.lower(), None))
        and _one_of(statement, "Resource", matches_resource)
        and all(
            _holds(operator, keys, call, variables=variables)
            for operator, keys in statement.get("Condition", {}).items()
        )
    )


def _one_of(statement: Mapping[str, Any], element: str, matches: Callable[[str], bool]) -> bool:
    if element in statement:
        return any(map(matches, _list(statement[element])))
    return not any(map(matches, _list(statement[f"Not{element}"])))


def _is_principal(principal: Any, caller: str) -> bool:
    if principal == "*":
        return True
    return any(
        name in {"*", caller} for kind in ("AWS", "Service") for name in _list(principal.get(kind))
    )


def _holds(operator: str, keys: Mapping[str, Any], call: Call, *, variables: bool) -> bool:
    """Tell whether each key of a condition holds; of several values one is enough."""
    base = operator.removesuffix("IfExists")
    negated = "Not" in base
    plain = base.replace("Not", "")
    context = {name.lower(): value for name, value in call.context.items()}
    for key, wanted in keys.items():
        value = context.get(key.lower())
        if value is None:
            if negated or operator.endswith("IfExists"):
                continue
            return False
        known = call.context if variables else None
        found = any(_compare(plain, str(each), value, known) for each in _list(wanted))
        if found == negated:
            return False
    return True


def _compare(operator: str, wanted: str, value: str, context: Mapping[str, str] | None) -> bool:
    match operator:
        case "StringEquals":
            return _fill(wanted, context, written=str, filled=str) == value
        case "StringLike" | "ArnLike" | "ArnEquals":
            return _like(wanted, value, context)
        case "Bool":
            return wanted.lower() == value.lower()
        case _:
            raise ValueError(f"an operator that is not known here: {operator}")


def _like(pattern: str, value: str, context: Mapping[str, str] | None) -> bool:
    """Match with ``*`` and ``?``; what a variable stands for matches only itself."""
    wild = {"*": ".*", "?": "."}

    def written(text: str) -> str:
        return "".join(wild.get(char, re.escape(char)) for char in text)

    return (
        re.fullmatch(_fill(pattern, context, written=written, filled=re.escape), value, re.DOTALL)
        is not None
    )


def _fill(
    text: str,
    context: Mapping[str, str] | None,
    *,
    written: Callable[[str], str],
    filled: Callable[[str], str],
) -> str:
    """Put values in place of variables.

    Args:
        text: what a policy has.
        context: the values by key; none where the policy's version knows no variables.
        written: makes what stands in the policy itself.
        filled: makes the value of a variable.
    """
    if context is None:
        return written(text)
    known = {name.lower(): value for name, value in context.items()}
    parts, end = [], 0
    for match in _VARIABLE.finditer(text):
        name = match[1]
        value = name if name in _LITERALS else known.get(name.lower(), _NO_VALUE)
        parts += [written(text[end : match.start()]), filled(value)]
        end = match.end()
    return "".join([*parts, written(text[end:])])


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
