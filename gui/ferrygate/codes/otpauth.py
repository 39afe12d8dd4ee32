"""Reads and writes the ``otpauth://`` address of a code (Google's "Key Uri Format")."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote

from ferrygate.codes.keys import parse_key
from ferrygate.codes.other_apps import okta_verify, reject_address_of_another_app, steam
from ferrygate.codes.totp import DIGITS, PERIODS, CodeSecret
from ferrygate.common.display import is_unsafe
from ferrygate.common.errors import CodeSecretError
from ferrygate.common.message import message
from ferrygate.common.secret import Secret

_MAX_PARAMETERS = 32  # of an address; the format knows six
# Characters that an issuer, and an account, have in an address that is written. A keychain takes
# 1,280 for a whole entry: the issuer twice, the account, the key, and whom the secret is for.
_MAX_NAME = 160
_ADDRESS = re.compile(r"otpauth:/{0,3}([A-Za-z]*)(.*)", re.IGNORECASE | re.DOTALL)
# Where the parameters begin: labels with a raw "?" or "&" in them exist.
_QUERY = re.compile(
    r"[?&](?=(?:secret|issuer|digits|period|algorithm|counter|image|encoder|t|f)=)", re.IGNORECASE
)
_SEPARATORS = re.compile(r"[&;]")
# Some programs write a float's or an enumeration's own text: "30.0", "Algorithm.sha1", "HmacSHA1".
_WHOLE_NUMBER = re.compile(r"0*([0-9]{1,9})(?:\.0*)?", re.ASCII)
_ALGORITHM = re.compile(
    r"(?:[A-Z]*[._: -])?(?:HMAC)?[._ -]?SHA(?:[._ -]?2(?=[._ -]?(?:256|512)))?[._ -]?(|1|256|512)",
    re.ASCII,
)
_STEAM_DIGITS = "5"
_TOTP, _HOTP, _STEAM = "totp", "hotp", "steam"
# Parameters that the address of Okta Verify has, and that of no code.
_OF_OKTA_VERIFY = frozenset({"t", "f", "touchidrequired"})
_DECIDING = frozenset({"secret", "digits", "period", "algorithm"})


def parse_otpauth(uri: str) -> CodeSecret:
    """Read the code secret in an ``otpauth://totp/`` address.

    Parameter names and the algorithm may be in any case; what is not said is 6 digits, 30 seconds
    and SHA-1. Issuer and account may be separated by ``:`` or ``%3A``.

    Raises:
        CodeSecretError: the address holds no usable secret; nothing of it is quoted.
    """
    found = _ADDRESS.fullmatch(uri.strip())
    if not found:
        reject_address_of_another_app(uri)
        raise CodeSecretError(
            message("This address is not one that sets up a code."),
            next_step=message("Look for a key, or for an address that starts with otpauth://."),
        )
    kind, rest = found[1].lower(), found[2]
    begin = _QUERY.search(rest) or re.search(r"\?", rest)
    raw_label, query = (rest[: begin.start()], rest[begin.end() :]) if begin else (rest, "")
    parameters = _parameters(query)
    _check_kind(kind, parameters)
    issuer, label = issuer_and_account(
        unquote(raw_label.removeprefix("/")), parameters.get("issuer", "")
    )
    return CodeSecret(
        key=_key(parameters),
        digits=_digits(parameters.get("digits", "6")),
        period=_period(parameters.get("period", "30")),
        algorithm=_algorithm(parameters.get("algorithm", "SHA1")),
        issuer=issuer,
        label=label,
    )


def format_otpauth(secret: CodeSecret) -> Secret:
    """Write the address that :func:`parse_otpauth` reads back; every parameter is written out.

    Names are for display only: where they are long, their end is left out.
    """
    issuer, label = _written(secret.issuer), _written(secret.label)
    prefix = f"{issuer}:" if issuer or ":" in secret.label else ""
    parameter = f"&issuer={issuer}" if issuer else ""
    return Secret(
        f"otpauth://totp/{prefix}{label}"
        f"?secret={secret.key.reveal()}{parameter}"
        f"&algorithm={secret.algorithm}&digits={secret.digits}&period={secret.period}"
    )


def _written(name: str) -> str:
    """Escape a name for an address, and leave out what is beyond the bound."""
    while len(written := quote(name, safe="")) > _MAX_NAME:
        name = name[: min(len(name) - 1, _MAX_NAME)].rstrip()
    return written


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


def _parameters(query: str) -> dict[str, str]:
    """Read what the address says of its code; a thing said twice has to be said alike."""
    try:
        pairs = parse_qsl(_SEPARATORS.sub("&", query), max_num_fields=_MAX_PARAMETERS)
    except ValueError:
        raise _not_understood() from None
    parameters: dict[str, str] = {}
    for spelt, told in pairs:
        name = spelt.strip().lower()
        value = told.partition("#")[0].strip() if name in _DECIDING else told
        if parameters.setdefault(name, value) != value and name in _DECIDING:
            raise CodeSecretError(
                message("This address says two different things about the same code."),
                next_step=message("Copy it again from the page that shows it."),
            )
    return parameters


def _check_kind(kind: str, parameters: dict[str, str]) -> None:
    """Reject codes that are not made from the time, or not in the way of RFC 6238."""
    is_named_steam = _STEAM in {
        kind,
        parameters.get("encoder", "").lower(),
        parameters.get("algorithm", "").lower(),
    }
    issued_by_steam = parameters.get("issuer", "").strip().lower() == _STEAM
    if is_named_steam or (issued_by_steam and parameters.get("digits") == _STEAM_DIGITS):
        raise steam()
    if kind == _HOTP:
        raise CodeSecretError(
            message(
                "This code changes with every use instead of with time, so it cannot be used here."
            ),
            next_step=message("Ask for a time-based code."),
        )
    if kind != _TOTP:
        raise CodeSecretError(
            message("This address is for a kind of code that Ferrygate does not know."),
            next_step=message("Ask for a time-based code."),
        )


def _key(parameters: dict[str, str]) -> Secret:
    if parameters.get("secret"):
        return parse_key(parameters["secret"])
    if _OF_OKTA_VERIFY & parameters.keys():
        raise okta_verify()
    raise CodeSecretError(
        message("This address holds no key."),
        next_step=message("Copy the whole address again from the page that shows it."),
    )


def _not_understood() -> CodeSecretError:
    return CodeSecretError(
        message("This address cannot be understood."),
        next_step=message("Copy it again from the page that shows it."),
    )


def _cleaned(text: str) -> str:
    return "".join(character for character in text if not is_unsafe(character)).strip()


def _digits(text: str) -> int:
    digits = _whole_number(text)
    if digits not in DIGITS:
        raise CodeSecretError(
            message("Codes of this length are not supported: 6, 7 or 8 digits are."),
            next_step=message("Ask for a code of 6 digits."),
        )
    return digits


def _period(text: str) -> int:
    period = _whole_number(text)
    if period not in PERIODS:
        raise CodeSecretError(
            message("The address gives no usable time between two codes."),
            next_step=message("Copy it again from the page that shows it."),
        )
    return period


def _whole_number(text: str) -> int:
    """Read a number; 0, which is none of what is asked here, where there is none."""
    found = _WHOLE_NUMBER.fullmatch(text)
    return int(found[1]) if found else 0


def _algorithm(text: str) -> str:
    found = _ALGORITHM.fullmatch(text.upper())
    if not found:
        raise CodeSecretError(
            message("The address asks for a way to make codes that Ferrygate does not know."),
            next_step=message("Ask for a code that is made with SHA-1, SHA-256 or SHA-512."),
            detail="algorithm is not SHA1, SHA256 or SHA512",
        )
    return f"SHA{found[1] or 1}"  # "SHA" is the first of them (as in Java's names)
