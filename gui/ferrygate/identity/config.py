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
    require,
)
from ferrygate.identity.names import is_domain
from ferrygate.identity.policy import MAX_POLICY_CHARACTERS, session_policy
from ferrygate.identity.public_keys import read_public_keys

BAKED_HOMES = "{}"  # "make lambda HOMES=FILE" puts a table here that is too large for HOMES
_MAX_HOMES_BYTES = 3000  # of the 4 KB that Lambda has for all variables
_MAX_PORT = 65535
# Okta on this computer (ferrygate's sandbox) may be asked without TLS.
_LOOPBACK = re.compile(r"http://(?:127(?:\.[0-9]{1,3}){3}|\[::1\])(?::([0-9]{1,5}))?")
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]{1,512}", re.ASCII)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
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
    source_networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
    code_digits: int
    logs_grants: bool

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Config:
        """Read the settings; an empty one counts as missing.

        Raises:
            ConfigurationError: a setting is missing or makes no sense.
        """
        get = environment.get
        bucket = _well_formed(environment, "BUCKET", _BUCKET)
        digits = _one_of(environment, "CODE_DIGITS", "6", "6", "7", "8")
        level = _one_of(environment, "LOG_LEVEL", "INFO", "INFO", "WARNING")
        has_key = get("KMS_KEY_ARN")
        config = cls(
            okta_address=_okta_address(get("OKTA_ADDRESS", "")),
            role_arn=_well_formed(environment, "ROLE_ARN", _ROLE),
            homes=_homes(environment, bucket),
            public_keys=_public_keys(environment),
            kms_key_arn=_well_formed(environment, "KMS_KEY_ARN", _KMS_KEY) if has_key else "",
            source_networks=_networks(get("SOURCE_NETWORKS", "")),
            code_digits=int(digits),
            logs_grants=level == "INFO",
        )
        lengths = [len(config.policy_of(each)) for each in config.homes.longest_targets()]
        too_long = "a home's path is too long for a session policy"
        require(max(lengths) <= MAX_POLICY_CHARACTERS, too_long)
        return config

    def policy_of(self, target: str) -> str:
        """Return the session policy of one home."""
        return session_policy(self.role_arn, target, self.kms_key_arn)


def _okta_address(text: str) -> str:
    address = text.rstrip("/").lower()
    local = _LOOPBACK.fullmatch(address)
    if local and int(local[1] or 0) <= _MAX_PORT:
        return address
    host = address.removeprefix("https://")
    is_https = address.startswith("https://") and is_domain(host)
    require(is_https, "OKTA_ADDRESS is not the https:// address of an organisation")
    require(not host.split(".")[0].endswith("-admin"), "OKTA_ADDRESS is that of the admin console")
    return address


def _homes(environment: Mapping[str, str], bucket: str) -> Homes:
    domain = environment.get("SIGN_ON_DOMAIN", "").lower()
    require(not domain or is_domain(domain), "SIGN_ON_DOMAIN is no domain")
    template = read_template(environment.get("HOME_TEMPLATE") or "/{bucket}/{username}", bucket)
    text = environment.get("HOMES", "")
    require(
        len(text.encode(errors="replace")) <= _MAX_HOMES_BYTES,
        'HOMES is over 3,000 bytes: use "make lambda HOMES=FILE"',
    )
    table = read_homes(text or BAKED_HOMES, template, bucket, domain)
    default = "sign-on-domain" if domain else "listed"
    homes = Homes(
        allow=_one_of(environment, "ALLOW", default, "everyone", "sign-on-domain", "listed"),
        sign_on_domain=domain,
        template=template,
        table=table,
    )
    require(domain or homes.allow != "sign-on-domain", "SIGN_ON_DOMAIN is missing")
    require(table or homes.allow != "listed", "HOMES is missing, so nobody may sign in")
    return homes


def _public_keys(environment: Mapping[str, str]) -> dict[str, list[str]] | None:
    """Return the keys where AWS Transfer asks for key and password, or None, with KEYS unread."""
    methods = ("PASSWORD", "PUBLIC_KEY_AND_PASSWORD")
    if _one_of(environment, "METHODS", "PASSWORD", *methods) == "PASSWORD":
        return None
    domain = environment.get("SIGN_ON_DOMAIN", "").lower()
    return read_public_keys(environment.get("KEYS") or "{}", domain)


def _networks(text: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    try:
        return tuple(ipaddress.ip_network(each.strip()) for each in text.split(",") if text)
    except ValueError:
        raise ConfigurationError("SOURCE_NETWORKS is no list of networks") from None


def _well_formed(environment: Mapping[str, str], variable: str, pattern: re.Pattern[str]) -> str:
    text = environment.get(variable, "")
    require(pattern.fullmatch(text), f"{variable} is missing or malformed")
    return text


def _one_of(environment: Mapping[str, str], variable: str, default: str, *choices: str) -> str:
    text = environment.get(variable) or default
    require(text in choices, f"{variable} is none of {', '.join(choices)}")
    return text
