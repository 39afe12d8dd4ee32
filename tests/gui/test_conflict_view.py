"""The question about taken names as a presenter has it, without a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ferrygate.app.presenters.batch_outcome import RowTone, Tab
from ferrygate.app.presenters.conflict_view import ConflictView
from ferrygate.common.entry import EntryKind
from ferrygate.engine.messages.transfers import AnswerConflict
from ferrygate.transfers.name_conflict import FileFacts, NameConflict
from ferrygate.transfers.views import BatchId, ConflictChoice, ConflictScope, Direction
from gui.transfers_table import BATCH, PROBLEM, Table
from support.conflicts import conflict, question

if TYPE_CHECKING:
    from gui.conftest import StillClock

ALL, MET, THIS_ONE = ConflictScope.ALL, ConflictScope.MET, ConflictScope.THIS_ONE
FOLDER = FileFacts(EntryKind.FOLDER)


@pytest.fixture
def table(clock: StillClock) -> Table:
    made = Table(clock)
    made.batch(files_asked=1)
    return made


def asked(table: Table) -> ConflictView:
    assert table.row.conflict is not None
    return table.row.conflict


def many(count: int = 25) -> tuple[NameConflict, ...]:
    return tuple(conflict(f"{number}.csv", number=number) for number in range(count))


def test_a_taken_name_is_asked_about_and_the_answer_sent_once(table: Table) -> None:
    table.presenter.show(Tab.DONE)
    table.presenter.handle(question(BATCH))
    assert asked(table).question == "“a.csv” is already there."
    assert "lost" in asked(table).cost
    table.presenter.answer(BATCH, ConflictChoice.SKIP)
    table.presenter.answer(BATCH, ConflictChoice.REPLACE)  # the second click of two
    assert table.sent == [AnswerConflict(BATCH, 1, ConflictChoice.SKIP, ALL, 1)]
    assert table.row.conflict is None


def test_a_question_that_is_answered_does_not_come_back_with_what_was_on_its_way(
    table: Table,
) -> None:
    table.presenter.handle(question(BATCH))
    table.presenter.answer(BATCH, ConflictChoice.SKIP)
    table.presenter.handle(question(BATCH, *many(2)))
    assert table.row.conflict is None
    table.presenter.handle(question(BATCH, *many(2), number=2))
    assert asked(table).question == "2 files so far are already there."


def test_the_row_goes_on_while_other_files_move_and_says_when_it_only_waits(table: Table) -> None:
    table.presenter.handle(question(BATCH))
    assert table.row.status.startswith("61 %")
    assert table.row.tone is RowTone.ACCENT
    table.batch(files_asked=1, files_finished=213)
    assert (table.row.status, table.row.tone) == ("Waiting for your answer", RowTone.AMBER)


def test_the_tab_is_turned_to_once_and_not_with_each_file_met(table: Table) -> None:
    table.batch(batch=BatchId("failed"), finished=True, problem=PROBLEM)
    table.presenter.handle(question(BATCH))
    table.presenter.show(Tab.ATTENTION)
    table.presenter.handle(question(BATCH, *many(2)))
    tabs = [table.presenter.view.tab]
    table.presenter.handle(question(BATCH, *many(2), number=2))
    tabs.append(table.presenter.view.tab)
    assert tabs == [Tab.ATTENTION, Tab.NOW]


def test_both_sides_are_told_for_three_files(table: Table) -> None:
    table.presenter.handle(question(BATCH, *many(), same_size=3))
    view = asked(table)
    assert view.question == "25 files so far are already there."
    assert [example.name for example in view.examples] == ["0.csv", "1.csv", "2.csv"]
    assert view.examples[0].new.startswith("Here: 4.1 MB, ")
    assert view.examples[0].existing.startswith("Server: 4.0 MB, ")


def test_a_download_names_the_sides_the_other_way_round(table: Table) -> None:
    table.presenter.handle(question(BATCH, direction=Direction.DOWNLOAD))
    example = asked(table).examples[0]
    assert example.new.startswith("Server: 4.1 MB")
    assert example.existing.startswith("Here: 4.0 MB")
    assert asked(table).cost == "A file is replaced only once the new one is complete."


@pytest.mark.parametrize(
    ("size", "time", "words"), [(2, 2, " Same size, same time."), (2, 1, " Same size."), (1, 1, "")]
)
def test_what_all_have_in_common_is_said(table: Table, size: int, time: int, words: str) -> None:
    asking = question(BATCH, *many(2), more_may_come=False, same_size=size, same_time=time)
    table.presenter.handle(asking)
    assert asked(table).question == "2 files are already there." + words


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (EntryKind.FOLDER, "“a.csv” is a folder there."),
        (EntryKind.OTHER, "“a.csv” is there, and is no file."),
    ],
)
def test_nothing_but_a_file_can_be_replaced(table: Table, kind: EntryKind, words: str) -> None:
    table.presenter.handle(question(BATCH, conflict(existing=FileFacts(kind))))
    view = asked(table)
    assert view.question == words
    assert (view.can_replace, view.can_compare) == (False, False)
    assert view.cost == "A file can only replace a file."


def test_a_folder_among_files_is_named_and_the_files_can_be_replaced(table: Table) -> None:
    table.presenter.handle(question(BATCH, conflict(), conflict("b", number=1, existing=FOLDER)))
    assert asked(table).can_replace
    assert asked(table).cost.startswith("1 of them is no file there and cannot be replaced. ")


@pytest.mark.parametrize("scope", [ALL, MET, THIS_ONE])
def test_the_answer_holds_for_what_was_chosen(table: Table, scope: ConflictScope) -> None:
    table.presenter.handle(question(BATCH, *many()))
    assert asked(table).scopes == (
        (ALL, "Apply to all, also later ones"),
        (MET, "Apply to the 25 so far"),
        (THIS_ONE, "Apply to only “0.csv”"),
    )
    assert asked(table).scope is ALL
    table.presenter.choose_scope(BATCH, scope)
    assert asked(table).scope is scope
    table.presenter.answer(BATCH, ConflictChoice.REPLACE)
    assert table.sent == [AnswerConflict(BATCH, 1, ConflictChoice.REPLACE, scope, 25)]


def test_who_goes_one_by_one_stays_at_one_by_one(table: Table) -> None:
    """Else the second click would replace all that are left."""
    table.presenter.handle(question(BATCH, *many(3)))
    table.presenter.choose_scope(BATCH, THIS_ONE)
    table.presenter.answer(BATCH, ConflictChoice.REPLACE)
    assert table.row.conflict is not None  # until the next one is told
    table.presenter.handle(question(BATCH, *many(3)[1:], number=2))
    assert (asked(table).scope, asked(table).scope_words) == (THIS_ONE, "Apply to only “1.csv”")


def test_the_last_file_of_a_batch_needs_no_choice_of_files(table: Table) -> None:
    table.presenter.handle(question(BATCH, more_may_come=False))
    view = asked(table)
    assert (view.scopes, view.can_replace, view.can_compare) == ((), True, False)


def test_a_question_is_over_when_no_file_waits_any_more(table: Table) -> None:
    table.presenter.handle(question(BATCH))
    table.batch()
    assert table.row.conflict is None
