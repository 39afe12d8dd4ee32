from __future__ import annotations

import pytest

from ferrygate.common.errors import UsageError
from ferrygate.common.secret import Secret
from ferrygate.common.secret_text import (
    given_key,
    given_secret,
    unseen_ends,
    without_unseen_ends,
)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("pw", ""),
        ("pw ", "It ends in a space, which nobody can see."),
        ("\tpw", "It begins with a tab, which nobody can see."),
        (" pw\t", "It begins with a space and ends in a tab, which nobody can see."),
        ("pw  \u3000 ", "It ends in a space and a wide space, which nobody can see."),
        ("pw\x00", "It ends in an invisible character (U+0000), which nobody can see."),
        ("  ", "It ends in a space, which nobody can see."),
    ],
)
def test_what_nobody_sees_is_named(text: str, sentence: str) -> None:
    assert str(unseen_ends(Secret(text), "It") or "") == sentence


def test_a_sentence_about_a_secret_does_not_hold_it() -> None:
    with pytest.raises(UsageError) as caught:
        given_secret("hush\nhush", "It")
    assert "hush" not in repr(caught.value.problem)
    assert "hush" not in str(unseen_ends(Secret("hush "), "It"))


@pytest.mark.parametrize("text", ["caf\udce9", "\ud83d"])
def test_what_is_no_text_is_wrong_input(text: str) -> None:
    with pytest.raises(UsageError, match="is not UTF-8 text"):
        given_secret(text, "It")


@pytest.mark.parametrize(
    ("text", "seen"),
    [("pw", "pw"), (" \tp w\u200b\u3000", "p w"), ("\u200b", ""), ("", ""), ("\n\npw\r\n", "pw")],
)
def test_what_nobody_sees_can_be_taken_away_from_the_ends(text: str, seen: str) -> None:
    assert without_unseen_ends(text) == seen


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n", " ", "\u200b\n", "\u00a0", "\ufeff"])
def test_a_key_loses_what_it_cannot_hold_at_its_ends(end: str) -> None:
    assert given_key(f"{end}JBSW Y3DP{end}", "It") == Secret("JBSW Y3DP")


def test_a_key_on_two_lines_is_wrong_input() -> None:
    with pytest.raises(UsageError, match="more than one line"):
        given_key("JBSW\nY3DP\n", "It")
