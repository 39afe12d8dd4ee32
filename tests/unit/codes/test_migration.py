"""Google Authenticator's export, from messages put together by hand."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from ferrygate.codes.enrol import find_enrolments, parse_enrolment
from ferrygate.codes.migration import parse_migration
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.errors import CodeSecretError
from ferrygate.common.secret import Secret

KEY = "JBSWY3DPEHPK3PXP"
RAW = base64.b32decode(KEY)
SHA1, SHA256, SHA512, MD5 = 1, 2, 3, 4
SIX, EIGHT = 1, 2
HOTP, TOTP = 1, 2


def number(field: int, value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([field << 3, *encoded, value])


def counted(field: int, content: bytes) -> bytes:
    return bytes([field << 3 | 2]) + number(0, len(content))[1:] + content


def entry(
    name: str, issuer: str = "", *, algorithm: int = SHA1, digits: int = SIX, kind: int = TOTP
) -> bytes:
    names = counted(2, name.encode()) + (counted(3, issuer.encode()) if issuer else b"")
    how = number(4, algorithm) + number(5, digits) + number(6, kind)
    return counted(1, counted(1, RAW) + names + how)


def uri(message: bytes) -> str:
    return "otpauth-migration://offline?data=" + quote(base64.b64encode(message), safe="")


def test_an_address_that_another_reader_documents() -> None:
    """From the read-me file of dim13/otpauth."""
    export = parse_migration(
        "otpauth-migration://offline?data="
        "CjEKCkhlbGxvId6tvu8SGEV4YW1wbGU6YWxpY2VAZ29vZ2xlLmNvbRoHRXhhbXBsZTAC"
    )
    assert export.secrets == (
        CodeSecret(key=Secret(KEY), issuer="Example", label="alice@google.com"),
    )
    assert (export.unusable, export.part, export.parts, export.remark) == ((), 1, 1, None)


def test_several_accounts_to_choose_from() -> None:
    text = uri(
        entry("jo", "Acme")
        + entry("Bank:jo", algorithm=SHA256, digits=EIGHT)
        + entry("kim", algorithm=SHA512)
    )
    choices = find_enrolments(text).secrets
    assert [(each.issuer, each.label) for each in choices] == [
        ("Acme", "jo"),
        ("Bank", "jo"),
        ("", "kim"),
    ]
    assert [(each.algorithm, each.digits) for each in choices] == [
        ("SHA1", 6),
        ("SHA256", 8),
        ("SHA512", 6),
    ]
    assert {each.period for each in choices} == {30}
    with pytest.raises(CodeSecretError, match="several accounts"):
        parse_enrolment(text)


def test_one_account_needs_no_choice() -> None:
    secret = parse_enrolment(uri(entry("jo", "Acme")))
    assert (secret.key.reveal(), secret.issuer) == (KEY, "Acme")


def test_what_is_not_said_is_sha1_and_six_digits() -> None:
    (secret,) = find_enrolments(uri(counted(1, counted(1, RAW) + number(6, TOTP)))).secrets
    assert secret == CodeSecret(key=Secret(KEY))


def test_what_cannot_be_used_is_named() -> None:
    export = parse_migration(
        uri(
            entry("by-use", "Acme", kind=HOTP)
            + entry("old", algorithm=MD5)
            + entry("odd", digits=7)
            + counted(1, counted(2, b"no key") + number(6, TOTP))
            + entry("jo")
        )
    )
    assert export.unusable == ("Acme:by-use", "old", "odd", "no key")
    assert len(export.secrets) == 1
    assert (
        str(export.remark) == "These codes cannot be used here: Acme:by-use, old, odd and no key."
    )


def test_an_export_without_a_usable_code_says_why() -> None:
    with pytest.raises(CodeSecretError, match="no code that can be used") as caught:
        find_enrolments(uri(entry("by-use", kind=HOTP)))
    assert "by-use" in str(caught.value.problem.next_step)
    with pytest.raises(CodeSecretError, match="no code that can be used") as caught:
        parse_enrolment(uri(number(2, 1)))
    assert str(caught.value.problem.next_step) == "Choose the account when you export."


def test_an_export_of_several_pictures_says_which_this_is() -> None:
    export = parse_migration(uri(entry("jo") + number(2, 1) + number(3, 3) + number(4, 1)))
    assert (export.part, export.parts) == (2, 3)
    assert "picture 2 of 3" in str(export.remark)


def test_unknown_fields_are_passed_over() -> None:
    extra = number(9, 1 << 63) + bytes([10 << 3 | 1]) + bytes(8) + bytes([11 << 3 | 5]) + bytes(4)
    assert len(find_enrolments(uri(extra + entry("jo") + counted(12, b"x"))).secrets) == 1


def test_names_are_cleaned() -> None:
    secret = parse_enrolment(uri(entry("\u202ejo\n", "Ac\0me")))
    assert (secret.issuer, secret.label) == ("Acme", "jo")


@pytest.mark.parametrize("written", ["plain", "url-safe", "unpadded", "unescaped", "capitals"])
def test_the_data_may_be_written_in_several_ways(written: str) -> None:
    message = entry("~~~???>>>", "ÿþý")
    standard = base64.b64encode(message).decode()
    assert "+" in standard or "/" in standard
    data = {
        "plain": quote(standard, safe=""),
        "url-safe": base64.urlsafe_b64encode(message).decode(),
        "unpadded": quote(standard.rstrip("="), safe=""),
        "unescaped": standard,
        "capitals": quote(standard, safe=""),
    }[written]
    scheme = "OTPAUTH-MIGRATION" if written == "capitals" else "otpauth-migration"
    assert parse_enrolment(f" {scheme}://offline?data={data}\n").issuer == "ÿþý"


@pytest.mark.parametrize(
    "text",
    [
        "otpauth-migration://offline",
        "otpauth-migration://offline?data=%%%",
        "otpauth-migration://offline?data=" + "A" * 70_000,
        uri(counted(1, RAW)[:-1]),
        uri(b"\x00\x01"),
        uri(b"\x0b"),
        uri(b"\xff" * 12),
        uri(counted(1, counted(1, RAW) + number(2, 7))),
        uri(counted(3, b"x")),
    ],
    ids=["none", "base64", "long", "cut", "field 0", "group", "varint", "name", "number"],
)
def test_what_cannot_be_understood_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(CodeSecretError, match="cannot be understood") as caught:
        find_enrolments(text)
    assert KEY not in repr(caught.value.problem)
