from __future__ import annotations

from base64 import b32decode

import pytest

from ferrygate.codes.keys import decode_key, parse_key
from ferrygate.common.errors import CodeSecretError


@pytest.mark.parametrize(
    "text",
    [
        "JBSWY3DPEHPK3PXP",
        "jbsw y3dp ehpk 3pxp",
        " JBSW-Y3DP-EHPK-3PXP\n",
        "JBSW\u2013Y3DP\u00a0EHPK\t3PXP",
        "JBSWY3DPEHPK3PXP======",
        "JBSWY3DPEHPK3PXP%3D%3d",
        "JBSW_Y3DP_EHPK_3PXP",
        "ｊｂｓｗｙ３ｄｐｅｈｐｋ３ｐｘｐ",  # noqa: RUF001  full-width, as Japanese keyboards write them
    ],
)
def test_a_pasted_key_is_read_as_people_copy_it(text: str) -> None:
    assert parse_key(text).reveal() == "JBSWY3DPEHPK3PXP"


def test_a_key_of_31_characters_is_whole() -> None:
    assert len(parse_key("A" * 31).reveal()) == 31


@pytest.mark.parametrize("text", ["A", "MY", "zzz", "2222222", "JBSWY3D", "MZ======"])
def test_fewer_than_five_bytes_are_no_key(text: str) -> None:
    with pytest.raises(CodeSecretError, match="not complete"):
        parse_key(text)


def test_five_bytes_are_a_key() -> None:
    assert parse_key("jbswy3dp").reveal() == "JBSWY3DP"


def test_bits_beyond_the_last_byte_are_dropped() -> None:
    assert parse_key("JBSWY3DPMZ").reveal() == parse_key("JBSWY3DPMY").reveal()


@pytest.mark.parametrize("text", ["", "   ", "- -", "===="])
def test_nothing_is_no_key(text: str) -> None:
    with pytest.raises(CodeSecretError, match="no key here"):
        parse_key(text)


@pytest.mark.parametrize("text", ["JBSWY3DPEHPK3PX1", "JBSW!", "JB=SWY3D", "\u017fBSWY3DP"])
def test_other_characters_are_refused(text: str) -> None:
    with pytest.raises(CodeSecretError, match="letters A to Z and the digits 2 to 7"):
        parse_key(text)


@pytest.mark.parametrize(
    ("length", "size"), [(9, 5), (11, 6), (14, 8), (17, 10), (22, 13), (25, 15), (27, 16)]
)
def test_bits_left_over_are_dropped_as_other_apps_do(length: int, size: int) -> None:
    text = ("JBSWY3DP" * 4)[:length]
    assert decode_key(parse_key(text).reveal()) == b32decode("JBSWY3DP" * 4)[:size]


@pytest.mark.parametrize(
    "invisible",
    [
        *("\u200b", "\u200c", "\u200d", "\ufeff", "\u00ad", "\u200e", "\u202e", "\u2060", "\u2069"),
        *("\ufe0f", "\u034f", "\u180e", "\x00", "\x1b", "\x85", "\u2028", "\u3000", "\u202f"),
    ],
)
def test_what_cannot_be_seen_is_no_part_of_a_key(invisible: str) -> None:
    text = f"{invisible}JBSWY3DP{invisible}EHPK3PXP{invisible}"
    assert parse_key(text).reveal() == "JBSWY3DPEHPK3PXP"


def test_an_error_never_quotes_the_key() -> None:
    with pytest.raises(CodeSecretError) as caught:
        parse_key("JBSWY3DPEHPK3PX0")
    assert "JBSW" not in repr(caught.value.problem)
    assert caught.value.__cause__ is None
