"""Says who may sign in, and which folder is whose."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ferrygate.identity.names import domain_of, full_form, is_domain, is_user_name

MAX_NAME_CHARACTERS = 100  # of a user name
_MAX_TARGET_CHARACTERS = 1024  # AWS Transfer Family API reference, HomeDirectoryMapEntry
# Components that are neither "." nor "..", of characters that mean nothing in a policy.
_PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|\Z))[\w!.'()@=+, -]+)+", re.ASCII)


class ConfigurationError(Exception):
    """A setting is missing or makes no sense; the text names the variable, not its value."""


def require(holds: object, complaint: str) -> None:
    """Reject a setting unless something holds.

    Raises:
        ConfigurationError: the setting makes no sense, as the complaint says.
    """
    if not holds:
        raise ConfigurationError(complaint)


@dataclass(frozen=True, kw_only=True)
class Homes:
    """Holds the rule about who may sign in, and the homes.

    Attributes:
        allow: the rule: ``everyone``, ``sign-on-domain`` or ``listed``.
        sign_on_domain: domain of names without one, or "".
        template: path of a home, with ``{username}`` once.
        table: homes by login; "" stands for the template, and ``*@domain`` for a whole domain.
    """

    allow: str
    sign_on_domain: str
    template: str
    table: Mapping[str, str]

    def are_open_to(self, login: str) -> bool:
        """Tell whether a login, in full form, may sign in."""
        if self.allow == "everyone":
            return True
        if self.allow == "sign-on-domain":
            return domain_of(login) == self.sign_on_domain
        return login in self.table or f"*@{domain_of(login)}" in self.table

    def target_of(self, login: str) -> str:
        """Return the path of a login's home, without the trailing slash that AWS refuses."""
        return self.table.get(login) or self.template.replace("{username}", login)

    def longest_targets(self) -> list[str]:
        """Return the paths of all listed homes, and the template's for the longest name."""
        return [self.target_of("n" * MAX_NAME_CHARACTERS), *filter(None, self.table.values())]


def read_template(text: str, bucket: str) -> str:
    """Check HOME_TEMPLATE, and return it with the bucket's name.

    Raises:
        ConfigurationError: the template makes no sense.
    """
    require(text.count("{username}") == 1, "HOME_TEMPLATE does not hold {username} exactly once")
    template = text.replace("{bucket}", bucket)
    _check_path("HOME_TEMPLATE", template.replace("{username}", "n" * MAX_NAME_CHARACTERS), bucket)
    return template


def read_homes(text: str, template: str, bucket: str, domain: str) -> dict[str, str]:
    """Check HOMES, and return the table with logins in full form and paths with the bucket's name.

    Raises:
        ConfigurationError: the table makes no sense, or gives two people one home.
    """
    table: dict[str, str] = {}
    for login, value in read_table("HOMES", text, domain).items():
        if not isinstance(value, str):
            raise ConfigurationError("HOMES holds a home that is no text")
        if login.startswith("*@"):
            require(
                not value and is_domain(domain_of(login)),
                "HOMES may hold *@DOMAIN with an empty text only",
            )
        else:
            require(is_user_name(login), "HOMES holds a name that nobody can have")
        table[login] = value.replace("{bucket}", bucket)
        if value:
            _check_path("HOMES", table[login], bucket)
    _check_owners(table, template)
    return table


def read_table(variable: str, text: str, domain: str) -> dict[str, object]:
    """Return the values of a JSON object by login in full form.

    Raises:
        ConfigurationError: the text is no JSON object, or names somebody twice.
    """
    try:
        pairs = json.loads(text, object_pairs_hook=tuple)
    except (ValueError, RecursionError):
        pairs = None
    if not isinstance(pairs, tuple):
        raise ConfigurationError(f"{variable} is not a JSON object")
    table: dict[str, object] = {}
    for name, value in pairs:
        login = full_form(name, domain)
        require(login not in table, f"{variable} names somebody twice")
        table[login] = value
    return table


def _check_path(variable: str, path: str, bucket: str) -> None:
    require(_PATH.fullmatch(path), f"{variable} holds a path that is no plain /folder/folder")
    require(path.startswith(f"/{bucket}/"), f"{variable} holds a path that is not in BUCKET")
    require(
        len(path) <= _MAX_TARGET_CHARACTERS, f"{variable} makes a path of over 1,024 characters"
    )


def _check_owners(table: Mapping[str, str], template: str) -> None:
    """Reject a home that is another person's as well, by the table or by the template."""
    owners: dict[str, str] = {}
    before, after = template.split("{username}")
    by_template = re.compile(f"{re.escape(before)}(.*){re.escape(after)}")
    for login, value in table.items():
        other = by_template.fullmatch(value)
        if other and other[1] != login and is_user_name(other[1]) and other[1] == other[1].lower():
            raise ConfigurationError("HOMES gives somebody a home that is another's by template")
        require(
            not value or owners.setdefault(value, login) == login, "HOMES gives two people one home"
        )
