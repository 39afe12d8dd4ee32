"""Reads the function's settings from the environment, and refuses those that make no sense."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ferrygate.identity.homes import (
    ConfigurationError,
    Homes,
    read_homes,
    read_template,
)
from ferrygate.identity.names import is_domain
from ferrygate.identity.policy import MAX_POLICY_CHARACTERS, session_policy
from ferrygate.identity.public_keys import read_public_keys

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

BAKED_HOMES = "{}"  # "make lambda HOMES=FILE" puts a table here that is too large for HOMES
_MAX_HOMES_BYTES = 3000  # bytes, of the 4 KB that Lambda has for all variables
_MAX_PORT = 65535
_PASSWORD = "PASSWORD"  # noqa: S105  AWS Transfer's names of sign-in methods
_KEY_AND_PASSWORD = "PUBLIC_KEY_AND_PASSWORD"  # noqa: S105  the same
_HTTPS = re.compile(r"https://([a-z0-9.-]+)", re.ASCII)
# Okta on this computer (ferrygate's sandbox) may be asked without TLS.
_LOOPBACK = re.compile(r"http://(?:127(?:\.[0-9]{1,3}){3}|\[::1\])(?::([0-9]{1,5}))?", re.ASCII)
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]{1,512}", re.ASCII)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_KMS_KEY = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]{1,32}:[0-9]{12}:key/[\w-]{1,64}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Config:
    """Holds the function's settings, as checked.

    Attributes:
        okta_address: ``https://`` address of the Okta organisation, without a path.
        role_arn: the role that AWS Transfer assumes for the person.
        homes: who may sign in, and whose folder is which.
        public_keys: keys by login where AWS Transfer asks for key and password, else None.
        kms_key_arn: the key that the bucket is encrypted with, or "".
        source_networks: networks that may sign in; none for all.
        code_digits: length of a code.
        logs_grants: grants are logged too, not only refusals.
    """

    okta_address: str
    role_arn: str
    homes: Homes
    public_keys: Mapping[str, list[str]] | None
    kms_key_arn: str
    source_networks: tuple[Network, ...]
    code_digits: int
    logs_grants: bool

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Config:
        """Read the settings; an empty one counts as missing.

        Raises:
            ConfigurationError: a setting is missing or makes no sense.
        """
        get = environment.get
        bucket = _well_formed("BUCKET", get("BUCKET", ""), _BUCKET)
        kms_key_arn = get("KMS_KEY_ARN", "")
        digits = _one_of("CODE_DIGITS", get("CODE_DIGITS") or "6", "6", "7", "8")
        level = _one_of("LOG_LEVEL", get("LOG_LEVEL") or "INFO", "INFO", "WARNING")
        config = cls(
            okta_address=_okta_address(get("OKTA_ADDRESS", "")),
            role_arn=_well_formed("ROLE_ARN", get("ROLE_ARN", ""), _ROLE),
            homes=_homes(environment, bucket),
            public_keys=_public_keys(environment),
            kms_key_arn=kms_key_arn and _well_formed("KMS_KEY_ARN", kms_key_arn, _KMS_KEY),
            source_networks=_networks(get("SOURCE_NETWORKS", "")),
            code_digits=int(digits),
            logs_grants=level == "INFO",
        )
        if any(
            len(config.policy_of(each)) > MAX_POLICY_CHARACTERS
            for each in config.homes.longest_targets()
        ):
            raise ConfigurationError("a home's path is too long for a session policy")
        return config

    def policy_of(self, target: str) -> str:
        """Return the session policy of one home."""
        return session_policy(self.role_arn, target, self.kms_key_arn)


def _okta_address(text: str) -> str:
    address = text.rstrip("/").lower()
    local = _LOOPBACK.fullmatch(address)
    if local and int(local[1] or 0) <= _MAX_PORT:
        return address
    found = _HTTPS.fullmatch(address)
    if not found or not is_domain(found[1]):
        raise ConfigurationError("OKTA_ADDRESS is not the https:// address of an organisation")
    if found[1].split(".")[0].endswith("-admin"):
        raise ConfigurationError("OKTA_ADDRESS is that of the admin console")
    return address


def _homes(environment: Mapping[str, str], bucket: str) -> Homes:
    domain = environment.get("SIGN_ON_DOMAIN", "").lower()
    if domain and not is_domain(domain):
        raise ConfigurationError("SIGN_ON_DOMAIN is no domain")
    template = read_template(environment.get("HOME_TEMPLATE") or "/{bucket}/{username}", bucket)
    text = environment.get("HOMES", "")
    if len(text.encode(errors="replace")) > _MAX_HOMES_BYTES:
        raise ConfigurationError('HOMES is over 3,000 bytes: use "make lambda HOMES=FILE"')
    table = read_homes(text or BAKED_HOMES, template, bucket, domain)
    allow = environment.get("ALLOW") or ("sign-on-domain" if domain else "listed")
    homes = Homes(
        allow=_one_of("ALLOW", allow, "everyone", "sign-on-domain", "listed"),
        sign_on_domain=domain,
        template=template,
        table=table,
    )
    if homes.allow == "sign-on-domain" and not domain:
        raise ConfigurationError("SIGN_ON_DOMAIN is missing")
    if homes.allow == "listed" and not table:
        raise ConfigurationError("HOMES is missing, so nobody may sign in")
    return homes


def _public_keys(environment: Mapping[str, str]) -> dict[str, list[str]] | None:
    """Return the keys where AWS Transfer asks for key and password; else they are not read."""
    methods = environment.get("METHODS") or _PASSWORD
    if _one_of("METHODS", methods, _PASSWORD, _KEY_AND_PASSWORD) == _PASSWORD:
        return None
    domain = environment.get("SIGN_ON_DOMAIN", "").lower()
    return read_public_keys(environment.get("KEYS") or "{}", domain)


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(each.strip()) for each in text.split(",") if each.strip())
    except ValueError:
        raise ConfigurationError("SOURCE_NETWORKS is no list of networks") from None


def _well_formed(variable: str, text: str, pattern: re.Pattern[str]) -> str:
    if not pattern.fullmatch(text):
        raise ConfigurationError(f"{variable} is missing or malformed")
    return text


def _one_of(variable: str, text: str, *choices: str) -> str:
    if text not in choices:
        raise ConfigurationError(f"{variable} is none of {', '.join(choices)}")
    return text
