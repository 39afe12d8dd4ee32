"""Whatever a server writes is read, in time, and no password is typed for all to see."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ferrygate.sign_in.prompt_words import WORDS
from ferrygate.sign_in.prompts import PromptReader, Wanted, allowed, same_text

VOCABULARY = [word for lines in WORDS.values() for line in lines for word in line.split("|")]
WORDY = st.lists(
    st.one_of(st.sampled_from(VOCABULARY), st.sampled_from([":", "&", ". ", "\n", "@", "\\", "'"])),
    max_size=12,
).map(" ".join)
TEXTS = st.one_of(st.text(max_size=60), WORDY)


@given(TEXTS, TEXTS, st.text(max_size=12), st.text(max_size=12))
def test_anything_is_read(prompt: str, instruction: str, host: str, username: str) -> None:
    reader = PromptReader(host, username)
    assert reader.wanted(prompt, instruction) in Wanted
    shown = reader.wanted(prompt, instruction, echo=True)
    assert shown not in {Wanted.PASSWORD, Wanted.BOTH}
    reader.says_wrong(prompt, instruction)


@given(TEXTS, st.sampled_from(["password", "code", "both", "ask"]))
def test_what_a_site_says_settles_its_prompt_alone(prompt: str, meaning: str) -> None:
    reader = PromptReader("h", "u", [(prompt, meaning)])
    assert reader.wanted(f" {prompt} ") is Wanted(meaning)
    assert reader.is_settled(prompt)
    other = f"{prompt} x"
    assert reader.wanted(other) is PromptReader("h", "u").wanted(other)
    assert same_text(other) != same_text(prompt)


@given(st.lists(st.sampled_from(list(Wanted)), max_size=8))
def test_neither_secret_is_given_twice(asked: list[Wanted]) -> None:
    given_so_far: set[Wanted] = set()
    for wanted in asked:
        if allowed(wanted, frozenset(given_so_far)):
            given_so_far.add(wanted)
    passwords = given_so_far & {Wanted.PASSWORD, Wanted.BOTH}
    codes = given_so_far & {Wanted.CODE, Wanted.BOTH}
    assert len(passwords) <= 1
    assert len(codes) <= 1
    assert given_so_far <= {Wanted.PASSWORD, Wanted.CODE, Wanted.BOTH}
