"""The table ``enrolments.toml``: each text and picture leads to its code, or to its sentence."""

from __future__ import annotations

import io
import tomllib
from pathlib import Path

import msgspec
import pytest
import segno
from PIL import Image

from ferrygate.codes.enrol import find_enrolments_in_qr, parse_enrolment
from ferrygate.codes.otpauth import format_otpauth, parse_otpauth
from ferrygate.codes.qr import read_qr
from ferrygate.codes.totp import live_code
from ferrygate.common.errors import CodeSecretError
from ferrygate.common.secret import SecretKind
from ferrygate.sites.fields import SECTIONS
from ferrygate.vault.keychain import KeychainVault
from ferrygate.vault.vault import Binding
from support.dict_backend import DictBackend

NOW = 59.0
WHOSE = Binding(
    host="a-long-name-of-a-server.eu-central-1.example.org",
    port=22022,
    username="first.last-name@department.example.org",
    okta_address="https://organisation.okta.example.org",
    host_keys=frozenset(f"SHA256:{letter * 43}" for letter in "abc"),
)


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text with its code, or with how the refusal begins; and how its picture is drawn."""

    name: str
    text: str
    code: str = ""
    says: str = ""
    dark: str = "black"
    light: str = "white"
    kind: str = "PNG"
    turn: int = 0


TABLE = tomllib.loads(Path(__file__).with_name("enrolments.toml").read_text("utf-8"))
TEXTS = [msgspec.convert(row, Row) for row in TABLE["text"]]
PICTURES = [msgspec.convert(row, Row) for row in TABLE["picture"]]


def named(row: Row) -> str:
    return row.name


def picture_of(row: Row) -> bytes:
    drawn, saved = io.BytesIO(), io.BytesIO()
    light = None if row.light == "transparent" else row.light
    segno.make_qr(row.text).save(drawn, kind="png", scale=4, dark=row.dark, light=light)
    image = Image.open(drawn).rotate(row.turn, expand=True)
    if row.kind == "JPEG":
        image = image.convert("RGB")
    image.save(saved, row.kind)
    return saved.getvalue()


def outcome(row: Row, found: str | CodeSecretError) -> None:
    if row.code:
        assert found == row.code
        return
    assert isinstance(found, CodeSecretError), found
    assert str(found.problem.sentence).startswith(row.says)
    told = repr(found.problem)
    assert "JBSWY3DP" not in told.upper()
    assert found.problem.next_step or str(found.problem.sentence) == "There is no key here."


def test_the_table_is_as_long_as_it_is_meant_to_be() -> None:
    assert len(TEXTS) + len(PICTURES) >= 60
    for rows in (TEXTS, PICTURES):
        assert len({row.name for row in rows}) == len(rows)
        assert all(bool(row.code) != bool(row.says) for row in rows)


@pytest.mark.parametrize("row", TEXTS, ids=named)
def test_a_pasted_text_leads_to_its_code_or_its_sentence(row: Row) -> None:
    found: str | CodeSecretError
    try:
        found = live_code(parse_enrolment(row.text), NOW).code
    except CodeSecretError as error:
        found = error
    outcome(row, found)


@pytest.mark.parametrize("row", [row for row in TEXTS if row.code], ids=named)
def test_what_is_read_can_be_kept_and_said_in_a_connection_file(row: Row) -> None:
    secret = parse_enrolment(row.text)
    for name in ("digits", "period", "algorithm"):
        value = getattr(secret, name)
        assert SECTIONS["sign_in"][name](value) == value
    address = format_otpauth(secret)
    KeychainVault(DictBackend).write(SecretKind.CODE_SECRET, WHOSE, address)
    kept = parse_otpauth(address.reveal())
    assert live_code(kept, NOW) == live_code(secret, NOW)


@pytest.mark.parametrize("row", PICTURES, ids=named)
def test_a_picture_leads_to_its_code_or_its_sentence(row: Row) -> None:
    found: str | CodeSecretError
    (text,) = read_qr(picture_of(row))
    try:
        found = live_code(find_enrolments_in_qr(text).only(), NOW).code
    except CodeSecretError as error:
        found = error
    outcome(row, found)
