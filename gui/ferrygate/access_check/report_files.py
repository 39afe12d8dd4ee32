"""Makes a report in its three forms, and writes it: a page, and JSON beside it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from ferrygate.access_check.report import Render, ReportSource, make_report
from ferrygate.access_check.report_html import MARK, report_html
from ferrygate.access_check.report_text import report_text
from ferrygate.common.errors import UsageError
from ferrygate.common.local_disk import open_regular_file, writing
from ferrygate.common.message import message

_PAGE, _JSON = ".html", ".json"
_JSON_MARK = b'{"format":1,"title":'  # begins each such file


class ReportForms(msgspec.Struct, frozen=True, kw_only=True):
    """Holds a report as it is sent.

    Attributes:
        text: for the clipboard.
        page: as HTML, in the language of the text.
        record: as JSON, in English.
    """

    text: str
    page: bytes
    record: bytes


def report_forms(
    source: ReportSource,
    *,
    render: Render = str,
    redact: Callable[[str], str] = str,
    shorten: bool = False,
) -> ReportForms:
    """Make a report in its three forms, while the secrets of the check are still in use.

    The arguments are those of :func:`ferrygate.access_check.report.make_report`.
    """
    shown = make_report(source, render=render, redact=redact, shorten=shorten)
    in_english = make_report(source, redact=redact, shorten=shorten)
    return ReportForms(
        text=report_text(shown),
        page=report_html(shown, render).encode("utf-8"),
        record=msgspec.json.encode(in_english) + b"\n",
    )


def report_paths(path: Path) -> tuple[Path, Path]:
    """Return where the page and the JSON beside it go.

    ``path`` is the page's; where its ending is JSON's, that of the JSON.
    """
    if path.suffix.lower() == _JSON:
        return path.with_suffix(_PAGE), path
    if path.suffix.lower() in {_PAGE, ".htm"}:
        return path, path.with_suffix(_JSON)
    return path, path.with_name(path.name + _JSON)


def check_report_place(path: Path) -> None:
    """Make sure that a report has a folder, and would replace nothing but an earlier report.

    Raises:
        LocalFileError: there is no such folder, or a file of that name cannot be looked at.
        UsageError: the file is there, and is no report.
    """
    with writing(path):
        path.parent.stat()
    for file, mark in zip(report_paths(path), (MARK.encode(), _JSON_MARK), strict=True):
        if os.path.lexists(file) and _begins_otherwise(file, mark):
            raise UsageError(
                message("“{name}” is already there, and was left as it is.", name=str(file)),
                next_step=message("Name another file for the report."),
            )


def write_report(path: Path, forms: ReportForms) -> Path:
    """Write page and JSON, mode 0600, in place of earlier ones; return where the page is.

    Raises:
        LocalFileError: a file cannot be written.
        UsageError: there is a file of that name, and it is no report.
    """
    check_report_place(path)
    page, beside = report_paths(path)
    _write(page, forms.page)
    _write(beside, forms.record)
    return page


def _begins_otherwise(path: Path, mark: bytes) -> bool:
    with open_regular_file(path) as file:
        return file.read(len(mark)) != mark


def _write(path: Path, content: bytes) -> None:
    with writing(path):
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
            file.write(content)
        path.chmod(0o600)  # an earlier one may have been given to others
