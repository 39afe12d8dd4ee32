"""Other programs drag things that hold no file, and a sentence says so."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QImage

from ferrygate.app.models.folder_model import PATHS_FORMAT
from ferrygate.app.presenters.drop_load import LeftOut, left_out_problem, short_words
from ferrygate.app.widgets.dropped_files import read_drop

pytestmark = pytest.mark.gui

FILE = "file:///data/a.csv"


def of_addresses(*addresses: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl(address) for address in addresses])
    return data


def of_formats(*formats: str) -> QMimeData:
    data = QMimeData()
    for each in formats:
        data.setData(each, b"x")
    return data


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("https://example.org/report.csv", LeftOut.WEB_ADDRESS),  # Firefox, Chromium
        ("http://example.org", LeftOut.WEB_ADDRESS),
        ("ftp://example.org/a", LeftOut.WEB_ADDRESS),
        ("data:image/png;base64,iVBORw0K", LeftOut.PICTURE),  # a picture that is part of its page
        (
            "mailbox:///mail/Inbox?number=1&part=1.2&filename=a.pdf",
            LeftOut.ON_DEMAND,
        ),  # Thunderbird
        ("imap://me@example.org:993/fetch%3EUID%3E/INBOX%3E1?part=1.2", LeftOut.ON_DEMAND),
        ("mailbox-message://me@example.org/Inbox#12", LeftOut.ON_DEMAND),
        ("trash:///a.csv", LeftOut.ELSEWHERE),  # Nautilus, Dolphin
        ("trash:/0-a.csv", LeftOut.ELSEWHERE),
        ("mtp://Phone_1234/DCIM/a.jpg", LeftOut.ELSEWHERE),
        ("smb://server/share/a.csv", LeftOut.ELSEWHERE),
        ("google-drive://me@example.org/1a2b", LeftOut.ELSEWHERE),
        ("file://another-computer/data/a.csv", LeftOut.ELSEWHERE),
        ("mailto:me@example.org", LeftOut.TEXT),
        ("javascript:void(0)", LeftOut.TEXT),
    ],
)
def test_an_address_is_told_for_what_it_is(address: str, kind: LeftOut) -> None:
    load = read_drop(of_addresses(address))
    assert (load.files, load.left_out) == ((), (kind,))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (of_formats("application/x-moz-file-promise", "text/html"), LeftOut.ON_DEMAND),
        (of_formats("text/x-moz-message"), LeftOut.ON_DEMAND),
        (of_formats("XdndDirectSave0", "application/octet-stream"), LeftOut.ON_DEMAND),
        (
            of_formats('application/x-qt-windows-mime;value="FileGroupDescriptorW"'),
            LeftOut.ON_DEMAND,
        ),
        (of_formats("com.apple.pasteboard.promised-file-url"), LeftOut.ON_DEMAND),
        (of_formats("text/html"), LeftOut.TEXT),
        (of_formats("application/x-something"), LeftOut.UNKNOWN),
        (QMimeData(), LeftOut.UNKNOWN),
    ],
)
def test_data_without_an_address_is_told_for_what_it_is(data: QMimeData, kind: LeftOut) -> None:
    assert read_drop(data).left_out == (kind,)


def test_a_picture_without_a_file_is_one_and_a_text_may_be_a_web_address() -> None:
    picture = QMimeData()
    picture.setImageData(QImage(2, 2, QImage.Format.Format_RGB32))
    text, address = QMimeData(), QMimeData()
    text.setText("see https://example.org there")
    address.setText(" https://example.org/a.csv\n")
    assert read_drop(picture).left_out == (LeftOut.PICTURE,)
    assert read_drop(picture).has_picture
    assert read_drop(text).left_out == (LeftOut.TEXT,)
    assert read_drop(address).left_out == (LeftOut.WEB_ADDRESS,)


def test_rows_of_the_list_are_nothing_to_explain() -> None:
    load = read_drop(of_formats(PATHS_FORMAT))
    assert (load.is_own, load.files, load.left_out) == (True, (), ())


@pytest.mark.parametrize(
    ("addresses", "said"),
    [
        (
            ["https://a.org"],
            "This is a web address. Download it first, then drop the file.",
        ),
        (
            ["https://a.org", "https://b.org"],
            "2 web addresses were left out. Download them first, then drop the files.",
        ),
        (
            [FILE, "https://a.org"],
            "1 web address was left out. Download it first, then drop the file.",
        ),
        (
            [FILE, "trash:///a", "trash:///b"],
            (
                "2 items were left out: they are not on the disk of this computer."
                " Copy them to a folder of this computer first, then drop them."
            ),
        ),
        (
            [FILE, "https://a.org", "mailbox:///1", "data:image/png,x", "mailto:a"],
            (
                "1 web address was left out. 1 attachment or message was left out."
                " 1 picture without a file was left out. 1 item was left out: it is not a file."
                " Save them on this computer first, then drop the files."
            ),
        ),
    ],
)
def test_what_is_left_out_is_said_with_what_to_do(addresses: list[str], said: str) -> None:
    problem = left_out_problem(read_drop(of_addresses(*addresses)))
    assert f"{problem.sentence} {problem.next_step}" == said


def test_what_hangs_there_is_said_shortly() -> None:
    assert str(short_words(read_drop(of_addresses("https://a.org")))) == "This is a web address."
    several = read_drop(of_addresses("https://a.org", "mailto:a"))
    assert str(short_words(several)) == "These are not files."
