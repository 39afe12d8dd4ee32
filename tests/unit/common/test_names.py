from __future__ import annotations

import os

import pytest

from ferrygate.common.display import display_name, display_text
from ferrygate.common.errors import UsageError
from ferrygate.common.names import NameSet, edited_name, remote_name, safe_local_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"report.csv", "report.csv"),
        ("Prüfung.pdf".encode(), "Prüfung.pdf"),
        (b"caf\xe9", "caf\\xe9"),
        (b"two\nlines\x1b[31m", "two\\nlines\\x1b[31m"),
        ("invoice\u202efdp.exe".encode(), "invoice\\u202efdp.exe"),
        ("👩\u200d🔬".encode(), "👩\u200d🔬"),
        ("a\u3164b.exe".encode(), "a\\u3164b.exe"),
        ("\u115f\u1160\uffa0".encode(), "\\u115f\\u1160\\uffa0"),
        ("\u2800".encode(), "\\u2800"),
        ("a\u034fb\u180b\u2065".encode(), "a\\u034fb\\u180b\\u2065"),
    ],
)
def test_a_name_for_people(name: bytes, shown: str) -> None:
    assert display_name(name) == shown
    assert display_text(os.fsdecode(name)) == shown  # of a local file that has the same name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        (b"report.csv", "report.csv"),
        (b"", "_"),
        (b".", "_"),
        (b"..", "_"),
        (b"...", "_"),
        (b"../../etc/passwd", ".._.._etc_passwd"),
        (b"C:\\x", "C__x"),
        (b"a\0b", "a_b"),
        (b"caf\xe9", "caf_"),
        (b"CON", "_CON"),
        (b"con.tar.gz", "_con.tar.gz"),
        (b"NUL .txt", "_NUL .txt"),
        (b"COM\xc2\xb9", "_COM¹"),
        (b"console", "console"),
        (b"trailing. . ", "trailing"),
        (b".profile", ".profile"),
        ("e\u0301".encode(), "é"),
        ("a\u202eb".encode(), "a_b"),
        ("a\u3164\u2800b".encode(), "a__b"),
        (b'q?<>"|*', "q______"),
        (b"x" * 300 + b".csv", "x" * 251 + ".csv"),
        (b"x" * 300, "x" * 255),
    ],
)
def test_a_name_for_any_disk(name: bytes, safe: str) -> None:
    assert safe_local_name(name) == safe


def test_a_taken_name_gets_a_number_before_its_extension() -> None:
    given = NameSet()
    assert given.give(b"Report.csv") == "Report.csv"
    assert given.give(b"report.CSV") == "report (2).CSV"
    assert given.give(b"REPORT.csv") == "REPORT (3).csv"
    assert given.give(b"other") == "other"
    assert "OTHER" in given


def test_a_number_fits_into_a_long_name() -> None:
    given = NameSet()
    first, second = given.give(b"x" * 300 + b".csv"), given.give(b"x" * 300 + b".csv")
    assert second == "x" * 247 + " (2).csv"
    assert len(first) == len(second) == 255


def test_names_that_differ_in_form_only_are_the_same() -> None:
    given = NameSet()
    given.give("caf\u00e9".encode())
    given.give(b"STRASSE")
    assert "cafe\u0301" in given
    assert "straße" in given


def test_the_name_we_send_is_nfc() -> None:
    assert remote_name("e\u0301.txt") == "é.txt".encode()


def test_bytes_of_this_disk_that_are_no_utf_8_go_as_they_are() -> None:
    assert remote_name("caf\udce9") == b"caf\xe9"


@pytest.mark.parametrize("text", ["", ".", "..", "a/b", "a\0b", "half\ud83d"])
def test_a_name_no_server_can_have_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        remote_name(text)


@pytest.mark.parametrize(
    ("old", "edit", "new"),
    [
        (b"a.csv", ("a", "b"), b"b.csv"),
        (b"caf\xe9.txt", (".txt", ".csv"), b"caf\xe9.csv"),
        (b"caf\xe9.txt", ("caf", "th"), b"th\xe9.txt"),
        (b"caf\xe9.txt", ("\\xe9", "é"), "café.txt".encode()),
        (b"\xff\xfe.txt", (".txt", ""), b"\xff\xfe"),
        ("a\u202eb.txt".encode(), (".txt", ".csv"), "a\u202eb.csv".encode()),
        (b"two\nlines", ("two", "2"), b"2\nlines"),
        (b"lines\n", ("lines", "x"), b"x\n"),
        ("e\u0301t\u00e9.txt".encode(), (".txt", ".csv"), "e\u0301t\u00e9.csv".encode()),
        (rb"a\xff.txt", (".txt", ".csv"), rb"a\xff.csv"),  # a backslash of its own
        (b"\xe9 and \xe8.txt", (" and ", " or "), b"\xe9 or \xe8.txt"),
        (b"aaa", ("aaa", "aa"), b"aa"),
        (b"a.csv", ("a.csv", "e\u0301.csv"), "é.csv".encode()),
    ],
)
def test_an_edited_name_keeps_the_bytes_that_were_not_touched(
    old: bytes, edit: tuple[str, str], new: bytes
) -> None:
    shown = display_name(old)
    assert edit[0] in shown
    assert edited_name(old, shown.replace(*edit)) == new


def test_both_ends_of_a_name_may_be_edited_around_what_cannot_be_shown() -> None:
    assert edited_name(b"a\xe9\xe8b", "1\\xe9\\xe82") == b"1\xe9\xe82"


@pytest.mark.parametrize("text", ["", "..", "a/b", "a\0b"])
def test_an_edited_name_is_a_name(text: str) -> None:
    with pytest.raises(UsageError):
        edited_name(b"caf\xe9", text)
