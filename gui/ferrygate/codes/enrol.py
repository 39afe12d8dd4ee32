"""The one way in for a code secret that arrives as text."""

from __future__ import annotations

import re

from ferrygate.codes.keys import parse_key
from ferrygate.codes.otpauth import parse_otpauth
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.errors import CodeSecretError
from ferrygate.common.i18n import _

_CODE = re.compile(r"\s*[0-9]{3,4}\s?[0-9]{3,4}\s*", re.ASCII)


def parse_enrolment(text: str) -> CodeSecret:
    """The code secret in a pasted text, or in the text of a QR code: a key or an address.

    Raises:
        CodeSecretError: the text holds no usable secret; it is not quoted.
    """
    if "://" in text:
        return parse_otpauth(text)
    if _CODE.fullmatch(text):
        raise CodeSecretError(
            _("This is a code. What is needed here is the key that codes are made from."),
            next_step=_('Choose "Can\'t scan?" where the QR code is shown, and copy the key.'),
        )
    return CodeSecret(key=parse_key(text))
