"""The one way in for a code secret that arrives as text."""

from __future__ import annotations

import re

from ferrygate.codes.keys import parse_key
from ferrygate.codes.migration import is_migration, parse_migration
from ferrygate.codes.otpauth import parse_otpauth
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.errors import CodeSecretError
from ferrygate.common.i18n import _

_CODE = re.compile(r"\s*[0-9]{3,4}\s?[0-9]{3,4}\s*", re.ASCII)


def parse_enrolment(text: str) -> CodeSecret:
    """The code secret in a pasted text, or in the text of a QR code: a key or an address.

    Raises:
        CodeSecretError: the text holds no usable secret, or several; it is not quoted.
    """
    choices = parse_enrolment_choices(text)
    if len(choices) > 1:
        raise CodeSecretError(
            _("This export holds several accounts."),
            next_step=_("Export the one account alone, and use that picture."),
        )
    return choices[0]


def parse_enrolment_choices(text: str) -> tuple[CodeSecret, ...]:
    """The code secrets in a text, at least one; several in an export of Google Authenticator.

    Raises:
        CodeSecretError: the text holds no usable secret; it is not quoted.
    """
    if is_migration(text):
        return _exported(text)
    if "://" in text:
        return (parse_otpauth(text),)
    if _CODE.fullmatch(text):
        raise CodeSecretError(
            _("This is a code. What is needed here is the key that codes are made from."),
            next_step=_("Choose “Can't scan?” where the QR code is shown, and copy the key."),
        )
    return (CodeSecret(key=parse_key(text)),)


def _exported(text: str) -> tuple[CodeSecret, ...]:
    export = parse_migration(text)
    if not export.secrets:
        raise CodeSecretError(
            _("This export of Google Authenticator holds no code that can be used here."),
            next_step=export.remark or _("Choose the account when you export."),
        )
    return export.secrets
