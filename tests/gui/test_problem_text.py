from __future__ import annotations

import msgspec
import pytest

from ferrygate.app.presenters.problem_text import problem_text, said_text, support_text
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message


def problem(words: str) -> Problem:
    return Problem(
        kind=Kind.REMOTE_FAILURE,
        sentence=message("No."),
        next_step=message("Try it."),
        detail="4",
        server_said=words,
    )


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("", ""),
        ("  \n ", ""),
        ("No space left", "The server says: “No space left”"),
        ("Closed\r\n  until Monday\n", "The server says: “Closed until Monday”"),
        ("\x1b[31mred\u202e\u3164", "The server says: “\\x1b[31mred\\u202e\\u3164”"),
        ("<b>bold</b>", "The server says: “<b>bold</b>”"),
    ],
)
def test_a_servers_words_are_quoted_on_one_clean_line(words: str, shown: str) -> None:
    assert said_text(problem(words)) == shown


def test_long_words_are_cut_where_they_are_shown_and_whole_for_support() -> None:
    said = said_text(problem("x" * 5000))
    assert len(said) < 330
    assert said.endswith("…”")
    assert "x" * 5000 in support_text(problem("x" * 5000))


def test_the_sentence_is_our_own() -> None:
    assert problem_text(problem("Theirs")) == "No. Try it."
    assert support_text(problem("Theirs")) == (
        "No.\nTry it.\nThe server says: “Theirs”\n[remote-failure]\n4"
    )


def test_the_steps_of_a_sign_in_are_for_support_alone() -> None:
    refused = msgspec.structs.replace(problem("Theirs"), steps="dns: ...\nanswered: failed")
    assert support_text(refused).endswith("\n4\ndns: ...\nanswered: failed")
    assert problem_text(refused) == "No. Try it."
