"""The report of an access check: all but secrets, in a form that can be mailed."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ferrygate.access_check.report_files import (
    ReportForms,
    check_report_place,
    report_forms,
    report_paths,
    write_report,
)
from ferrygate.common.errors import LocalFileError, UsageError
from ferrygate.common.logs import LiveSecrets
from ferrygate.common.message import Message
from ferrygate.common.program_facts import program_lines
from ferrygate.common.secret import Secret
from support.report_cases import source
from support.secret_spellings import found_in, spellings

PASSWORD, KEY, CODE = "Grüß <&'\"+/ hunter2", "JBSWY3DPEHPK3PXP", "482916"
TAGS = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "b", "br", "span"}
TAGS |= {"table", "tr", "th", "td", "ol", "li", "details", "summary", "pre"}
HOSTILE = "<script>alert('x')</script><img src=x><a href='http://x'>\u202egnp.exe\x1b[31m"


class Tags(HTMLParser):
    """Collects the tags and attributes of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(page: bytes) -> Tags:
    found = Tags()
    found.feed(page.decode("utf-8"))
    return found


def everything(forms: ReportForms) -> str:
    """Join the three forms, the page and the JSON read back as well."""
    record = json.loads(forms.record)
    page = forms.page.decode("utf-8")
    texts = [forms.text, page, parsed(forms.page).text, forms.record.decode("utf-8")]
    return "\n".join([*texts, str(record)])


def test_it_says_what_was_found_and_whose_move_it_is() -> None:
    forms = report_forms(source(log=("2026-11-23T09:12:00Z INFO dns: …",)))
    record = json.loads(forms.record)
    assert record["format"] == 1
    assert record["made"] == "2026-11-23T12:00:00Z"
    assert record["program"] == list(program_lines())
    assert record["summary"] == {
        "result": "failed",
        "result_words": "Failed",
        "sentence": "Refused: ",
        "next_step": "Ask them.",
        "who": "your-contact",
        "who_words": "Your contact",
        "first_failed": "sign-in",
        "kind": "sign-in-refused",
    }
    refused, skipped = record["stages"]
    assert refused["milliseconds"] == 1240
    assert [cause["cause"] for cause in refused["causes"]] == ["password-wrong", "account-locked"]
    assert refused["detail"] == ["answered: refused"]
    assert skipped["result"] == "not-reached"
    facts = {fact["name"]: fact["value"] for fact in record["site"]}
    assert facts["server"] == "sftp.example.org:22"
    assert "pins" not in facts
    for text in (forms.text, parsed(forms.page).text):
        for words in (
            "Access check: Acme <exports>",
            "The server refused “vendor7”.",
            "Your contact",
            "What it may be due to, the likeliest first:",
            "The password is wrong.",
            "No entry for you.",
            "answered: refused",
            "sftp.example.org:22",
            "09:12:00Z INFO dns: …",
            *program_lines(),
        ):
            assert words in text


def test_a_page_is_plain_whatever_a_server_says() -> None:
    page = parsed(report_forms(source(words=HOSTILE)).page)
    assert page.tags <= TAGS
    assert page.attributes == {"charset", "http-equiv", "content", "class"}
    assert "<script>alert('x')</script>" in page.text
    assert "\\u202egnp.exe\\x1b[31m" in page.text


def test_a_page_loads_nothing() -> None:
    page = report_forms(source()).page.decode("utf-8")
    assert not re.search(r"https?:(?!//acme\.okta\.example)|url\(|@import|\bsrc=|\bhref=", page)
    assert "default-src 'none'" in page


@pytest.mark.parametrize("secret", [PASSWORD, KEY, CODE], ids=["password", "key", "code"])
def test_no_form_of_a_secret_is_in_any_form_of_the_report(secret: str) -> None:
    live = LiveSecrets()
    live.add(Secret(secret))
    for spelling in spellings(secret):
        forms = report_forms(source(words=f"you sent {spelling}!"), redact=live.redact)
        assert found_in(everything(forms), secret) == []
        assert re.search(r"you sent \[secret\]=*!", forms.text)


def test_names_are_shortened_on_request_in_all_forms() -> None:
    log = ("signing in as vendor7@sftp.example.org:22 at 203.0.113.9",)
    whole, short = (report_forms(source(log=log), shorten=wanted) for wanted in (False, True))
    names = ("sftp.example.org", "vendor7", "acme.okta.example", "help@", "203.0.113.9")
    assert [name for name in names if name not in everything(whole)] == []
    assert [name for name in names if name in everything(short)] == []
    assert "as ve…@sf…:22 at 20…" in short.text


def test_a_page_is_in_the_persons_language_and_the_record_in_english() -> None:
    def render(text: Message) -> str:
        return f"«{text}»"

    forms = report_forms(source(), render=render)
    assert "«The server refused “vendor7”.»" in forms.text
    assert "«Sign-in»" in parsed(forms.page).text
    assert "«Stages»" in parsed(forms.page).text
    assert "«" not in forms.record.decode("utf-8")


# ---------------------------------------------------------------- files


@pytest.mark.parametrize(
    ("given", "page", "beside"),
    [
        ("check.html", "check.html", "check.json"),
        ("check.HTM", "check.HTM", "check.json"),
        ("check.json", "check.html", "check.json"),
        ("check", "check", "check.json"),
        ("check.v2", "check.v2", "check.v2.json"),
    ],
)
def test_the_json_is_beside_the_page(given: str, page: str, beside: str) -> None:
    assert report_paths(Path(given)) == (Path(page), Path(beside))


def test_files_are_for_nobody_else_and_take_the_place_of_earlier_reports(tmp_path: Path) -> None:
    path = tmp_path / "check.html"
    assert write_report(path, report_forms(source())) == path
    for file in tmp_path.iterdir():
        file.chmod(0o644)
    forms = report_forms(source(words="again"))
    write_report(path, forms)
    assert path.read_bytes() == forms.page
    assert path.with_suffix(".json").read_bytes() == forms.record
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}


@pytest.mark.parametrize("name", ["check.html", "check.json"])
def test_nothing_but_a_report_is_replaced(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("my only copy")
    with pytest.raises(UsageError, match="is already there, and was left as it is"):
        write_report(tmp_path / "check.html", report_forms(source()))
    assert [file.read_text() for file in tmp_path.iterdir()] == ["my only copy"]


def test_a_folder_that_is_not_there_is_told_before_there_is_a_report(tmp_path: Path) -> None:
    with pytest.raises(LocalFileError):
        check_report_place(tmp_path / "none" / "check.html")
    with pytest.raises(LocalFileError):
        write_report(tmp_path / "none" / "check.html", report_forms(source()))
