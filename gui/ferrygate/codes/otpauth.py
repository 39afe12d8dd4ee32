"""The ``otpauth://`` address that sets up a code (Google's "Key Uri Format")."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote

from ferrygate.codes.keys import parse_key
from ferrygate.codes.totp import ALGORITHMS, DIGITS, CodeSecret
from ferrygate.common.errors import CodeSecretError
from ferrygate.common.i18n import _
from ferrygate.common.names import is_unsafe
from ferrygate.common.secret import Secret

_MAX_PARAMETERS = 32
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


def parse_otpauth(uri: str) -> CodeSecret:
    """The code secret in an ``otpauth://totp/`` address.

    Parameter names and the algorithm may be in any case; what is not said is 6 digits, 30 seconds
    and SHA-1. Issuer and account may be separated by ``:`` or ``%3A``.

    Raises:
        CodeSecretError: the address holds no usable secret; nothing of it is quoted.
    """
    scheme, _separator, rest = uri.strip().partition("://")
    address, _mark, query = rest.partition("#")[0].partition("?")
    kind, _slash, raw_label = address.partition("/")
    if scheme.lower() == "oktaverify":
        raise _okta_verify()
    if scheme.lower() != "otpauth":
        raise CodeSecretError(
            _("This address is not one that sets up a code."),
            next_step=_("Look for a key, or for an address that starts with otpauth://."),
        )
    if kind.lower() != "totp":
        raise CodeSecretError(
            _("This code changes with every use instead of with time, so it cannot be used here."),
            next_step=_("Ask for a time-based code."),
        )
    parameters = _parameters(query)
    if not parameters.get("secret"):
        raise _okta_verify()
    issuer, label = issuer_and_account(unquote(raw_label), parameters.get("issuer", ""))
    return CodeSecret(
        key=parse_key(parameters["secret"]),
        digits=_digits(parameters.get("digits", "6")),
        period=_period(parameters.get("period", "30")),
        algorithm=_algorithm(parameters.get("algorithm", "SHA1")),
        issuer=issuer,
        label=label,
    )


def format_otpauth(secret: CodeSecret) -> Secret:
    """The address that :func:`parse_otpauth` reads back; every parameter is written out."""
    prefix = f"{quote(secret.issuer, safe='')}:" if secret.issuer or ":" in secret.label else ""
    issuer = f"&issuer={quote(secret.issuer, safe='')}" if secret.issuer else ""
    return Secret(
        f"otpauth://totp/{prefix}{quote(secret.label, safe='')}"
        f"?secret={secret.key.reveal()}{issuer}"
        f"&algorithm={secret.algorithm}&digits={secret.digits}&period={secret.period}"
    )


def issuer_and_account(raw_label: str, raw_issuer: str) -> tuple[str, str]:
    """Issuer and account, cleaned for display.

    Args:
        raw_label: the account, or issuer, colon and account.
        raw_issuer: wins over the label's prefix, unless it is empty.
    """
    label, issuer = _cleaned(raw_label), _cleaned(raw_issuer)
    if issuer and label.startswith(f"{issuer}:"):
        return issuer, label.removeprefix(f"{issuer}:").strip()
    prefix, colon, account = label.partition(":")
    if not colon:
        return issuer, label
    return issuer or prefix.strip(), account.strip()


def _okta_verify() -> CodeSecretError:
    return CodeSecretError(
        _("This is for the Okta Verify app and holds no key that another program can use."),
        next_step=_("In Okta, choose “Google Authenticator” and use the key or picture it shows."),
    )


def _parameters(query: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(query, max_num_fields=_MAX_PARAMETERS)
    except ValueError:
        raise CodeSecretError(_("This address cannot be understood.")) from None
    return {name.lower(): value for name, value in reversed(pairs)}


def _cleaned(text: str) -> str:
    return "".join(character for character in text if not is_unsafe(character)).strip()


def _digits(text: str) -> int:
    if not _WHOLE_NUMBER.fullmatch(text) or int(text) not in DIGITS:
        raise CodeSecretError(_("Codes of this length are not supported: 6, 7 or 8 digits are."))
    return int(text)


def _period(text: str) -> int:
    if not _WHOLE_NUMBER.fullmatch(text) or int(text) < 1:
        raise CodeSecretError(_("The address gives no usable time between two codes."))
    return int(text)


def _algorithm(text: str) -> str:
    algorithm = text.upper().replace("-", "")
    if algorithm not in ALGORITHMS:
        raise CodeSecretError(
            _("The address asks for a way to make codes that Ferrygate does not know."),
            detail="algorithm is not SHA1, SHA256 or SHA512",
        )
    return algorithm
