from __future__ import annotations

import base64
import contextlib
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from ferrygate.codes.enrol import find_enrolments
from ferrygate.codes.migration import parse_migration
from ferrygate.common.errors import CodeSecretError

PREFIX = "otpauth-migration://offline?data="


def varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])


def field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def uri(message: bytes) -> str:
    return PREFIX + quote(base64.b64encode(message), safe="")


values = st.one_of(st.integers(0, 2**64 - 1), st.binary(max_size=40))
fields = st.tuples(st.integers(1, 9), values).map(lambda pair: field(*pair))
messages = st.lists(fields, max_size=8).map(b"".join)
payloads = st.lists(st.one_of(messages.map(lambda inner: field(1, inner)), fields), max_size=4).map(
    b"".join
)


@given(st.one_of(st.binary(), payloads, payloads.map(lambda whole: whole[:-1])))
def test_any_bytes_are_read_or_refused(message: bytes) -> None:
    with contextlib.suppress(CodeSecretError):
        parse_migration(uri(message))


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(CodeSecretError):
        find_enrolments(PREFIX + text)


@given(
    st.lists(
        st.tuples(st.binary(min_size=5, max_size=64), st.integers(0, 3)), min_size=1, max_size=10
    )
)
def test_every_account_is_found(accounts: list[tuple[bytes, int]]) -> None:
    message = b"".join(
        field(1, field(1, key) + field(4, algorithm) + field(6, 2)) for key, algorithm in accounts
    )
    export = parse_migration(uri(message))
    keys = [base64.b32encode(key).decode().rstrip("=") for key, _algorithm in accounts]
    assert [secret.key.reveal() for secret in export.secrets] == keys
    assert export.unusable == ()
