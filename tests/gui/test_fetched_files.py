"""Fetched files: opened where their kind is harmless, and shown in their folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ferrygate.app.presenters.fetched_files import may_open
from ferrygate.app.presenters.transfer_row import RowAction
from ferrygate.common.i18n import render
from ferrygate.engine.messages.transfers import FileChanged
from ferrygate.transfers.views import Direction, FileView, TransferState
from gui.transfers_table import BATCH, Table

if TYPE_CHECKING:
    from gui.conftest import StillClock

DELIVERED = TransferState.DELIVERED


@pytest.fixture
def table(clock: StillClock) -> Table:
    return Table(clock)


def fetch(table: Table, *files: Path, total: int | None = None) -> None:
    """Have a batch fetch files, and end."""
    count = total or len(files)
    table.batch(direction=Direction.DOWNLOAD, name=files[0].name, files_total=count)
    for number, file in enumerate(files):
        view = FileView(number=number, local=str(file), remote=b"/x", state=DELIVERED)
        table.presenter.handle(FileChanged(batch=BATCH, view=view))
    done = len(files)
    table.finish(done, direction=Direction.DOWNLOAD, name=files[0].name, files_total=count)


def written(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("1,2\n")
    return path


def said(table: Table) -> list[str]:
    return [render(problem.sentence) for problem in table.problems]


@pytest.mark.parametrize(
    "name",
    [
        *("a.txt", "a.log", "a.csv", "a.tsv", "a.pdf", "a.docx", "a.xlsx", "a.pptx"),
        *("a.png", "a.jpg", "a.jpeg", "a.gif", "a.bmp", "a.tif", "a.tiff", "a.webp"),
        *("REPORT.PDF", "Übersicht 2026.Csv", "archive.exe.txt", ".hidden.csv", "報告.xlsx"),
    ],
)
def test_kinds_that_programs_only_show_may_be_opened(name: str) -> None:
    assert may_open(name)


@pytest.mark.parametrize(
    "name",
    [
        # Programs of any system, and files that start something else.
        *("a.exe", "a.com", "a.bat", "a.cmd", "a.ps1", "a.msi", "a.scr", "a.pif", "a.jar", "a.sh"),
        *("a.py", "a.desktop", "a.AppImage", "a.run", "a.command", "a.app", "a.workflow", "a.vbs"),
        *("a.lnk", "a.url", "a.website", "a.webloc", "a.inetloc", "a.fileloc", "a.scf", "a.reg"),
        # Pages and pictures with scripts, archives, disks, settings.
        *("a.html", "a.htm", "a.xhtml", "a.mht", "a.svg", "a.xml", "a.js", "a.hta", "a.chm"),
        *("a.zip", "a.iso", "a.img", "a.dmg", "a.vhd", "a.eml", "a.rdp", "a.ovpn"),
        # Documents with macros, and those whose ending does not tell.
        *("a.docm", "a.xlsm", "a.pptm", "a.dotm", "a.xlam", "a.xlsb", "a.ppam", "a.xll", "a.rtf"),
        *("a.doc", "a.xls", "a.ppt", "a.odt", "a.ods", "a.odp", "a.iqy", "a.slk"),
        # No ending, or none that counts.
        *("a", "", ".", "..", ".txt", "...txt", " .txt", "txt", "a.", "a.txtx", "a.tx"),
        # Endings that a system or an eye takes for others.
        *("a.pdf.exe", "a.txt.desktop", "a.exe.", "a.txt.", "a.txt ", "a.txt. .", "a.exe .txt."),
        "a.{2559A1F2-21D7-11D4-BDAF-00C04F60B9F0}",
        *("a.exe:x.txt", "a\\b.txt", "b/a.txt", 'a".txt', "a.exe\0.txt", "a.exe\n.txt"),
        *("gpj.\u202ea.txt", "a\u200b.txt", "a.\uff54\uff58\uff54", "a.\u017fvg", "a.t\u00adxt"),
    ],
)
def test_everything_else_is_never_started(name: str) -> None:
    assert not may_open(name)


def test_one_fetched_file_can_be_opened_and_shown(table: Table, tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv")
    fetch(table, file)
    assert table.row.status == "Downloaded 12:00"
    assert table.links == ["Open", "Show in folder"]
    assert [link.name for link in table.row.links] == ["Open “a.csv”", "Show “a.csv” in its folder"]
    table.presenter.act(BATCH, RowAction.OPEN)
    assert (table.opener.opened, table.opener.shown) == ([str(file)], [])
    table.presenter.act(BATCH, RowAction.SHOW)
    assert (table.opener.opened, table.opener.shown) == ([str(file)], [str(file)])
    assert table.problems == []


def test_a_file_of_another_kind_is_only_shown(table: Table, tmp_path: Path) -> None:
    fetch(table, written(tmp_path / "setup.desktop"))
    assert table.links == ["Show in folder"]


def test_an_upload_is_neither_opened_nor_shown(table: Table, tmp_path: Path) -> None:
    table.batch(files_total=1)
    view = FileView(
        number=0, local=str(written(tmp_path / "a.csv")), remote=b"/a.csv", state=DELIVERED
    )
    table.presenter.handle(FileChanged(batch=BATCH, view=view))
    table.finish(1, files_total=1)
    assert table.links == []


def test_what_is_under_way_offers_nothing_yet(table: Table, tmp_path: Path) -> None:
    table.batch(direction=Direction.DOWNLOAD, files_total=2)
    local = str(written(tmp_path / "a.csv"))
    view = FileView(number=0, local=local, remote=b"/a.csv", state=DELIVERED)
    table.presenter.handle(FileChanged(batch=BATCH, view=view))
    assert table.links == []


def test_one_file_of_several_is_not_the_one_to_open(table: Table, tmp_path: Path) -> None:
    fetch(table, written(tmp_path / "a.csv"), total=2)
    assert table.links == ["Show in folder", "Dismiss"]


@pytest.mark.parametrize(
    ("names", "shared"),
    [
        (["a.csv", "b.csv", "c.csv"], ""),
        (["plates/a.csv", "plates/b.csv"], "plates"),
        (["plates/raw/a.csv", "plates/raw/b.csv", "plates/c.csv", "plates/raw/d.csv"], "plates"),
        (["plates/a.csv", "plates2/b.csv"], ""),
    ],
)
def test_of_several_files_the_folder_that_they_share_is_shown(
    table: Table, tmp_path: Path, names: list[str], shared: str
) -> None:
    fetch(table, *(written(tmp_path / name) for name in names))
    assert table.links == ["Show in folder"]
    table.presenter.act(BATCH, RowAction.SHOW)
    assert table.opener.opened == [str(tmp_path / shared)]
    assert table.opener.shown == []


def test_where_no_file_manager_shows_files_the_folder_is_opened(
    table: Table, tmp_path: Path
) -> None:
    fetch(table, written(tmp_path / "a.csv"))
    table.opener.shows = False
    table.presenter.act(BATCH, RowAction.SHOW)
    assert table.opener.opened == [str(tmp_path)]
    assert table.problems == []


def test_a_person_is_told_where_nothing_opens_a_file_or_its_folder(
    table: Table, tmp_path: Path
) -> None:
    fetch(table, written(tmp_path / "a.csv"))
    table.opener.opens = table.opener.shows = False
    table.presenter.act(BATCH, RowAction.OPEN)
    table.presenter.act(BATCH, RowAction.SHOW)
    assert said(table) == ["No program opened “a.csv”.", "The folder could not be shown."]
    step = table.problems[1].next_step
    assert step is not None
    assert render(step) == f"Look for it yourself: {tmp_path}"


def put_link(path: Path) -> None:
    path.symlink_to(written(path.with_name("elsewhere.csv")))


def put_folder(path: Path) -> None:
    path.mkdir()


def put_pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize("put", [put_link, put_folder, put_pipe])
def test_what_has_come_in_a_file_s_place_is_not_opened(
    table: Table, tmp_path: Path, put: object
) -> None:
    file = written(tmp_path / "a.csv")
    fetch(table, file)
    file.unlink()
    assert callable(put)
    put(file)
    table.presenter.act(BATCH, RowAction.OPEN)
    assert table.opener.opened == []
    assert said(table) == ["“a.csv” is no longer the file that was downloaded."]


def test_a_file_that_is_gone_is_neither_opened_nor_shown(table: Table, tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv")
    fetch(table, file)
    file.unlink()
    table.presenter.act(BATCH, RowAction.OPEN)
    table.presenter.act(BATCH, RowAction.SHOW)
    assert (table.opener.opened, table.opener.shown) == ([], [])
    assert said(table) == ["There is no “a.csv” on this computer."] * 2
