"""Runs the template's state machine, as far as that one goes.

Source: the Amazon States Language: a choice that fits none of its rules and has no default ends in
``States.NoChoiceMatched``, a path that leads nowhere in ``States.Runtime``.
"""

from __future__ import annotations

from typing import Any


def run(definition: dict[str, Any], methods: str | None) -> bool:
    """Tell whether an execution succeeds.

    Args:
        definition: the state machine.
        methods: what DescribeServer says that the server takes; None leaves the field out.
    """
    details = {} if methods is None else {"SftpAuthenticationMethods": methods}
    data: Any = {}
    name = definition["StartAt"]
    while True:
        state = definition["States"][name]
        match state["Type"]:
            case "Succeed":
                return True
            case "Task" if state["Resource"] == "arn:aws:states:::aws-sdk:transfer:describeServer":
                data = {"Server": {"IdentityProviderDetails": details}}
                name = state["Next"]
            case "Choice":
                fitting = [rule["Next"] for rule in state["Choices"] if _fits(rule, data)]
                following = (fitting or [state.get("Default")])[0]
                if following is None:
                    return False
                name = following
            case _:
                return False


def _fits(rule: dict[str, str], data: Any) -> bool:
    """Tell whether a rule fits; a path that leads nowhere ends the run, as a rule that does not."""
    for step in rule["Variable"].removeprefix("$.").split("."):
        data = data.get(step, {})
    return bool(data == rule["StringEquals"])
