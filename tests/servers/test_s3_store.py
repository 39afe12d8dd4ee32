"""The sandbox's bucket, asked at moto's server: what another program of S3 sees, and when."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from ferrygate.sandbox.bucket_connection import connected
from ferrygate.sandbox.multipart import S3Bucket
from ferrygate.sandbox.s3_limits import S3Limits
from ferrygate.sandbox.s3_store import S3Store
from ferrygate.sandbox.store import Attributes, StatusError, Writing
from ferrygate.sandbox.upload_journal import UploadJournal
from support.fake_clock import ManualClock
from support.s3_fixtures import SMALL, MotoBucket

MIB = 1 << 20
METADATA = {"user-agent": "AWSTransfer", "user-agent-id": "vendor7@s-00000000000000000"}


def written(store: S3Store, key: str, content: bytes, step: int = 255 * 1024) -> Writing:
    """Begin an upload with what a client's writes bring."""
    writing = store.open_writing(key)
    for start in range(0, len(content), step):
        writing.append(content[start : start + step])
    return writing


SIZES = [0, 1, 5 * MIB, 5 * MIB + 1, 17 * MIB + 5, 23 * MIB]


@pytest.mark.parametrize("size", SIZES)
def test_a_file_becomes_one_object_of_the_same_bytes_with_its_metadata(
    s3_store: S3Store, moto_bucket: MotoBucket, size: int
) -> None:
    content = os.urandom(size)
    writing = written(s3_store, "vendor7/a", content)
    assert moto_bucket.keys() == []
    assert writing.attributes() == Attributes(
        is_folder=False, size=size, modified=int(ManualClock().now())
    )
    writing.publish()
    assert moto_bucket.content("vendor7/a") == content
    head = moto_bucket.client.head_object(**moto_bucket.place, Key="vendor7/a")
    assert head["Metadata"] == METADATA


def test_an_earlier_object_stays_until_the_new_one_is_whole(
    s3_store: S3Store, moto_bucket: MotoBucket
) -> None:
    moto_bucket.put("a", b"old")
    writing = written(s3_store, "a", bytes(11 * MIB))
    assert moto_bucket.open_uploads() == ["a"]
    assert moto_bucket.content("a") == b"old"
    writing.publish()
    assert moto_bucket.content("a") == bytes(11 * MIB)


@pytest.mark.parametrize("size", [3, 11 * MIB])
def test_what_is_discarded_leaves_nothing(
    s3_store: S3Store, moto_bucket: MotoBucket, size: int
) -> None:
    moto_bucket.put("a", b"old")
    written(s3_store, "a", bytes(size)).discard()
    assert moto_bucket.open_uploads() == []
    assert moto_bucket.content("a") == b"old"


def test_every_part_and_the_whole_have_checksums(s3_bucket: S3Bucket, s3_store: S3Store) -> None:
    sent: list[tuple[str, dict[str, object]]] = []

    def note(params: dict[str, object], model: object, **_event: object) -> None:
        sent.append((str(getattr(model, "name", "")), params))

    s3_bucket.client.meta.events.register("provide-client-params.s3", note)
    written(s3_store, "a", os.urandom(12 * MIB)).publish()
    names = [name for name, _params in sent]
    assert names == ["CreateMultipartUpload", *["UploadPart"] * 3, "CompleteMultipartUpload"]
    assert all("ChecksumCRC32" in params for _name, params in sent[1:])
    assert sent[-1][1]["ChecksumType"] == "FULL_OBJECT"


def test_uploads_keep_no_more_in_memory_than_is_allowed(
    s3_bucket: S3Bucket, s3_store: S3Store, moto_bucket: MotoBucket
) -> None:
    contents = [os.urandom(4 * MIB) for _number in range(4)]
    uploads = [written(s3_store, str(number), each) for number, each in enumerate(contents)]
    assert not s3_bucket.budget.acquire(3 * MIB)
    for upload in uploads:
        upload.publish()
    assert s3_bucket.budget.acquire(6 * MIB)
    assert [moto_bucket.content(str(number)) for number in range(4)] == contents


def test_a_file_that_needs_more_parts_than_s3_takes_is_refused(
    moto_bucket: MotoBucket, tmp_path: Path
) -> None:
    limits = S3Limits(first_part_bytes=5 * MIB, max_part_bytes=5 * MIB, max_parts=2)
    with connected(moto_bucket.options, tmp_path, ManualClock(), limits) as bucket:
        store = S3Store(bucket, "vendor7", "s")
        writing = written(store, "a", bytes(10 * MIB))
        with pytest.raises(StatusError, match="larger than S3 takes"):
            writing.append(b"x")
        with pytest.raises(StatusError, match="larger than S3 takes"):
            writing.publish()
    assert moto_bucket.keys() == moto_bucket.open_uploads() == []


def test_names_come_in_the_order_of_keys_with_folders_that_were_never_made(
    s3_store: S3Store, moto_bucket: MotoBucket
) -> None:
    for key in ("d/", "d/b/x", "d/a", "d/a-b", "d/é", "d//y", "d/./z", "d/e/", "da"):
        moto_bucket.put(key, b"1")
    names = [(name.decode(), found.is_folder) for name, found in s3_store.list("d/")]
    expected = [("a", False), ("a-b", False), ("b", True), ("e", True), ("é", False)]
    assert names == expected


def test_a_file_hides_a_folder_of_its_name(s3_store: S3Store, moto_bucket: MotoBucket) -> None:
    for key in ("d/a", "d/a-b", "d/a/x", "d/a.b/x"):
        moto_bucket.put(key)
    names = [(name, found.is_folder) for name, found in s3_store.list("d/")]
    assert names == [(b"a", False), (b"a-b", False), (b"a.b", True)]


def test_a_listing_goes_on_over_pages(s3_store: S3Store, moto_bucket: MotoBucket) -> None:
    for number in range(8):
        moto_bucket.put(f"d/{number}" if number % 3 else f"d/{number}/x")
    names = [(name, found.is_folder) for name, found in s3_store.list("d/")]
    assert names == [(str(number).encode(), number % 3 == 0) for number in range(8)]


def test_what_is_there_is_told_and_what_is_not_is_none(
    s3_store: S3Store, moto_bucket: MotoBucket
) -> None:
    moto_bucket.put("d/a", b"abc")
    found = s3_store.head("d/a")
    assert found is not None
    assert (found.is_folder, found.size) == (False, 3)
    assert abs(found.modified - time.time()) < 60
    assert s3_store.head("d") is None
    assert s3_store.has_prefix("d/")
    assert not s3_store.has_prefix("a/")


@pytest.mark.parametrize(
    ("key", "content", "empty"),
    [("d/", b"", True), ("d/", b"1", False), ("d/a", b"", False), ("d//", b"", False)],
)
def test_a_folder_is_empty_if_it_has_no_more_than_an_empty_marker(
    s3_store: S3Store, moto_bucket: MotoBucket, key: str, content: bytes, *, empty: bool
) -> None:
    moto_bucket.put("da", b"1")
    assert s3_store.is_empty("d/")
    moto_bucket.put(key, content)
    assert s3_store.is_empty("d/") is empty


def test_markers_and_objects_come_and_go(s3_store: S3Store, moto_bucket: MotoBucket) -> None:
    s3_store.put_marker("d/")
    assert (moto_bucket.keys(), moto_bucket.content("d/")) == (["d/"], b"")
    s3_store.delete("d/")
    assert moto_bucket.keys() == []


@pytest.mark.parametrize("size", [3, 17 * MIB])
def test_a_moved_object_keeps_all_that_it_bears(
    s3_store: S3Store, moto_bucket: MotoBucket, size: int
) -> None:
    content = os.urandom(size)
    bears = {"Metadata": METADATA, "ContentType": "text/csv", "CacheControl": "no-store"}
    moto_bucket.client.put_object(
        **moto_bucket.place, Key="old", Body=content, Tagging="plate=a%2Bb%20c", **bears
    )
    s3_store.move("old", "new")
    assert moto_bucket.keys() == ["new"]
    assert moto_bucket.content("new") == content
    head = moto_bucket.client.head_object(**moto_bucket.place, Key="new")
    assert {name: head[name] for name in bears} == bears
    tags = moto_bucket.client.get_object_tagging(**moto_bucket.place, Key="new")["TagSet"]
    assert tags == [{"Key": "plate", "Value": "a+b c"}]


def test_reading_gives_any_bytes_that_are_asked_for(
    s3_store: S3Store, moto_bucket: MotoBucket
) -> None:
    content = os.urandom(9 * MIB)
    moto_bucket.put("a", content)
    reading = s3_store.open_reading("a")
    for offset in (0, 1, 4 * MIB - 5, 4 * MIB, 2 * MIB, 9 * MIB - 3, 9 * MIB, 20 * MIB):
        assert reading.read(offset, 1000) == content[offset : offset + 1000]
    assert reading.attributes().size == 9 * MIB
    reading.close()
    assert s3_store.open_reading("a").read(0, 0) == b""


def test_reading_goes_on_where_there_is_no_memory_to_read_ahead(
    s3_bucket: S3Bucket, s3_store: S3Store, moto_bucket: MotoBucket
) -> None:
    moto_bucket.put("a", b"0123456789" * MIB)
    with ExitStack() as readings:
        opened = [s3_store.open_reading("a") for _number in range(3)]
        for reading in opened:
            readings.callback(reading.close)
            assert reading.read(5, 10) == b"5678901234"
        assert not s3_bucket.budget.acquire(3 * MIB)
    assert s3_bucket.budget.acquire(6 * MIB)


@pytest.mark.parametrize("named", [True, False])
def test_a_crash_leaves_no_open_upload_after_the_next_start(
    moto_bucket: MotoBucket, tmp_path: Path, *, named: bool
) -> None:
    place = {**moto_bucket.place, "Key": "vendor7/a"}
    crashed = UploadJournal(tmp_path, moto_bucket.options.endpoint_url, moto_bucket.options.name)
    upload = crashed.begin("vendor7/a")
    upload_id = moto_bucket.client.create_multipart_upload(**place)["UploadId"]
    if named:
        crashed.opened(upload, upload_id)
    crashed._file.close()  # as its process's end does
    moto_bucket.client.create_multipart_upload(**moto_bucket.place, Key="vendor7/a-strangers")
    with connected(moto_bucket.options, tmp_path, ManualClock(), SMALL):
        assert moto_bucket.open_uploads() == ["vendor7/a-strangers"]
    assert [path.name for path in tmp_path.iterdir()] == ["uploads.lock"]


def test_an_upload_that_s3_has_no_more_is_as_good_as_aborted(
    moto_bucket: MotoBucket, tmp_path: Path
) -> None:
    crashed = UploadJournal(tmp_path, moto_bucket.options.endpoint_url, moto_bucket.options.name)
    crashed.opened(crashed.begin("a"), "of-long-ago")
    crashed._file.close()
    with connected(moto_bucket.options, tmp_path, ManualClock(), SMALL):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["uploads.lock"]
