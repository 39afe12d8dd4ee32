"""The guide for people on the phone holds what the situations have proven."""

from __future__ import annotations

from access_check.signing_in import REFUSED_BY_OKTA
from access_check.situations import CHAPTERS
from access_check.support_guide import GUIDE, alike, with_tables
from ferrygate.access_check.refusal import RefusalFacts, causes_of
from ferrygate.sign_in.okta_verdict import PasswordVerdict

_MAX_WORDS = 40  # of a cell; people read it aloud


def test_the_guide_holds_the_situations_as_they_are() -> None:
    text = GUIDE.read_text("utf-8")
    assert text == with_tables(text), "run: PYTHONPATH=tests python -m access_check.support_guide"


def test_no_cell_of_the_guide_is_too_long_to_be_read_aloud() -> None:
    cells = [
        cell
        for line in GUIDE.read_text("utf-8").splitlines()
        if line.startswith("|")
        for cell in line.split("|")
    ]
    assert [cell for cell in cells if len(cell.split()) > _MAX_WORDS] == []


def test_a_sentence_has_one_row_and_questions_where_it_has_several_causes() -> None:
    text = GUIDE.read_text("utf-8")
    for situations in CHAPTERS.values():
        for read, group in alike(situations).items():
            assert text.count(f"| {read} |") == 1
            questions = {each.question for each in group}
            assert len(group) == 1 or ("" not in questions and len(questions) == len(group))


def test_the_guide_asks_in_the_order_in_which_a_check_lists_the_causes() -> None:
    verdicts = (PasswordVerdict.CORRECT, PasswordVerdict.WRONG_OR_LOCKED)
    listed = [causes_of(RefusalFacts(sent_code=True, clock_off=0.4, verdict=v)) for v in verdicts]
    groups = [group for group in alike(REFUSED_BY_OKTA).values() if len(group) > 1]
    assert len(groups) == len(verdicts)
    asked = [[each.truth for each in group] for group in groups]
    for truths in asked:
        causes = next(causes for causes in listed if set(causes) >= set(truths))
        assert truths == [cause for cause in causes if cause in truths]


def test_no_passed_check_is_without_a_row() -> None:
    text = GUIDE.read_text("utf-8")
    for sentence in (
        "Everything before the sign-in is in order. The sign-in was not tried.",
        "Access works.",
    ):
        assert f"| *{sentence}* |" in text
