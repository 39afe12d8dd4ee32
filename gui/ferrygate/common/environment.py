"""What the environment says; the secrets are taken out of it before anything else happens."""

from __future__ import annotations

import logging
from collections.abc import Mapping, MutableMapping

import msgspec

from ferrygate.common.secret import Secret

PASSWORD_VARIABLE = "FERRYGATE_PASSWORD"  # noqa: S105  the name of a variable
TOTP_SECRET_VARIABLE = "FERRYGATE_TOTP_SECRET"  # noqa: S105  the name of a variable
LOG_VARIABLE = "FERRYGATE_LOG"
QT_PLATFORM_VARIABLE = "QT_QPA_PLATFORM"
_SCREEN_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", QT_PLATFORM_VARIABLE)


class GivenSecrets(msgspec.Struct, frozen=True, kw_only=True):
    """What was given from outside, by the environment or by a program.

    Attributes:
        password: without a code.
        totp_secret: a key or an ``otpauth://`` address, not yet looked at.
        passphrase: of the site's private key.
    """

    password: Secret | None = None
    totp_secret: Secret | None = None
    passphrase: Secret | None = None


def take_secrets(environ: MutableMapping[str, str]) -> GivenSecrets:
    """Take the secrets out of an environment, so that no child process gets them.

    An empty variable counts as none.
    """
    password = environ.pop(PASSWORD_VARIABLE, "")
    totp_secret = environ.pop(TOTP_SECRET_VARIABLE, "")
    return GivenSecrets(
        password=Secret(password) if password else None,
        totp_secret=Secret(totp_secret) if totp_secret else None,
    )


def log_level(environ: Mapping[str, str]) -> int:
    """``FERRYGATE_LOG`` as a level of :mod:`logging`, such as ``debug``; INFO otherwise."""
    name = environ.get(LOG_VARIABLE, "").upper()
    return logging.getLevelNamesMapping().get(name, logging.INFO)


def has_screen(environ: Mapping[str, str], platform: str) -> bool:
    """Whether a window can be shown; a Qt platform that was chosen by name counts as a screen.

    Args:
        environ: the environment.
        platform: as :data:`sys.platform` gives it; elsewhere than on Linux there is always one.
    """
    return platform != "linux" or any(environ.get(name) for name in _SCREEN_VARIABLES)
