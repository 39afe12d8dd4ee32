"""Says what a user name and a domain may look like."""

from __future__ import annotations

import re
from typing import TypeGuard

# The names AWS Transfer itself takes (API reference, UserName). Okta's logins are held to the
# same: no name can hold a wildcard, a policy variable or a way out of its folder.
_USER_NAME = re.compile(r"(?!.*\.\.)\w[\w@.-]{2,99}", re.ASCII)
_DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.(?!-)[a-z0-9-]{1,63})+")


def is_user_name(value: object) -> TypeGuard[str]:
    """Tell whether a value is a text that may be somebody's name."""
    return isinstance(value, str) and _USER_NAME.fullmatch(value) is not None


def is_domain(text: str) -> bool:
    """Tell whether a text is the name of a domain, in lower case."""
    return _DOMAIN.fullmatch(text) is not None


def full_form(name: str, domain: str) -> str:
    """Return a name in lower case, with the domain appended where the name has none.

    Args:
        name: as typed or configured.
        domain: the sign-on domain, or "" for none.
    """
    lower = name.lower()
    return f"{lower}@{domain}" if domain and "@" not in lower else lower


def domain_of(login: str) -> str:
    """Return what follows the first ``@`` of a login, or ""."""
    return login.partition("@")[2]


def short_form(login: str) -> str:
    """Return what stands before the first ``@`` of a login."""
    return login.partition("@")[0]
