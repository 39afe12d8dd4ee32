"""Checks the keys of a connection file and their values.

A check gives the value back, or raises :class:`InvalidValueError` with the second half of a
sentence. No check quotes the value: a secret may have been put in the wrong place.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from ferrygate.codes.join import check_template
from ferrygate.codes.totp import ALGORITHMS, DIGITS, PERIODS
from ferrygate.common.display import is_unsafe
from ferrygate.common.errors import UsageError
from ferrygate.common.message import Message, message

Check = Callable[[object], Any]

STEPS = ("publickey", "password", "keyboard-interactive")
"""SSH method names in the only order that makes sense (RFC 4252, RFC 4256)."""

PROMPT_MEANINGS = ("password", "code", "both", "ask")
"""Meanings that a site may give a prompt."""

_MAX_TEXT = 1000  # characters of a value; longer ones are no names or addresses
_MAX_PROMPTS = 16  # as many as one round may have
_MAX_HOST = 253  # RFC 1035 §2.3.4, without the dot of the root
_MAX_PINS = 64  # host keys of one site; a server has a handful
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_WITH_PORT = re.compile(rf"{_HOST.pattern}:[0-9]+")
_NUMERIC = re.compile(r"[0-9A-Fa-f:.]+(?:%[A-Za-z0-9_.-]+)?")
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")


class InvalidValueError(Exception):
    """Tells why a value cannot be taken; made a ConnectionFileError once its line is known.

    Attributes:
        reason: the words that follow the key's name.
    """

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


def text(value: object) -> str:
    """Check for a text without invisible characters."""
    if not isinstance(value, str):
        raise InvalidValueError(message("has to be a text in quotes"))
    if any(map(is_unsafe, value)):
        raise InvalidValueError(message("holds an invisible character"))
    if len(value) > _MAX_TEXT:
        raise InvalidValueError(message("is too long"))
    return value


def some_text(value: object) -> str:
    """Check for a text that is not blank."""
    checked = text(value)
    if not checked.strip() or checked != checked.strip():
        raise InvalidValueError(message("has to be a text without spaces around it"))
    return checked


def whole_number(allowed: range) -> Check:
    """Make a check for whole numbers in a range."""

    def check(value: object) -> int:
        if type(value) is not int or value not in allowed:  # a bool is an int, and not meant
            raise InvalidValueError(
                message(
                    "has to be a whole number from {first} to {last}",
                    first=allowed.start,
                    last=allowed.stop - 1,
                )
            )
        return value

    return check


def flag(value: object) -> bool:
    """``true`` or ``false``."""
    if not isinstance(value, bool):
        raise InvalidValueError(message("has to be true or false"))
    return value


def host(value: object) -> str:
    """Check for a DNS name in ASCII, or an IP address."""
    checked = text(value)
    if is_host(checked):
        return checked
    if "://" in checked:
        raise InvalidValueError(
            message("has to be a name alone, without what an address on the web begins with")
        )
    if checked.startswith("["):
        raise InvalidValueError(
            message("has to be an address without brackets, and the port on its own line")
        )
    if _WITH_PORT.fullmatch(checked):
        raise InvalidValueError(
            message("has to be a name alone; the port has a line of its own, “port”")
        )
    raise InvalidValueError(message("has to be the name or address of a server"))


def is_host(name: str) -> bool:
    """Tell whether a text is a DNS name in ASCII (no look-alike letters) or an IP address."""
    if _HOST.fullmatch(name) and len(name) <= _MAX_HOST:
        return True
    return _address(name) is not None


def fingerprints(value: object) -> tuple[str, ...]:
    """Host key fingerprints as OpenSSH writes them."""
    pins = _texts(value)
    if len(pins) > _MAX_PINS or not all(map(_FINGERPRINT.fullmatch, pins)):
        raise InvalidValueError(
            message("has to hold fingerprints such as SHA256: and 43 characters")
        )
    return pins


def folder(value: object) -> str:
    """Check for an absolute remote folder."""
    checked = text(value)
    if not checked.startswith("/"):
        raise InvalidValueError(message("has to start with a slash"))
    return checked


def steps(value: object) -> tuple[str, ...]:
    """SSH method names, each once, in an order that makes sense."""
    names = _texts(value)
    if not names or names != tuple(step for step in STEPS if step in names):
        raise InvalidValueError(
            message("has to hold, in this order, some of {names}", names=", ".join(STEPS))
        )
    return names


def template(value: object) -> str:
    """Check how password and code are joined."""
    checked = text(value)
    try:
        check_template(checked)
    except UsageError:
        raise InvalidValueError(
            message("has to hold {password}, may hold {code}, and no other braces")
        ) from None
    return checked


def algorithm(value: object) -> str:
    """Check for a hash that codes can be made with."""
    checked = text(value)
    if checked not in ALGORITHMS:
        raise InvalidValueError(message("has to be one of {names}", names=", ".join(ALGORITHMS)))
    return checked


def okta_address(value: object) -> str:
    """Check for an ``https`` address without a path; ``http`` on this computer only (sandbox)."""
    checked = text(value)
    try:
        parts = urlsplit(checked)
        name, port = parts.hostname or "", parts.port
    except ValueError:
        raise InvalidValueError(message("has to be an address that starts with https://")) from None
    bare = checked.rstrip("/").partition("://")[2]
    written = f"[{name}]" if ":" in name else name
    if bare.lower() != (written if port is None else f"{written}:{port}") or not is_host(name):
        raise InvalidValueError(
            message("has to be an address that starts with https:// and has no path")
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(name)):
        raise InvalidValueError(message("has to start with https://"))
    return checked


def prompts(value: object) -> tuple[tuple[str, str], ...]:
    """Read what prompts want, by their exact text."""
    if not isinstance(value, dict):
        raise InvalidValueError(message("has to hold prompts and what they want, in braces"))
    if len(value) > _MAX_PROMPTS or not all(
        meaning in PROMPT_MEANINGS for meaning in value.values()
    ):
        raise InvalidValueError(
            message("has to give each prompt one of {names}", names=", ".join(PROMPT_MEANINGS))
        )
    return tuple((some_text(text), meaning) for text, meaning in value.items())


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise InvalidValueError(message("has to be a list in square brackets"))
    return tuple(text(item) for item in value)


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    if not _NUMERIC.fullmatch(name):
        return None
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _is_loopback(name: str) -> bool:
    address = _address(name)
    return name == "localhost" or (address is not None and address.is_loopback)


TOP: dict[str, Check] = {
    "name": some_text,
    "host": host,
    "port": whole_number(range(1, 65536)),
    "username": text,
    "host_key_fingerprints": fingerprints,
    "start_folder": folder,
    "late_part_seconds": whole_number(range(86401)),
}
SECTIONS: dict[str, dict[str, Check]] = {
    "sign_in": {
        "steps": steps,
        "join": template,
        "private_key": text,
        "digits": whole_number(DIGITS),
        "period": whole_number(PERIODS),
        "algorithm": algorithm,
        "okta_address": okta_address,
        "prompts": prompts,
    },
    "policy": {"save_password": flag, "save_code_secret": flag},
    "support": {"contact": text},
}
