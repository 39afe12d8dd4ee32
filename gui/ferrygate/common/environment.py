"""Reads the environment; secrets are taken out of it before anything else happens."""

from __future__ import annotations

import logging
from collections.abc import Mapping, MutableMapping

import msgspec

from ferrygate.common.secret import Secret

PASSWORD_VARIABLE = "FERRYGATE_PASSWORD"  # noqa: S105  the name of a variable
TOTP_SECRET_VARIABLE = "FERRYGATE_TOTP_SECRET"  # noqa: S105  the name of a variable
PASSPHRASE_VARIABLE = "FERRYGATE_PASSPHRASE"  # noqa: S105  only its file has a variable
FILE_SUFFIX = "_FILE"
CREDENTIALS_VARIABLE = "CREDENTIALS_DIRECTORY"
LOG_VARIABLE = "FERRYGATE_LOG"
QT_PLATFORM_VARIABLE = "QT_QPA_PLATFORM"
_SCREEN_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", QT_PLATFORM_VARIABLE)


class GivenSecrets(msgspec.Struct, frozen=True, kw_only=True):
    """Holds secrets that were given from outside, by the environment or by a program.

    Attributes:
        password: without a code.
        totp_secret: a key or an ``otpauth://`` address, not yet looked at.
        passphrase: of the site's private key.
    """

    password: Secret | None = None
    totp_secret: Secret | None = None
    passphrase: Secret | None = None


class SecretSources(msgspec.Struct, frozen=True, kw_only=True):
    """Holds where the environment says that secrets are; none of them has been read yet.

    Attributes:
        values: secrets by the name of their variable.
        files: paths of files by the name of their variable.
        credentials: systemd's folder of credentials; empty where there is none.
    """

    values: dict[str, Secret] = {}
    files: dict[str, str] = {}
    credentials: str = ""


def take_secrets(environ: MutableMapping[str, str]) -> SecretSources:
    """Take the secrets out of an environment, so that no child process gets them.

    An empty variable counts as none. What they hold is for
    :func:`ferrygate.common.secret_sources.read_secrets`.
    """
    values = {name: environ.pop(name, "") for name in (PASSWORD_VARIABLE, TOTP_SECRET_VARIABLE)}
    names = [name + FILE_SUFFIX for name in (*values, PASSPHRASE_VARIABLE)]
    files = {name: environ.pop(name, "") for name in names}
    return SecretSources(
        values={name: Secret(value) for name, value in values.items() if value},
        files={name: path for name, path in files.items() if path},
        credentials=environ.get(CREDENTIALS_VARIABLE, ""),
    )


def log_level(environ: Mapping[str, str]) -> int:
    """``FERRYGATE_LOG`` as a level of :mod:`logging`, such as ``debug``; INFO otherwise."""
    name = environ.get(LOG_VARIABLE, "").upper()
    return logging.getLevelNamesMapping().get(name, logging.INFO)


def has_screen(environ: Mapping[str, str], platform: str) -> bool:
    """Tell whether a window can be shown; a Qt platform that was chosen by name counts as a screen.

    Args:
        environ: the environment.
        platform: as :data:`sys.platform` gives it; elsewhere than on Linux there is always one.
    """
    return platform != "linux" or any(environ.get(name) for name in _SCREEN_VARIABLES)
