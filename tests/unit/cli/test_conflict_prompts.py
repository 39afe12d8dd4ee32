"""The question about taken names on a terminal: both sides, the choices, and which files."""

from __future__ import annotations

import pytest

from ferrygate.cli.conflict_lines import choice_lines, question_lines, scope_lines
from ferrygate.common.entry import EntryKind
from ferrygate.transfers.name_conflict import FileFacts
from ferrygate.transfers.views import BatchId, Direction
from support.conflicts import NEW, conflict, question

BATCH = BatchId("1")
NOW = NEW.modified or 0.0
FOLDER = FileFacts(EntryKind.FOLDER)


def test_one_file_is_asked_about_with_both_sides() -> None:
    asked = question(BATCH, more_may_come=False)
    met, both, cost = question_lines(asked, NOW)
    assert met == "“a.csv” is already there."
    assert both.startswith("  here: 4.1 MB, Today ")
    assert "; server: 4.0 MB, " in both
    assert cost == "If an upload breaks off, the file that it replaces is lost."
    assert list(choice_lines(asked)) == ["r", "k", "s", "c"]
    assert scope_lines(asked) == {}


def test_several_are_counted_and_the_answer_says_which() -> None:
    three = [conflict(f"{number}.csv", number=number) for number in range(3)]
    asked = question(BATCH, *three, count=25, direction=Direction.DOWNLOAD, same_size=25)
    met, *examples, cost = question_lines(asked, NOW)
    assert met == "25 files so far are already there. Same size."
    assert [line.split()[0] for line in examples] == ["0.csv", "1.csv", "2.csv"]
    assert cost == "A file is replaced only once the new one is complete."
    assert scope_lines(asked) == {
        "a": "all, also later ones",
        "m": "the 25 so far",
        "o": "only “0.csv”",
    }


def test_a_folder_is_offered_no_replacing() -> None:
    asked = question(BATCH, conflict(existing=FOLDER), more_may_come=False)
    assert question_lines(asked, NOW)[0] == "“a.csv” is a folder there."
    assert question_lines(asked, NOW)[1].endswith("server: a folder")
    assert list(choice_lines(asked)) == ["k", "s"]


@pytest.mark.parametrize(
    ("count", "more_may_come", "keys"),
    [(1, False, []), (1, True, ["a", "o"]), (2, False, ["a", "o"]), (2, True, ["a", "m", "o"])],
)
def test_two_scopes_that_mean_the_same_files_are_offered_once(
    count: int, keys: list[str], *, more_may_come: bool
) -> None:
    asked = question(BATCH, count=count, more_may_come=more_may_come)
    assert list(scope_lines(asked)) == keys
