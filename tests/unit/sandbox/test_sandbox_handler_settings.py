"""An SFTP session on a server that is set up in other ways, and after a WRITE was refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ferrygate.sandbox.settings import AfterRefusedWrite, Partial, SetStat
from ferrygate.sandbox.store import Status
from support.sandbox_desk import Desk
from support.sandbox_packets import NO_ATTRIBUTES, READ, UPLOAD
from support.sftp_bytes import EOF, FAILURE, OK, PERMISSION_DENIED, string


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.handler.end()


def test_after_a_refused_write_close_fails_and_nothing_is_published(desk: Desk) -> None:
    desk.ask.put(b"/a", b"old")
    handle = desk.ask.open(b"/a", UPLOAD)
    desk.ask.write(handle, 0, b"new")
    desk.ask.write(handle, 9, b"x")
    desk.ask.write(handle, 3, b"er")
    assert desk.ask.close(handle) == (FAILURE, "The upload has failed")
    assert desk.ask.close(handle) == (FAILURE, "Invalid handle")
    assert (desk.home / "a").read_bytes() == b"old"
    assert list(desk.staging.iterdir()) == []
    assert desk.counters.open_uploads == 0


def test_a_lenient_server_publishes_what_it_took(desk: Desk) -> None:
    desk.set_up(refused_write=AfterRefusedWrite.PUBLISH)
    handle = desk.ask.open(b"/a", UPLOAD)
    desk.ask.write(handle, 0, b"new")
    desk.ask.write(handle, 9, b"x")
    assert desk.ask.close(handle) == (OK, "")
    assert (desk.home / "a").read_bytes() == b"new"


def test_a_refused_upload_is_not_kept_at_the_end(desk: Desk) -> None:
    handle = desk.ask.open(b"/a", UPLOAD)
    desk.ask.write(handle, 1, b"x")
    assert desk.handler.end() == []
    assert not (desk.home / "a").exists()


def test_the_part_that_arrived_can_be_thrown_away(desk: Desk) -> None:
    desk.set_up(partial=Partial.DISCARD)
    desk.ask.write(desk.ask.open(b"/a", UPLOAD), 0, b"half")
    assert desk.handler.end() == []
    assert not (desk.home / "a").exists()
    assert list(desk.staging.iterdir()) == []


def test_close_can_be_made_to_fail(desk: Desk) -> None:
    desk.set_up(close_error=Status.PERMISSION_DENIED)
    handle = desk.ask.open(b"/a", UPLOAD)
    desk.ask.write(handle, 0, b"new")
    assert desk.ask.close(handle) == (PERMISSION_DENIED, "Permission denied")
    assert not (desk.home / "a").exists()


def test_a_listing_can_come_in_one_answer(desk: Desk) -> None:
    desk.set_up(listing_page=0)
    for number in range(250):
        (desk.home / f"{number:03}").touch()
    handle = desk.ask.handle(11, string(b"/"))
    assert len(desk.ask.names(12, handle)) == 250
    assert desk.ask.status(12, handle)[0] == EOF


def test_folders_in_a_listing_can_take_their_time(desk: Desk) -> None:
    desk.set_up(listing_delay_milliseconds=40)
    for number in range(3):
        (desk.home / f"{number}").mkdir()
    (desk.home / "file").touch()
    handle = desk.ask.handle(11, string(b"/"))
    assert desk.handler.delay_seconds == 0
    desk.ask.names(12, handle)
    assert desk.handler.delay_seconds == pytest.approx(0.12)


@pytest.mark.parametrize("kind", [9, 10])
def test_attributes_can_be_set_without_effect(desk: Desk, kind: int) -> None:
    desk.set_up(set_stat=SetStat.NO_OP)
    assert desk.ask.status(kind, string(b"/"), NO_ATTRIBUTES) == (OK, "")


def test_a_slash_at_the_end_never_changes_a_name(desk: Desk) -> None:
    desk.ask.put(b"/a/", b"x")
    assert (desk.home / "a").read_bytes() == b"x"
    assert desk.ask.attributes(17, string(b"/a/"))[1] == 1
    assert desk.ask.status(18, string(b"/a/"), string(b"/b/")) == (OK, "")
    assert desk.ask.read(desk.ask.open(b"b//", READ), 0, 9) == b"x"
    assert desk.ask.status(14, string(b"/d//"), NO_ATTRIBUTES) == (OK, "")
    assert desk.ask.names(16, string(b"/d/")) == [(b"/d", b"/d")]
    assert desk.ask.status(15, string(b"/d/")) == (OK, "")
    assert desk.ask.status(13, string(b"/b/")) == (OK, "")
    assert list(desk.home.iterdir()) == []


def test_the_log_has_the_fields_of_aws(desk: Desk) -> None:
    desk.ask.put(b"/a", b"abc")
    handle = desk.ask.open(b"/a", READ)
    desk.ask.read(handle, 0, 2)
    desk.ask.close(handle)
    desk.ask.status(17, string(b"/missing"))
    desk.ask.status(14, string(b"/d"), NO_ATTRIBUTES)
    desk.ask.status(15, string(b"/d"))
    desk.ask.status(18, string(b"/a"), string(b"/b"))
    desk.ask.status(13, string(b"/b"))
    desk.ask.status(13, string(b"/b"))
    desk.ask.write(desk.ask.open(b"/c", UPLOAD), 0, b"half")
    desk.handler.end()
    lines = desk.activities()
    assert len({line.pop("session-id") for line in lines}) == 1
    assert {line.pop("resource-arn").rpartition("/")[2] for line in lines} == {
        "s-00000000000000000"
    }
    assert lines == [
        {"activity-type": "OPEN", "path": "/a", "mode": "CREATE|TRUNCATE|WRITE"},
        {"activity-type": "CLOSE", "path": "/a", "bytes-in": 3},
        {"activity-type": "OPEN", "path": "/a", "mode": "READ"},
        {"activity-type": "CLOSE", "path": "/a", "bytes-out": 2},
        {"activity-type": "MKDIR", "path": "/d"},
        {"activity-type": "RMDIR", "path": "/d"},
        {"activity-type": "RENAME", "path": "/a", "new-path": "/b"},
        {"activity-type": "DELETE", "path": "/b"},
        {"activity-type": "ERROR", "operation": "REMOVE", "message": "No such file"},
        {"activity-type": "OPEN", "path": "/c", "mode": "CREATE|TRUNCATE|WRITE"},
        {"activity-type": "PARTIAL_CLOSE", "path": "/c", "bytes-in": 4},
    ]
