from __future__ import annotations

import pytest

from ferrygate.app.models.kinds import kind_text
from ferrygate.common.entry import EntryKind


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (b"results.csv", "CSV document"),
        (b"REPORT.PDF", "PDF document"),
        (b"reads.fastq.gz", "Archive"),
        (b"plate.TIFF", "Picture"),
        (b"plan.xlsx", "Spreadsheet"),
        (b"letter.docx", "Text document"),
        (b"talk.pptx", "Presentation"),
        (b"call.mp3", "Sound"),
        (b"run.mp4", "Video"),
        (b"setup.exe", "Program"),
        (b"notes.txt", "Plain text"),
        (b"run.fastq", "FASTQ file"),
        (b"README", "File"),
        (b".profile", "File"),
        (b"a.", "File"),
        (b"a.\xff", "File"),
        (b"a.b c", "File"),
        (b"a.verylongextension", "File"),
    ],
)
def test_files(name: bytes, words: str) -> None:
    assert kind_text(name, EntryKind.FILE) == words


def test_other_things_go_by_what_they_are() -> None:
    assert kind_text(b"a.csv", EntryKind.FOLDER) == "Folder"
    assert kind_text(b"a.csv", EntryKind.LINK) == "Link"
    assert kind_text(b"a.csv", EntryKind.OTHER) == "Special file"
