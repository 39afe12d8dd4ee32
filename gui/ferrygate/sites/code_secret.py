"""Makes code secrets for a site, out of texts."""

from __future__ import annotations

from ferrygate.codes.enrol import (
    CodeParameters,
    FoundSecrets,
    find_enrolments,
    find_enrolments_in_qr,
    parse_enrolment,
)
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.secret import Secret
from ferrygate.sites.site import SignInSettings


def code_secret_for(sign_in: SignInSettings, text: Secret) -> CodeSecret:
    """Read the one code secret in a key or an address.

    An ``otpauth://`` address says itself how its codes are made. A bare key says nothing, and an
    export of Google Authenticator not how long they live: the site knows.

    Raises:
        CodeSecretError: the text holds no usable secret, or several; it is not quoted.
    """
    return parse_enrolment(text.reveal(), _parameters(sign_in))


def code_secrets_for(sign_in: SignInSettings, text: Secret) -> FoundSecrets:
    """Read all code secrets in a typed or pasted text, as :func:`code_secret_for` does one."""
    return find_enrolments(text.reveal(), _parameters(sign_in))


def code_secrets_in_qr(sign_in: SignInSettings, text: Secret) -> FoundSecrets:
    """Read all code secrets in the text of a QR code, which is never taken for a bare key."""
    return find_enrolments_in_qr(text.reveal(), _parameters(sign_in))


def matches_site(sign_in: SignInSettings, secret: CodeSecret) -> bool:
    """Tell whether codes are made as the site says: with its digits, period and algorithm."""
    return _parameters(sign_in) == CodeParameters(
        digits=secret.digits, period=secret.period, algorithm=secret.algorithm
    )


def _parameters(sign_in: SignInSettings) -> CodeParameters:
    return CodeParameters(digits=sign_in.digits, period=sign_in.period, algorithm=sign_in.algorithm)
