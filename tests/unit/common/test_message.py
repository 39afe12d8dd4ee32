"""Messages: templates and parameters, and the texts made of them."""

from __future__ import annotations

import io
from gettext import GNUTranslations

import msgspec
import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from ferrygate.common.message import (
    Difference,
    Duration,
    Message,
    Moment,
    Parameter,
    Size,
    fill,
    message,
    plural_message,
    sentences,
)
from ferrygate.common.quantities import ENGLISH

MISSING = message("There is no “{name}” on the server.", name=b"a.csv")
COUNTED = plural_message("{count} file in {place}", "{count} files in {place}", 2, place="/in")


def german() -> GNUTranslations:
    catalog = Catalog(locale="de")
    catalog.add("There is no “{name}” on the server.", "Auf dem Server ist kein „{name}“.")
    catalog.add(
        ("{count} file in {place}", "{count} files in {place}"),
        ("{count} Datei in {place}", "{count} Dateien in {place}"),
    )
    catalog.add(("{number} byte", "{number} bytes"), ("{number} Byte", "{number} Byte"))
    catalog.add("{first} and {last}", "{first} und {last}")
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)


def test_a_message_is_english_where_nobody_renders_it() -> None:
    assert str(MISSING) == "There is no “a.csv” on the server."
    assert str(COUNTED) == "2 files in /in"


def test_a_message_is_translated_where_it_is_rendered() -> None:
    assert fill(MISSING, german()) == "Auf dem Server ist kein „a.csv“."
    assert fill(COUNTED, german()) == "2 Dateien in /in"
    one = plural_message("{count} file in {place}", "{count} files in {place}", 1, place="/in")
    assert fill(one, german()) == "1 Datei in /in"


def test_a_message_within_a_message_is_translated_as_well() -> None:
    outer = message("not confirmed: {reason}", reason=MISSING)
    assert fill(outer, german()) == "not confirmed: Auf dem Server ist kein „a.csv“."


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\u202eb", r"a\u202eb"),
        ("a\nb", r"a\nb"),
        ("\udcff", r"\xff"),
        (7, "7"),
        (Size(2_000_000), "2.0 MB"),
        (Duration(61.5), "2 min"),
        (Difference(150.0), "2 min 30 s"),
        (("a", "b\n", message("nothing")), r"a, b\n and nothing"),
    ],
)
def test_parameters_are_cleaned_where_they_are_rendered(value: Parameter, text: str) -> None:
    told = message("“{it}”", it=value)
    assert told.parameters == {"it": value}
    assert fill(told, ENGLISH) == f"“{text}”"


def test_a_moment_is_the_time_of_day_here() -> None:
    text = str(message("{time}", time=Moment(1_795_000_000.0)))
    assert len(text) == len("09:12")
    assert text[2] == ":"


def test_remote_names_keep_their_bytes() -> None:
    told = message("“{name}”", name=b"\xff.csv")
    name = told.parameters["name"]
    assert isinstance(name, str)
    assert name.encode("utf-8", "surrogateescape") == b"\xff.csv"
    assert str(told) == r"“\xff.csv”"


def test_braces_of_a_name_are_no_gaps() -> None:
    assert str(message("“{name}”", name="{code}")) == "“{code}”"
    assert str(message("{password}{code} is sent")) == "{password}{code} is sent"


def test_gaps_can_be_filled_one_after_the_other() -> None:
    told = message("{host}, port {port}", host="a").filled(port=22)
    assert str(told) == "a, port 22"
    assert str(sentences(told, message("Wait."), message("Go."))) == "a, port 22 Wait. Go."
    assert sentences(told, None) == told


def test_a_message_survives_a_disk() -> None:
    told = message("{a} {b} {c} {d}", a=Size(1), b=("x", MISSING), c=Duration(2.0), d=3)
    assert msgspec.json.decode(msgspec.json.encode(told), type=Message) == told
