"""Fetched files are marked as come from elsewhere, in the way of each system."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path

import pytest

from ferrygate.common.disk import OpenFile
from ferrygate.common.system_disk import SystemDisk
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.origin_mark import (
    AttributeMark,
    OriginMark,
    StreamMark,
    mark_of,
    quarantine,
    zone_identifier,
)
from ferrygate.transfers.views import ConflictChoice
from support.fake_clock import ManualClock
from support.transfer_rig import CONTENT, TransferRig

URL = "sftp://sftp.example.com/outbox/a.csv"


class Marks:
    """Takes down what is marked, and with what."""

    def __init__(self) -> None:
        self.urls: list[str] = []
        self.names: list[list[str]] = []

    def __call__(self, file: OpenFile, path: str, url: str) -> None:
        assert os.fstat(file.fileno()).st_ino == Path(path).stat().st_ino
        self.urls.append(url)
        self.names.append(sorted(os.listdir(Path(path).parent)))  # noqa: PTH208  names alone


@pytest.mark.parametrize(
    ("host", "port", "path", "url"),
    [
        ("sftp.example.com", 22, b"/outbox/a.csv", URL),
        ("sftp.example.com", 2222, b"/a", "sftp://sftp.example.com:2222/a"),
        ("2001:db8::1", 22, b"/a", "sftp://[2001:db8::1]/a"),
        ("fe80::1%eth0", 2222, b"/a", "sftp://[fe80::1%25eth0]:2222/a"),
        ("h", 22, "/Büro/a b?c#d%.csv".encode(), "sftp://h/B%C3%BCro/a%20b%3Fc%23d%25.csv"),
        ("h", 22, b"/a\r\nZoneId=0\x00\xff", "sftp://h/a%0D%0AZoneId%3D0%00%FF"),
    ],
)
def test_the_address_names_server_and_path_and_nothing_else(
    tmp_path: Path, host: str, port: int, path: bytes, url: str
) -> None:
    marks, file = Marks(), tmp_path / "part"
    with file.open("wb") as opened:
        OriginMark(host, port, marks)(opened, str(file), path)
    assert marks.urls == [url]


def test_windows_keeps_the_zone_of_the_internet_in_a_stream_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "part"
    with file.open("wb") as opened:
        StreamMark(SystemDisk())(opened, str(file), URL)
    stream = (tmp_path / "part:Zone.Identifier").read_bytes()
    assert stream == f"[ZoneTransfer]\r\nZoneId=3\r\nHostUrl={URL}\r\n".encode()


def test_an_address_too_long_for_windows_leaves_the_zone() -> None:
    assert zone_identifier("sftp://h/" + "a" * 3000) == b"[ZoneTransfer]\r\nZoneId=3\r\n"


def test_macos_keeps_when_and_by_which_program_a_file_came() -> None:
    assert quarantine(1_795_000_000.9) == b"0081;6afd86c0;Ferrygate;"


@pytest.mark.parametrize(
    ("platform", "name"),
    [("darwin", b"com.apple.quarantine"), ("linux", b"user.xdg.origin.url")],
)
def test_each_system_has_its_attribute(platform: str, name: bytes) -> None:
    mark = mark_of(platform, ManualClock(), SystemDisk())
    assert isinstance(mark, AttributeMark)
    assert mark.name == name


def test_windows_has_its_stream() -> None:
    assert isinstance(mark_of("win32", ManualClock(), SystemDisk()), StreamMark)


def test_an_attribute_is_set_on_the_open_file(tmp_path: Path) -> None:
    told: list[tuple[int, bytes, bytes]] = []

    class _TellingDisk(SystemDisk):
        def set_attribute(self, descriptor: int, name: bytes, value: bytes) -> None:
            told.append((descriptor, name, value))

    mark = AttributeMark(_TellingDisk(), b"name", str.encode)
    with (tmp_path / "part").open("wb") as file:
        mark(file, "path", URL)
        assert told == [(file.fileno(), b"name", URL.encode())]


# ---------------------------------------------------------------- files that are fetched


@pytest.fixture
def job(desk: TransferRig) -> FileJob:
    desk.server.files[b"/outbox/a.csv"] = bytearray(CONTENT)
    local = str(desk.folder / "a.csv")
    return FileJob(number=0, local=local, remote=b"/outbox/a.csv", size=len(CONTENT))


def test_a_file_is_marked_before_it_gets_its_name(desk: TransferRig, job: FileJob) -> None:
    marks = Marks()
    desk.mark = OriginMark("sftp.example.com", 22, marks)
    desk.fetch(job)
    assert marks.urls == [URL]
    assert marks.names == [[".ferrygate-abab.part"]]


def test_a_disk_without_marks_takes_the_file_all_the_same(desk: TransferRig, job: FileJob) -> None:
    def full(_file: OpenFile, _path: str, _url: str) -> None:
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    desk.mark = OriginMark("sftp.example.com", 22, full)
    desk.fetch(job)
    assert Path(job.local).read_bytes() == CONTENT


@pytest.mark.skipif(sys.platform != "linux", reason="attributes of Linux")
def test_linux_says_where_a_file_is_from(desk: TransferRig, job: FileJob) -> None:
    if sys.platform != "linux":
        return
    probe = desk.folder / "probe"
    probe.touch()
    try:
        os.setxattr(probe, b"user.probe", b"1")
    except OSError:
        pytest.skip("this disk keeps no attributes")
    desk.mark = OriginMark("sftp.example.com", 22, mark_of("linux", ManualClock(), SystemDisk()))
    desk.fetch(job)
    assert os.getxattr(job.local, b"user.xdg.origin.url") == URL.encode()


def test_a_fetched_file_is_never_executable(desk: TransferRig, job: FileJob) -> None:
    """Not even over a file that was."""
    path = Path(job.local)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    replacing = FileJob(
        number=0,
        local=job.local,
        remote=job.remote,
        size=job.size,
        on_conflict=ConflictChoice.REPLACE,
    )
    desk.fetch(replacing)
    assert path.read_bytes() == CONTENT
    assert not path.stat().st_mode & (stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
