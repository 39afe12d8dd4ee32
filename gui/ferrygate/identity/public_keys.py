"""Reads the public keys that go before the password, where the server asks for both."""

from __future__ import annotations

import re

from ferrygate.identity.homes import ConfigurationError, read_table, require
from ferrygate.identity.names import is_user_name

# The types that AWS Transfer takes; a comment may follow (RFC 4253, section 6.6, in base64).
_PUBLIC_KEY = re.compile(
    r"((?:ssh-rsa|ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521)) [A-Za-z0-9+/]{40,}={0,2})(?: .*)?"
)


def read_public_keys(text: str, domain: str) -> dict[str, list[str]]:
    """Check KEYS, and return the keys, without their comments, by login in full form.

    Raises:
        ConfigurationError: the table makes no sense.
    """
    table: dict[str, list[str]] = {}
    for login, values in read_table("KEYS", text, domain).items():
        require(is_user_name(login), "KEYS holds a name that nobody can have")
        if not isinstance(values, list) or not values:
            raise ConfigurationError("KEYS does not hold a list of keys for each name")
        found = [_PUBLIC_KEY.fullmatch(value) for value in values if isinstance(value, str)]
        table[login] = [match[1] for match in found if match]
        require(len(table[login]) == len(values), "KEYS holds a text that is no public key")
    return table
