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
from ferrygate.codes.qr import read_qr
from ferrygate.codes.totp import live_code
from ferrygate.common.errors import CodeSecretError

NOW = 59.0


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
    assert found.problem.sentence.startswith(row.says)
    told = repr(found.problem)
    assert "JBSWY3DP" not in told.upper()
    assert found.problem.next_step or found.problem.sentence == "There is no key here."


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


@pytest.mark.parametrize("row", PICTURES, ids=named)
def test_a_picture_leads_to_its_code_or_its_sentence(row: Row) -> None:
    found: str | CodeSecretError
    (text,) = read_qr(picture_of(row))
    try:
        found = live_code(find_enrolments_in_qr(text).only(), NOW).code
    except CodeSecretError as error:
        found = error
    outcome(row, found)
