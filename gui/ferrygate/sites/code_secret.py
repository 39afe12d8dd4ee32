"""A code secret that arrives as text, for a site."""

from __future__ import annotations

import msgspec

from ferrygate.codes.enrol import parse_enrolment
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.secret import Secret
from ferrygate.sites.site import SignIn


def code_secret_for(sign_in: SignIn, text: Secret) -> CodeSecret:
    """The code secret in a key or an ``otpauth://`` address.

    An address says itself how its codes are made. A bare key says nothing: the site knows.

    Raises:
        CodeSecretError: the text holds no usable secret; it is not quoted.
    """
    secret = parse_enrolment(text.reveal())
    if "://" in text.reveal():
        return secret
    return msgspec.structs.replace(
        secret, digits=sign_in.digits, period=sign_in.period, algorithm=sign_in.algorithm
    )
