"""Reads the function's settings from the environment."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_MIN_DIGITS = 6
_MAX_DIGITS = 8


class ConfigurationError(Exception):
    """A setting is missing or makes no sense; the text names the variable, not its value."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """Holds the function's settings.

    Attributes:
        okta_address: ``https://`` address of the Okta organisation, without a path. Plain
            ``http://`` is taken for loopback addresses only.
        require_code: cut a code off the password and grant nothing that Okta has not verified
            with it. When false the password is sent whole.
        code_digits: length of a code, 6 to 8.
        role_arn: the role that AWS Transfer assumes for the person.
        bucket: the S3 bucket that holds the home folders.
        home_template: path of a home folder; knows ``{bucket}`` and ``{username}``.
    """

    okta_address: str
    role_arn: str
    bucket: str
    require_code: bool = True
    code_digits: int = 6
    home_template: str = "/{bucket}/{username}"

    def __post_init__(self) -> None:
        if not _is_safe_address(self.okta_address):
            raise ConfigurationError("OKTA_ADDRESS is not an https:// address")
        if not _MIN_DIGITS <= self.code_digits <= _MAX_DIGITS:
            raise ConfigurationError("CODE_DIGITS is not a number from 6 to 8")
        for name, value in (("ROLE_ARN", self.role_arn), ("BUCKET", self.bucket)):
            if not value.strip():
                raise ConfigurationError(f"{name} is missing")
        if not self.home_template.startswith("/"):
            raise ConfigurationError("HOME_TEMPLATE does not start with a slash")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Config:
        """Read the settings.

        Raises:
            ConfigurationError: a setting is missing or makes no sense.
        """
        return cls(
            okta_address=environment.get("OKTA_ADDRESS", "").rstrip("/"),
            role_arn=environment.get("ROLE_ARN", ""),
            bucket=environment.get("BUCKET", ""),
            require_code=_truth(environment.get("REQUIRE_CODE", "true")),
            code_digits=_number(environment.get("CODE_DIGITS", "6")),
            home_template=environment.get("HOME_TEMPLATE", "/{bucket}/{username}"),
        )

    def home_of(self, username: str) -> str:
        """Return the home folder's path, without the trailing slash that AWS Transfer refuses."""
        path = self.home_template.replace("{bucket}", self.bucket)
        return path.replace("{username}", username).rstrip("/")


def _is_safe_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        bare = parts.port != 0 and not (
            parts.path or parts.query or parts.fragment or parts.username or parts.password
        )
    except ValueError:
        return False
    if not parts.hostname or not bare:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _truth(text: str) -> bool:
    try:
        return _TRUTH[text.strip().lower()]
    except KeyError:
        raise ConfigurationError("REQUIRE_CODE is neither true nor false") from None


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ConfigurationError("CODE_DIGITS is not a number from 6 to 8") from None
