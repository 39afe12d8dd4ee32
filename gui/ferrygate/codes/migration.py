"""Reads Google Authenticator's export: ``otpauth-migration://`` and a protobuf message.

The format is not documented by its maker; field numbers are those that several independent
readers agree on. The wire format is that of Protocol Buffers ("Encoding").
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from urllib.parse import parse_qsl

import msgspec

from ferrygate.codes.keys import encode_key, is_usable_length
from ferrygate.codes.otpauth import issuer_and_account
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.errors import CodeSecretError
from ferrygate.common.message import Message, message, sentences

SCHEME = "otpauth-migration"

_MAX_TEXT = 1 << 16  # a QR code holds 3 KiB
_MAX_PARAMETERS = 32  # of an address; the format has one
_MAX_VARINT_BYTES = 10  # 64 bits, seven a byte
_VARINT, _FIXED_64, _COUNTED, _FIXED_32 = 0, 1, 2, 5
_FIXED_SIZES = {_FIXED_64: 8, _FIXED_32: 4}
_TOTP = 2
_ALGORITHMS = {0: "SHA1", 1: "SHA1", 2: "SHA256", 3: "SHA512"}
_DIGITS = {0: 6, 1: 6, 2: 8}

_Value = int | bytes


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """Holds the accounts of one picture of an export.

    Attributes:
        secrets: the accounts that can be used here.
        unusable: names of the others: codes that change with every use, or in unknown ways.
        part: number of this picture, from 1.
        parts: how many pictures the export has.
    """

    secrets: tuple[CodeSecret, ...]
    unusable: tuple[str, ...]
    part: int
    parts: int

    @property
    def remark(self) -> Message | None:
        """Say what is not to be found here, where something is missing."""
        remarks: list[Message] = []
        if self.unusable:
            remarks.append(
                message("These codes cannot be used here: {names}.", names=self.unusable)
            )
        if self.parts > 1:
            remarks.append(
                message(
                    "This is picture {part} of {parts}; other accounts are in the others.",
                    part=self.part,
                    parts=self.parts,
                )
            )
        return sentences(*remarks) if remarks else None


def is_migration(text: str) -> bool:
    """Tell whether a text is the address of an export."""
    return text.strip().partition("://")[0].lower() == SCHEME


def parse_migration(uri: str, period: int = 30) -> Export:
    """Read the accounts in one picture of an export.

    Args:
        uri: the address in the picture.
        period: life of a code in seconds, which the format does not tell.

    Raises:
        CodeSecretError: the address cannot be understood; nothing of it is quoted.
    """
    try:
        payload = _decoded(_data(uri))
        entries = [_decoded(field) for field in payload.get(1, []) if isinstance(field, bytes)]
        return _export(payload, entries, period)
    except (ValueError, binascii.Error):
        raise CodeSecretError(
            message("This export of Google Authenticator cannot be understood."),
            next_step=message("Show the export's picture again, and take the whole of it."),
        ) from None


def _data(uri: str) -> bytes:
    address, _mark, query = uri.strip().partition("?")
    if not is_migration(address) or len(query) > _MAX_TEXT:
        raise ValueError
    parameters = dict(parse_qsl(query, max_num_fields=_MAX_PARAMETERS))
    # A "+" that was not escaped has become a space on its way.
    text = parameters.get("data", "").replace(" ", "+").translate(str.maketrans("-_", "+/"))
    text = text.rstrip("=")
    if not text:
        raise ValueError
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)


def _export(
    payload: dict[int, list[_Value]], entries: list[dict[int, list[_Value]]], period: int
) -> Export:
    secrets, unusable = [], []
    for entry in entries:
        issuer, label = issuer_and_account(_text(entry, 2), _text(entry, 3))
        key = entry.get(1, [b""])[-1]
        algorithm = _ALGORITHMS.get(_number(entry, 4))
        digits = _DIGITS.get(_number(entry, 5))
        if (
            _number(entry, 6) != _TOTP
            or not isinstance(key, bytes)
            or not is_usable_length(len(key))
            or algorithm is None
            or digits is None
        ):
            unusable.append(f"{issuer}:{label}" if issuer else label)
            continue
        secrets.append(
            CodeSecret(
                key=encode_key(key),
                digits=digits,
                period=period,
                algorithm=algorithm,
                issuer=issuer,
                label=label,
            )
        )
    return Export(
        secrets=tuple(secrets),
        unusable=tuple(unusable),
        part=_number(payload, 4) + 1,
        parts=max(1, _number(payload, 3)),
    )


def _number(payload: dict[int, list[_Value]], field: int) -> int:
    """Return a number; of several the last counts, and a missing one is 0."""
    value = payload.get(field, [0])[-1]
    if not isinstance(value, int):
        raise ValueError  # noqa: TRY004  wrong data, not a wrong program
    return value


def _text(payload: dict[int, list[_Value]], field: int) -> str:
    value = payload.get(field, [b""])[-1]
    if not isinstance(value, bytes):
        raise ValueError  # noqa: TRY004  wrong data, not a wrong program
    return value.decode("utf-8", "replace")


def _decoded(data: bytes) -> dict[int, list[_Value]]:
    """Return the values of a message by field number."""
    fields: dict[int, list[_Value]] = {}
    for number, value in _fields(data):
        fields.setdefault(number, []).append(value)
    return fields


def _fields(data: bytes) -> Iterator[tuple[int, _Value]]:
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if not number:
            raise ValueError
        if wire == _VARINT:
            value, at = _varint(data, at)
            yield number, value
            continue
        if wire == _COUNTED:
            size, at = _varint(data, at)
        elif wire in _FIXED_SIZES:
            size = _FIXED_SIZES[wire]
        else:
            raise ValueError
        if size > len(data) - at:
            raise ValueError
        yield number, data[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Read a number of seven bits a byte, least significant first; return it and its end."""
    number = 0
    for index, byte in enumerate(data[at : at + _MAX_VARINT_BYTES]):
        number |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:  # noqa: PLR2004  the bit that says more follows
            return number, at + index + 1
    raise ValueError
