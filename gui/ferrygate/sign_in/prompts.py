"""Which secret a server means by its words (keyboard-interactive, RFC 4256)."""

from __future__ import annotations

import re
from enum import Enum


class Wanted(Enum):
    """What a prompt asks for."""

    PASSWORD = "password"  # noqa: S105  the name of a kind
    CODE = "code"
    BOTH = "both"  # password and code in one string
    UNKNOWN = "unknown"


# "One-time password" holds the word password, so codes are looked for first; a prompt that names
# both (google-authenticator's forward_pass) wants them joined.
_CODE = re.compile(
    r"verification[ -]?code|authentication[ -]?code|one[ -]?time|security[ -]?code|access[ -]?code"
    r"|pass[ -]?code|\btoken|\botp\b|\btotp\b|\b2fa\b|\bmfa\b|\bcode\b|bestätigungscode",
    re.IGNORECASE,
)
_ONE_TIME_PASSWORD = re.compile(r"one[ -]?time[ -]?password", re.IGNORECASE)
_PASSWORD = re.compile(r"pass[ -]?word|passwort|kennwort|mot de passe", re.IGNORECASE)


def wanted(prompt: str) -> Wanted:
    """What the server wants, by the wording of known products; never a guess beyond them."""
    code = _CODE.search(prompt) is not None
    password = _PASSWORD.search(_ONE_TIME_PASSWORD.sub("", prompt)) is not None
    if code and password:
        return Wanted.BOTH
    if code:
        return Wanted.CODE
    return Wanted.PASSWORD if password else Wanted.UNKNOWN
