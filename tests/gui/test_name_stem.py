from __future__ import annotations

import pytest

from ferrygate.app.presenters.name_stem import stem_length


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("report.csv", "report"),
        ("backup.tar.gz", "backup"),
        ("notes.2026.txt", "notes.2026"),
        ("data.gz", "data"),
        (".bashrc", ".bashrc"),
        (".config.json", ".config"),
        (".tar.gz", ".tar"),
        ("README", "README"),
        ("ends in a dot.", "ends in a dot."),
        ("notes.from yesterday", "notes.from yesterday"),
        ("..csv", "..csv"),
    ],
)
def test_the_ending_of_a_file_is_left_out(name: str, stem: str) -> None:
    assert name[: stem_length(name, is_folder=False)] == stem


def test_a_folder_has_no_ending() -> None:
    assert stem_length("v1.2", is_folder=True) == 4
