"""Lists what can be set up: what AWS Transfer lets be set, and what is not known of it.

The list is closed; the command line's ``--set`` and the files of ``--like`` use its names, with
hyphens. Each has a default that is documented, observed or, where neither is known, proposed.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import asyncssh
import msgspec

from ferrygate.identity.homes import ConfigurationError
from ferrygate.identity.public_keys import read_public_keys
from ferrygate.sandbox.store import Status


class SetStat(StrEnum):
    """Names what SETSTAT and FSETSTAT do; AWS Transfer's ``SetStatOption``."""

    REFUSE = "refuse"
    NO_OP = "no-op"


class AfterRefusedWrite(StrEnum):
    """Names what CLOSE does once a WRITE was refused."""

    FAIL = "fail"
    PUBLISH = "publish"


class Partial(StrEnum):
    """Names what becomes of an upload whose connection is lost before CLOSE."""

    KEEP = "keep"
    DISCARD = "discard"


class MissingParents(StrEnum):
    """Names what happens to a name in a folder that is not there."""

    REFUSE = "refuse"
    CREATE = "create"


class BucketKey(StrEnum):
    """Names whether the bucket is encrypted with a key of its own, and the function knows of it."""

    NONE = "none"
    TOLD = "told"
    UNTOLD = "untold"


class SignInMethods(StrEnum):
    """Names AWS Transfer's ``SftpAuthenticationMethods``, but a key alone, which has no code."""

    PASSWORD = "PASSWORD"  # noqa: S105  AWS Transfer's name of it
    PUBLIC_KEY_OR_PASSWORD = "PUBLIC_KEY_OR_PASSWORD"  # noqa: S105  the same
    PUBLIC_KEY_AND_PASSWORD = "PUBLIC_KEY_AND_PASSWORD"  # noqa: S105  the same


class InitialWindow(StrEnum):
    """Names the window that a channel is opened with."""

    ZERO = "zero"
    WHOLE = "whole"


class SecurityPolicy(StrEnum):
    """Names AWS Transfer's lists of algorithms."""

    OF_2024_01 = "2024-01"
    OF_2025_03 = "2025-03"


class HostKeyType(StrEnum):
    """Names types of host keys, as asyncssh does."""

    ED25519 = "ssh-ed25519"
    ECDSA = "ecdsa-sha2-nistp256"
    RSA = "ssh-rsa"


class SandboxSettingError(Exception):
    """A setting is not known, or its value makes no sense; the text names it."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Holds one value for each name of :data:`DESCRIPTIONS`."""

    set_stat: SetStat = SetStat.REFUSE
    refused_write: AfterRefusedWrite = AfterRefusedWrite.FAIL
    partial: Partial = Partial.KEEP
    missing_parents: MissingParents = MissingParents.REFUSE
    bucket_key: BucketKey = BucketKey.NONE
    versions: bool = False
    close_error: Status = Status.OK
    rename_onto_existing: Status = Status.FAILURE
    rmdir_not_empty: Status = Status.FAILURE
    random_write: Status = Status.OP_UNSUPPORTED
    symlink: Status = Status.OP_UNSUPPORTED
    listing_page: int = 100
    listing_delay_milliseconds: float = 0.0
    idle_seconds: float = 1800.0
    unresponsive_seconds: float = 300.0
    sign_in_methods: SignInMethods = SignInMethods.PASSWORD
    public_key: str = ""
    attempts: int = 3
    initial_window: InitialWindow = InitialWindow.ZERO
    security_policy: SecurityPolicy = SecurityPolicy.OF_2024_01
    host_keys: tuple[HostKeyType, ...] = (HostKeyType.ED25519,)
    rotate_host_keys: bool = False
    banner: str = ""
    okta_requests_per_second: int = 0
    okta_shows_lock_outs: bool = False


DESCRIPTIONS = {
    "set_stat": "SETSTAT and FSETSTAT: refuse, no-op (documented)",
    "refused_write": "CLOSE after a refused WRITE: fail, publish (proposed)",
    "partial": "upload whose connection is lost: keep (documented), discard",
    "missing_parents": "name in a folder that is not there: refuse (proposed), create",
    "bucket_key": "KMS key of the bucket: none, told or untold to the function (documented)",
    "versions": "true keeps what is replaced or removed, in .versions of the store (documented)",
    "close_error": "status of each CLOSE of an upload, which then publishes nothing; 0 for none",
    "rename_onto_existing": "status, 4 (proposed)",
    "rmdir_not_empty": "status, 4 (proposed)",
    "random_write": "status, 8 (proposed; the text is documented)",
    "symlink": "status, 8 (proposed)",
    "listing_page": "names in one answer to READDIR, 100 (proposed); 0 for all (observed)",
    "listing_delay_milliseconds": "for each folder listed; 40 is what AWS tells of (documented)",
    "idle_seconds": "seconds without a request until the connection ends, 1800 (documented)",
    "unresponsive_seconds": "seconds of silence until the connection ends, 300 (documented)",
    "sign_in_methods": "PASSWORD, PUBLIC_KEY_OR_PASSWORD or PUBLIC_KEY_AND_PASSWORD (documented)",
    "public_key": "key that the function has for the person, as ssh-ed25519 AAAA... (documented)",
    "attempts": "passwords and keys on one connection, 3 (proposed)",
    "initial_window": "of a channel: zero, and its size in a second message (observed), or whole",
    "security_policy": "2024-01 (documented), 2025-03 with post-quantum exchanges (documented)",
    "host_keys": "types, with commas: ssh-ed25519, ecdsa-sha2-nistp256, ssh-rsa (documented)",
    "rotate_host_keys": "true makes new host keys at this start (documented)",
    "banner": "text before the sign-in, 4,096 characters of ASCII (documented)",
    "okta_requests_per_second": "of one user, 4 at Okta (documented); 0 for no limit",
    "okta_shows_lock_outs": "true names a lock, else it looks like a wrong password (documented)",
}
# AWS Transfer API reference, PreAuthenticationLoginBanner: line feeds too, and ASCII alone
_BANNER = re.compile(r"[\t-\r -~]{0,4096}")


def read_settings(files: Iterable[Path] = (), assignments: Iterable[str] = ()) -> Settings:
    """Read settings from TOML files and ``name=value`` texts; the last of a name counts.

    Raises:
        OSError: a file cannot be read.
        SandboxSettingError: a name is not known, or a value makes no sense.
    """
    values: dict[str, Any] = {}
    for file in files:
        try:
            values |= tomllib.loads(file.read_bytes().decode())
        except ValueError as error:  # no UTF-8, or no TOML
            raise SandboxSettingError(f"{file.name}: {error}") from None
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals:
            raise SandboxSettingError(f"{assignment}: a value is missing")
        values[name] = text
    return _settings(values)


def describe() -> list[tuple[str, str, str]]:
    """Return name, default and description of each setting."""
    defaults = Settings()
    return [
        (name.replace("_", "-"), _written(getattr(defaults, name)), text)
        for name, text in DESCRIPTIONS.items()
    ]


def _settings(values: Mapping[str, Any]) -> Settings:
    known = {name.replace("_", "-"): name for name in DESCRIPTIONS}
    fields = {}
    for name, value in values.items():
        if name not in known:
            raise SandboxSettingError(f"{name}: there is no such setting")
        is_list = known[name] == "host_keys" and isinstance(value, str)
        field = [each.strip() for each in value.split(",")] if is_list else value
        try:
            converted = msgspec.convert({known[name]: field}, Settings, strict=False)
        except msgspec.ValidationError:
            raise SandboxSettingError(f"{name}: {value} makes no sense") from None
        fields[known[name]] = getattr(converted, known[name])
    settings = Settings(**fields)
    _check(settings)
    return settings


def _check(settings: Settings) -> None:
    for name in ("listing_page", "listing_delay_milliseconds", "okta_requests_per_second"):
        if not getattr(settings, name) >= 0:
            raise SandboxSettingError(f"{name.replace('_', '-')}: less than 0")
    for name in ("idle_seconds", "unresponsive_seconds", "attempts"):
        if not getattr(settings, name) > 0:
            raise SandboxSettingError(f"{name.replace('_', '-')}: not above 0")
    for name in ("rename_onto_existing", "rmdir_not_empty", "random_write", "symlink"):
        if getattr(settings, name) is Status.OK:  # which would be said of what was not done
            raise SandboxSettingError(f"{name.replace('_', '-')}: 0 is no refusal")
    if not _BANNER.fullmatch(settings.banner):
        raise SandboxSettingError("banner: not up to 4,096 characters of ASCII text")
    if not settings.host_keys:
        raise SandboxSettingError("host-keys: there has to be one")
    if len(set(settings.host_keys)) < len(settings.host_keys):
        raise SandboxSettingError("host-keys: a type twice")
    _check_public_key(settings)


def _check_public_key(settings: Settings) -> None:
    if not settings.public_key:
        if settings.sign_in_methods is SignInMethods.PUBLIC_KEY_AND_PASSWORD:
            raise SandboxSettingError("sign-in-methods: PUBLIC_KEY_AND_PASSWORD needs public-key")
        return
    if settings.sign_in_methods is SignInMethods.PASSWORD:
        raise SandboxSettingError("public-key: sign-in-methods is PASSWORD, which asks for none")
    try:
        read_public_keys(json.dumps({"name": [settings.public_key]}), "")
        asyncssh.import_public_key(settings.public_key)
    except (ConfigurationError, asyncssh.KeyImportError):
        raise SandboxSettingError("public-key: no public key as in ssh-ed25519 AAAA...") from None


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, Status) else str(value)
