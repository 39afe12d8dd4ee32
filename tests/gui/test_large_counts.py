"""Counts over a thousand are written with their thousands apart, wherever the window has them."""

from __future__ import annotations

from ferrygate.app.presenters.folder_changes import removal_question
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.i18n import render
from ferrygate.common.message import plural_message


def test_in_the_question_before_entries_are_removed() -> None:
    entries = tuple(Entry(b"%d" % number, EntryKind.FILE, 1) for number in range(2000))
    assert removal_question(entries) == "Remove 2,000 items?"


def test_in_messages_with_a_plural_and_in_no_other_number() -> None:
    words = plural_message("{count} file, {port}", "{count} files, {port}", 2000, port=2222)
    assert render(words) == "2,000 files, 2222"
