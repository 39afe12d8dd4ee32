"""Joins password and code by a template, for the password step."""

from __future__ import annotations

import re

from ferrygate.common.display import is_unsafe
from ferrygate.common.errors import UsageError
from ferrygate.common.message import message
from ferrygate.common.secret import Secret

_PASSWORD = "{password}"  # noqa: S105  the name of a placeholder
_CODE = "{code}"
_PLACEHOLDER = re.compile(r"\{password\}|\{code\}")
_DIGITS = re.compile(r"[0-9]{6,8}", re.ASCII)


def check_template(template: str) -> None:
    """Make sure that a template can be filled in.

    Raises:
        UsageError: ``{password}`` is missing, a placeholder occurs twice, or there is a brace or
            an invisible character beside the placeholders.
    """
    if _PASSWORD not in template:
        raise UsageError(message("The way to join password and code has to hold {password}."))
    if template.count(_PASSWORD) > 1 or template.count(_CODE) > 1:
        raise UsageError(message("The way to join password and code may name each of them once."))
    literal = _PLACEHOLDER.sub("", template)
    if "{" in literal or "}" in literal:
        raise UsageError(
            message(
                "The way to join password and code may hold {password} and {code}, no other braces."
            )
        )
    if any(map(is_unsafe, literal)):
        raise UsageError(message("The way to join password and code holds an invisible character."))


def needs_code(template: str) -> bool:
    """Tell whether a code is part of what is sent."""
    return _CODE in template


def join(template: str, password: Secret, code: str) -> Secret:
    """Fill in the template in one pass, so that braces in the password mean nothing.

    Args:
        template: such as ``{password}{code}``.
        password: the account's password.
        code: 6 to 8 digits; not looked at where the template has no ``{code}``.

    Raises:
        UsageError: the template is wrong, or the code is not made of 6 to 8 ASCII digits.
    """
    check_template(template)
    if needs_code(template) and not _DIGITS.fullmatch(code):
        raise UsageError(message("A code has 6 to 8 digits and nothing else."))
    values = {_PASSWORD: password.reveal(), _CODE: code}
    return Secret(_PLACEHOLDER.sub(lambda found: values[found.group()], template))
