"""AWS's rules, one by one, packet by packet."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from ferrygate.sandbox.sftp_handler import MAX_READ_BYTES
from ferrygate.sandbox.wire import MalformedError
from support.sandbox_desk import Desk
from support.sandbox_packets import (
    APPEND,
    CREATE,
    EXCLUSIVE,
    NO_ATTRIBUTES,
    READ,
    TRUNCATE,
    UPLOAD,
    WRITE,
)
from support.sftp_bytes import (
    EOF,
    FAILURE,
    NO_SUCH_FILE,
    OK,
    OP_UNSUPPORTED,
    PERMISSION_DENIED,
    string,
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.handler.end()


def test_version_3_without_extensions(desk: Desk) -> None:
    assert desk.handler.answer(bytes.fromhex("0100000003")).hex(" ") == "00 00 00 05 02 00 00 00 03"


class TestUpload:
    def test_becomes_visible_on_close_only(self, desk: Desk) -> None:
        handle = desk.ask.open(b"/new.csv", UPLOAD)
        assert desk.ask.write(handle, 0, b"abc") == (OK, "")
        assert not (desk.home / "new.csv").exists()
        assert desk.ask.status(17, string(b"/new.csv"))[0] == NO_SUCH_FILE
        assert desk.ask.close(handle) == (OK, "")
        assert (desk.home / "new.csv").read_bytes() == b"abc"
        assert list(desk.staging.iterdir()) == []

    def test_replaces_on_close_only(self, desk: Desk) -> None:
        desk.ask.put(b"/a", b"old")
        handle = desk.ask.open(b"/a", UPLOAD)
        desk.ask.write(handle, 0, b"new")
        assert (desk.home / "a").read_bytes() == b"old"
        desk.ask.close(handle)
        assert (desk.home / "a").read_bytes() == b"new"

    def test_writes_must_ascend(self, desk: Desk) -> None:
        handle = desk.ask.open(b"/a", UPLOAD)
        desk.ask.write(handle, 0, b"abc")
        text = "AWS Transfer does not support random access writes to S3 objects."
        assert desk.ask.write(handle, 4, b"x") == (OP_UNSUPPORTED, text)
        assert desk.ask.write(handle, 0, b"x") == (OP_UNSUPPORTED, text)
        assert desk.counters.out_of_order_writes == 2
        assert desk.ask.write(handle, 3, b"d")[0] == OK

    def test_a_second_handle_on_one_upload_is_counted_and_starts_at_zero(self, desk: Desk) -> None:
        first, second = desk.ask.open(b"/a", UPLOAD), desk.ask.open(b"/a", UPLOAD)
        desk.ask.write(first, 0, b"abc")
        assert desk.ask.write(second, 3, b"d")[0] == OP_UNSUPPORTED
        assert desk.counters.max_handles_on_one_upload == 2

    def test_one_upload_after_the_other_counts_as_one(self, desk: Desk) -> None:
        desk.ask.put(b"/a", b"1")
        desk.ask.put(b"/a", b"2")
        assert desk.counters.max_handles_on_one_upload == 1

    def test_a_close_is_counted_with_what_had_arrived_and_an_end_without_is_not(
        self, desk: Desk
    ) -> None:
        desk.ask.put(b"/a", b"whole")
        desk.ask.write(desk.ask.open(b"/b", UPLOAD), 0, b"part")
        desk.handler.end()
        assert desk.counters.closed == {"/a": 5}

    def test_the_part_that_arrived_is_kept_at_the_end(self, desk: Desk) -> None:
        handle = desk.ask.open(b"/a", UPLOAD)
        desk.ask.write(handle, 0, b"half")
        assert desk.handler.end() == []
        assert (desk.home / "a").read_bytes() == b"half"

    def test_the_end_reports_what_could_not_be_kept(self, desk: Desk) -> None:
        (desk.home / "folder").mkdir()
        desk.ask.open(b"/folder/a", UPLOAD)
        (desk.home / "folder").rmdir()
        (desk.home / "folder").write_bytes(b"")
        assert [problem.status for problem in desk.handler.end()] == [FAILURE]
        assert list(desk.staging.iterdir()) == []

    def test_close_has_the_verdict(self, desk: Desk) -> None:
        handle = desk.ask.open(b"/a", UPLOAD)
        (desk.home / "a").mkdir()
        assert desk.ask.close(handle)[0] == FAILURE

    def test_time_is_that_of_close(self, desk: Desk) -> None:
        handle = desk.ask.open(b"/a", UPLOAD)
        desk.clock.time += 60
        desk.ask.close(handle)
        assert desk.ask.attributes(17, string(b"/a"))[4] == int(desk.clock.time)

    def test_fstat_tells_what_arrived(self, desk: Desk) -> None:
        handle = desk.ask.open(b"/a", UPLOAD)
        desk.ask.write(handle, 0, b"abc")
        assert desk.ask.attributes(8, handle)[1] == 3


@pytest.mark.parametrize(
    ("flags", "text"),
    [
        (READ | WRITE, "READ|WRITE"),
        (READ | WRITE | CREATE | TRUNCATE, "CREATE|READ|TRUNCATE|WRITE"),
        (READ | WRITE | CREATE | EXCLUSIVE, "CREATE|EXCLUSIVE|READ|WRITE"),
        (WRITE | CREATE | APPEND, "APPEND|CREATE|WRITE"),
        (0, ""),
    ],
)
def test_only_read_or_write_can_be_opened(desk: Desk, flags: int, text: str) -> None:
    answer = desk.ask.refused_open(b"/a", flags)
    assert answer == (OP_UNSUPPORTED, f"Cannot open file in mode: {text}")


@pytest.mark.parametrize(
    ("path", "flags", "code"),
    [
        (b"/missing", READ, NO_SUCH_FILE),
        (b"/missing", WRITE, NO_SUCH_FILE),
        (b"/missing/a", UPLOAD, NO_SUCH_FILE),
        (b"/file/a", UPLOAD, NO_SUCH_FILE),
        (b"/file", WRITE | CREATE | EXCLUSIVE, FAILURE),
        (b"/folder", READ, FAILURE),
        (b"/folder", UPLOAD, FAILURE),
        (b"/", UPLOAD, FAILURE),
        (b"/\xff", UPLOAD, FAILURE),
        (b"/nul\x00", UPLOAD, FAILURE),
        (b"/" + b"k" * 1024, UPLOAD, FAILURE),
    ],
)
def test_opens_that_are_refused(desk: Desk, path: bytes, flags: int, code: int) -> None:
    desk.ask.put(b"/file", b"x")
    (desk.home / "folder").mkdir()
    assert desk.ask.refused_open(path, flags)[0] == code
    assert list(desk.staging.iterdir()) == []


def test_a_key_has_1024_bytes_home_included(desk: Desk) -> None:
    parts = [b"d" * 200] * 4 + [b"\xc3\xa4" * 100]
    path = b""
    for part in parts:
        path += b"/" + part
        assert desk.ask.status(14, string(path), NO_ATTRIBUTES)[0] == OK
    fits = path + b"/" + b"f" * (1024 - len(b"vendor7") - len(path) - 1)
    desk.ask.put(fits, b"x")
    assert desk.ask.refused_open(fits + b"f", UPLOAD) == (FAILURE, "Key is too long")


def test_names_keep_their_case_and_letters(desk: Desk) -> None:
    desk.ask.put("/Größe 7.csv".encode(), b"x")
    listing = desk.ask.handle(11, string(b"/"))
    assert [name for name, _ in desk.ask.names(12, listing)] == ["Größe 7.csv".encode()]


class TestRead:
    def test_any_offset(self, desk: Desk) -> None:
        desk.ask.put(b"/a", b"0123456789")
        handle = desk.ask.open(b"/a", READ)
        assert desk.ask.read(handle, 7, 100) == b"789"
        assert desk.ask.read(handle, 0, 2) == b"01"
        assert desk.ask.status(5, handle, struct.pack(">QI", 10, 1))[0] == EOF
        assert desk.ask.attributes(8, handle)[1] == 10
        assert desk.ask.close(handle)[0] == OK

    def test_a_long_read_is_answered_in_part(self, desk: Desk) -> None:
        (desk.home / "big").write_bytes(bytes(MAX_READ_BYTES + 1))
        handle = desk.ask.open(b"/big", READ)
        assert len(desk.ask.read(handle, 0, MAX_READ_BYTES + 1)) == MAX_READ_BYTES


class TestFolders:
    def test_listing_comes_in_hundreds_and_in_order(self, desk: Desk) -> None:
        for number in range(250):
            (desk.home / f"{number:03}").touch()
        handle = desk.ask.handle(11, string(b"/"))
        batches = [desk.ask.names(12, handle) for _ in range(3)]
        assert [len(batch) for batch in batches] == [100, 100, 50]
        assert [name for batch in batches for name, _ in batch] == [b"%03d" % n for n in range(250)]
        assert desk.ask.status(12, handle)[0] == EOF
        assert desk.ask.attributes(8, handle)[2] == 0o040744
        assert desk.ask.close(handle)[0] == OK

    def test_long_names_have_no_owner(self, desk: Desk) -> None:
        (desk.home / "d").mkdir()
        desk.clock.time = 1_793_642_400.0
        desk.ask.put(b"/f", b"12345")
        names = desk.ask.names(12, desk.ask.handle(11, string(b"/")))
        assert [long.split() for _, long in names] == [
            [b"drwxr--r--", b"1", b"-", b"-", b"0", b"Jan", b"1", b"1970", b"d"],
            [b"-rwxr--r--", b"1", b"-", b"-", b"5", b"Nov", b"2", b"2026", b"f"],
        ]

    def test_a_folder_has_neither_size_nor_time(self, desk: Desk) -> None:
        assert desk.ask.attributes(17, string(b"/"))[1:] == (0, 0o040744, 0, 0)
        assert desk.ask.attributes(7, string(b"."))[1:] == (0, 0o040744, 0, 0)

    def test_a_name_that_vanishes_while_listing_is_left_out(self, desk: Desk) -> None:
        (desk.home / "a").touch()
        handle = desk.ask.handle(11, string(b"/"))
        (desk.home / "a").unlink()
        assert desk.ask.status(12, handle)[0] == EOF

    def test_listing_a_file_or_nothing(self, desk: Desk) -> None:
        desk.ask.put(b"/a", b"")
        assert desk.ask.status(11, string(b"/a"))[0] == NO_SUCH_FILE
        assert desk.ask.status(11, string(b"/missing"))[0] == NO_SUCH_FILE

    def test_mkdir_and_rmdir(self, desk: Desk) -> None:
        assert desk.ask.status(14, string(b"/d"), NO_ATTRIBUTES)[0] == OK
        assert desk.ask.status(14, string(b"/d"), NO_ATTRIBUTES)[0] == FAILURE
        assert desk.ask.status(14, string(b"/x/y"), NO_ATTRIBUTES)[0] == NO_SUCH_FILE
        desk.ask.put(b"/d/a", b"")
        assert desk.ask.status(15, string(b"/d"))[0] == FAILURE
        assert desk.ask.status(13, string(b"/d/a"))[0] == OK
        assert desk.ask.status(15, string(b"/d"))[0] == OK
        assert desk.ask.status(15, string(b"/"))[0] == PERMISSION_DENIED

    def test_remove_takes_files_only(self, desk: Desk) -> None:
        (desk.home / "d").mkdir()
        assert desk.ask.status(13, string(b"/d"))[0] == FAILURE
        assert desk.ask.status(13, string(b"/missing"))[0] == NO_SUCH_FILE


class TestRename:
    def test_a_file_to_a_free_name(self, desk: Desk) -> None:
        desk.ask.put(b"/a", b"x")
        assert desk.ask.status(18, string(b"/a"), string(b"/b")) == (OK, "")
        assert (desk.home / "b").read_bytes() == b"x"

    def test_not_onto_an_existing_name(self, desk: Desk) -> None:
        desk.ask.put(b"/a", b"x")
        desk.ask.put(b"/b", b"y")
        assert desk.ask.status(18, string(b"/a"), string(b"/b"))[0] == FAILURE
        assert (desk.home / "b").read_bytes() == b"y"

    def test_not_a_folder(self, desk: Desk) -> None:
        (desk.home / "d").mkdir()
        answer = desk.ask.status(18, string(b"/d"), string(b"/e"))
        assert answer == (OP_UNSUPPORTED, "Cannot rename a directory")

    def test_not_what_is_missing(self, desk: Desk) -> None:
        assert desk.ask.status(18, string(b"/a"), string(b"/b"))[0] == NO_SUCH_FILE


@pytest.mark.parametrize("kind", [9, 10])
def test_attributes_are_never_set(desk: Desk, kind: int) -> None:
    answer = desk.ask.status(kind, string(b"/"), NO_ATTRIBUTES)
    assert answer == (OP_UNSUPPORTED, "SETSTAT unsupported")


@pytest.mark.parametrize("kind", [19, 20, 200, 77])
def test_links_extensions_and_the_unknown_are_unsupported(desk: Desk, kind: int) -> None:
    assert desk.ask.status(kind, string(b"/a"), string(b"/b"))[0] == OP_UNSUPPORTED


@pytest.mark.parametrize(
    ("path", "real"),
    [
        (b"", b"/"),
        (b".", b"/"),
        (b"inbox", b"/inbox"),
        (b"//a/./b/../c/", b"/a/c"),
        (b"/../../etc", b"/etc"),
    ],
)
def test_real_paths(desk: Desk, path: bytes, real: bytes) -> None:
    assert desk.ask.names(16, string(path)) == [(real, real)]


def test_handles_are_checked(desk: Desk) -> None:
    desk.ask.put(b"/a", b"x")
    reading, listing = desk.ask.open(b"/a", READ), desk.ask.handle(11, string(b"/"))
    upload = desk.ask.open(b"/b", UPLOAD)
    nothing = string(b"nothing")
    assert desk.ask.close(nothing) == (FAILURE, "Invalid handle")
    assert desk.ask.write(nothing, 0, b"") == (FAILURE, "Invalid handle")
    assert desk.ask.write(reading, 0, b"")[0] == FAILURE
    assert desk.ask.status(5, upload, struct.pack(">QI", 0, 1))[0] == FAILURE
    assert desk.ask.status(12, reading)[0] == FAILURE
    assert desk.ask.close(listing)[0] == OK
    assert desk.ask.close(listing)[0] == FAILURE


def test_sizes_can_be_hidden(desk: Desk) -> None:
    desk.ask.put(b"/a", b"x")
    desk.hides_sizes = True
    handle = desk.ask.open(b"/a", READ)
    assert desk.ask.status(17, string(b"/a"))[0] == PERMISSION_DENIED
    assert desk.ask.status(7, string(b"/a"))[0] == PERMISSION_DENIED
    assert desk.ask.status(8, handle)[0] == PERMISSION_DENIED


@pytest.mark.parametrize("packet", [b"", b"\x03", bytes.fromhex("0300000001000000ff61")])
def test_a_packet_that_ends_too_soon(desk: Desk, packet: bytes) -> None:
    with pytest.raises(MalformedError):
        desk.handler.answer(packet)


class TestNoWayOut:
    @pytest.mark.parametrize("path", [b"/../secret", b"../secret", b"/a/../../secret"])
    def test_by_dots(self, desk: Desk, path: bytes) -> None:
        (desk.root / "secret").write_text("x")
        assert desk.ask.refused_open(path, READ)[0] == NO_SUCH_FILE

    def test_by_links(self, desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
        outside = tmp_path_factory.mktemp("outside")
        (outside / "secret").write_text("x")
        (desk.home / "out").symlink_to(outside)
        (desk.home / "file").symlink_to(outside / "secret")
        for path in (b"/out", b"/out/secret", b"/file"):
            assert desk.ask.status(17, string(path))[0] == PERMISSION_DENIED
        assert desk.ask.refused_open(b"/out/secret", READ)[0] == PERMISSION_DENIED
        assert desk.ask.refused_open(b"/out/new", UPLOAD)[0] == PERMISSION_DENIED
        assert desk.ask.status(13, string(b"/file"))[0] == PERMISSION_DENIED

    def test_links_inside_are_not_there(self, desk: Desk) -> None:
        (desk.home / "a").touch()
        (desk.home / "link").symlink_to(desk.home / "a")
        (desk.home / "loop").symlink_to(desk.home / "loop")
        assert desk.ask.status(17, string(b"/link"))[0] == NO_SUCH_FILE
        assert desk.ask.status(17, string(b"/loop"))[0] in {FAILURE, NO_SUCH_FILE}
        names = desk.ask.names(12, desk.ask.handle(11, string(b"/")))
        assert [name for name, _ in names] == [b"a"]
