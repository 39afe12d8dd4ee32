from __future__ import annotations

import pytest

from ferrygate.codes.keys import parse_key
from ferrygate.common.errors import CodeSecretError


@pytest.mark.parametrize(
    "text",
    [
        "JBSWY3DPEHPK3PXP",
        "jbsw y3dp ehpk 3pxp",
        " JBSW-Y3DP-EHPK-3PXP\n",
        "JBSW\u2013Y3DP\u00a0EHPK\t3PXP",
        "JBSWY3DPEHPK3PXP======",
    ],
)
def test_a_pasted_key_is_read_as_people_copy_it(text: str) -> None:
    assert parse_key(text).reveal() == "JBSWY3DPEHPK3PXP"


def test_a_key_of_31_characters_is_whole() -> None:
    assert len(parse_key("A" * 31).reveal()) == 31


def test_one_byte_is_a_key() -> None:
    assert parse_key("MY").reveal() == "MY"


def test_bits_beyond_the_last_byte_are_dropped() -> None:
    assert parse_key("MZ").reveal() == parse_key("MY").reveal()


@pytest.mark.parametrize("text", ["", "   ", "- -", "===="])
def test_nothing_is_no_key(text: str) -> None:
    with pytest.raises(CodeSecretError, match="no key here"):
        parse_key(text)


@pytest.mark.parametrize("text", ["JBSWY3DPEHPK3PX1", "JBSW!", "JB=SWY3D", "\u017fBSWY3DP"])
def test_other_characters_are_refused(text: str) -> None:
    with pytest.raises(CodeSecretError, match="letters A to Z and the digits 2 to 7"):
        parse_key(text)


@pytest.mark.parametrize("text", ["A", "AAA", "AAAAAA"])
def test_a_key_that_lost_a_character_is_refused(text: str) -> None:
    with pytest.raises(CodeSecretError, match="not complete"):
        parse_key(text)


def test_an_error_never_quotes_the_key() -> None:
    with pytest.raises(CodeSecretError) as caught:
        parse_key("JBSWY3DPEHPK3PX0")
    assert "JBSW" not in repr(caught.value.problem)
    assert caught.value.__cause__ is None
