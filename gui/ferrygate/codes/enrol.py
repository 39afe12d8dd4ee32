"""Reads code secrets from texts: typed, pasted, or out of a QR code."""

from __future__ import annotations

import re

import msgspec

from ferrygate.codes.keys import parse_key
from ferrygate.codes.migration import is_migration, parse_migration
from ferrygate.codes.other_apps import reject_address_of_another_app
from ferrygate.codes.otpauth import parse_otpauth
from ferrygate.codes.pasted_text import addresses_in, key_in
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.errors import CodeSecretError
from ferrygate.common.message import Message, message, sentences

_MAX_TEXT = 1 << 20  # characters; another app's list of a thousand addresses has some 200,000
_CODE = re.compile(r"\s*[0-9]{3,4}[\s-]?[0-9]{3,4}\s*", re.ASCII)
_STRUCTURED = re.compile(r"\s*[{\[<]")


class CodeParameters(msgspec.Struct, frozen=True, kw_only=True):
    """Holds how codes are made where the given text does not say.

    Attributes:
        digits: length of a code, 6 to 8.
        period: life of a code, seconds.
        algorithm: ``SHA1``, ``SHA256`` or ``SHA512``.
    """

    digits: int = 6
    period: int = 30
    algorithm: str = "SHA1"


USUAL = CodeParameters()
"""The parameters that authenticator apps take where none are named."""


class FoundSecrets(msgspec.Struct, frozen=True, kw_only=True):
    """Holds the accounts that a text sets up.

    Attributes:
        secrets: their code secrets, at least one.
        remark: about accounts that are not among them, if there are such.
    """

    secrets: tuple[CodeSecret, ...]
    remark: Message | None = None

    def only(self) -> CodeSecret:
        """Return the code secret of the one account.

        Raises:
            CodeSecretError: there are several.
        """
        if len(self.secrets) > 1:
            raise CodeSecretError(
                message("This holds several accounts."),
                next_step=message("Give the one account alone; in an app, export only that one."),
            )
        return self.secrets[0]


def parse_enrolment(text: str, parameters: CodeParameters = USUAL) -> CodeSecret:
    """Read the one code secret in a typed or pasted text: a key or an address.

    Args:
        text: as it was typed or pasted.
        parameters: for a key, which says nothing of them, and for an export's period.

    Raises:
        CodeSecretError: the text holds no usable secret, or several; it is not quoted.
    """
    return find_enrolments(text, parameters).only()


def find_enrolments(text: str, parameters: CodeParameters = USUAL) -> FoundSecrets:
    """Read the code secrets in a typed or pasted text, and what is to be said of others in it.

    Raises:
        CodeSecretError: the text holds no usable secret; it is not quoted.
    """
    addresses = _addresses(text)
    return _from_addresses(addresses, parameters) if addresses else _from_key(text, parameters)


def find_enrolments_in_qr(text: str, parameters: CodeParameters = USUAL) -> FoundSecrets:
    """Read the code secrets in the text of a QR code, which is never taken for a key.

    A key has only letters and digits, and so have many words: a ticket's or a label's would become
    a wrong code, be refused, and be counted.

    Raises:
        CodeSecretError: the text holds no usable secret; it is not quoted.
    """
    addresses = _addresses(text)
    if addresses:
        return _from_addresses(addresses, parameters)
    reject_address_of_another_app(text)
    raise CodeSecretError(
        message("This QR code does not set up a code."),
        next_step=message(
            "Choose the picture that an authenticator app is to scan. If it shows a key, type that."
        ),
    )


def _addresses(text: str) -> tuple[str, ...]:
    if len(text) > _MAX_TEXT:
        raise CodeSecretError(
            message("This text is too long."),
            next_step=message("Paste the key or the address alone."),
        )
    return addresses_in(text)


def _from_addresses(addresses: tuple[str, ...], parameters: CodeParameters) -> FoundSecrets:
    """Read all addresses; one that cannot be used counts only if no other can."""
    secrets: list[CodeSecret] = []
    remarks: list[Message] = []
    errors: list[CodeSecretError] = []
    for address in dict.fromkeys(addresses):  # a mail as text and as HTML has it twice
        try:
            if is_migration(address):
                found = _exported(address, parameters.period)
                secrets += found.secrets
                remarks += [found.remark] if found.remark else []
            else:
                secrets.append(parse_otpauth(address))
        except CodeSecretError as error:
            errors.append(error)
    if not secrets:
        raise errors[0]
    remarks += [error.problem.sentence for error in errors]
    told = [remark for at, remark in enumerate(remarks) if remark not in remarks[:at]]
    return FoundSecrets(secrets=tuple(secrets), remark=sentences(*told) if told else None)


def _from_key(text: str, parameters: CodeParameters) -> FoundSecrets:
    reject_address_of_another_app(text)
    if _CODE.fullmatch(text):
        raise CodeSecretError(
            message("This is a code. What is needed here is the key that codes are made from."),
            next_step=message("Choose “Can't scan?” where the QR code is shown, and copy the key."),
        )
    if _STRUCTURED.match(text) and "\n" in text.strip():
        raise CodeSecretError(
            message("This is a whole file of another app. It cannot be read here."),
            next_step=message("Show the account's QR code in that app, or copy its key."),
        )
    secret = CodeSecret(
        key=parse_key(key_in(text)),
        digits=parameters.digits,
        period=parameters.period,
        algorithm=parameters.algorithm,
    )
    return FoundSecrets(secrets=(secret,))


def _exported(address: str, period: int) -> FoundSecrets:
    export = parse_migration(address, period)
    if not export.secrets:
        raise CodeSecretError(
            message("This export of Google Authenticator holds no code that can be used here."),
            next_step=export.remark or message("Choose the account when you export."),
        )
    return FoundSecrets(secrets=export.secrets, remark=export.remark)
