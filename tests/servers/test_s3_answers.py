"""Answers of S3 besides those that are hoped for, and what the sandbox makes of them."""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import boto3
import msgspec
import pytest
from botocore.awsrequest import AWSRequest, AWSResponse

from ferrygate.common.errors import UsageError, problem_of
from ferrygate.sandbox.bucket_connection import connected
from ferrygate.sandbox.bucket_options import BucketOptions
from ferrygate.sandbox.multipart import S3Bucket, abort
from ferrygate.sandbox.s3_errors import OtherAddressError
from ferrygate.sandbox.s3_limits import MIB
from ferrygate.sandbox.s3_store import S3Store
from ferrygate.sandbox.store import Status, StatusError
from ferrygate.sandbox.upload_journal import OpenUpload
from support.fake_clock import ManualClock
from support.loopback_only import OtherAddressAskedError, loopback_only
from support.s3_fixtures import SMALL, MotoBucket

SLOW_DOWN = b"<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>"


def refuse(bucket: S3Bucket, operation: str, status: int = 403, code: str = "AccessDenied") -> None:
    """Answer an operation in S3's place, after all that boto3 tries again."""
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}

    def respond(**_event: object) -> tuple[object, object]:
        return SimpleNamespace(status_code=status), answer

    bucket.client.meta.events.register(f"before-call.s3.{operation}", respond)


def answer_once(bucket: S3Bucket, operation: str, status: int, body: bytes) -> None:
    """Give the first answer to an operation in S3's place, byte for byte."""
    raw = SimpleNamespace(stream=lambda: iter([body]))
    answers = [AWSResponse("http://127.0.0.1", status, {}, raw)]

    def respond(**_event: object) -> AWSResponse | None:
        return answers.pop() if answers else None

    bucket.client.meta.events.register(f"before-send.s3.{operation}", respond)


def refused(call: Callable[[], object]) -> tuple[Status, str]:
    """Return what a call to the store is answered with."""
    with pytest.raises(StatusError) as error:
        call()
    return error.value.status, error.value.text


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (403, "AccessDenied", (Status.PERMISSION_DENIED, "Permission denied")),
        (404, "NoSuchKey", (Status.NO_SUCH_FILE, "No such file")),
        (404, "NoSuchBucket", (Status.FAILURE, "NoSuchBucket")),
        (412, "PreconditionFailed", (Status.FAILURE, "The file has been replaced")),
        (503, "SlowDown", (Status.FAILURE, "The bucket is busy")),
        (500, "InternalError", (Status.FAILURE, "InternalError")),
        (400, "KMS.DisabledException", (Status.FAILURE, "KMS.DisabledException")),
    ],
)
def test_an_error_of_s3_is_told_by_a_status_of_sftp(
    s3_bucket: S3Bucket,
    s3_store: S3Store,
    moto_bucket: MotoBucket,
    status: int,
    code: str,
    expected: tuple[Status, str],
) -> None:
    moto_bucket.put("a", b"abc")
    reading = s3_store.open_reading("a")
    refuse(s3_bucket, "GetObject", status, code)
    assert refused(lambda: reading.read(0, 3)) == expected
    reading.close()


def test_a_bucket_that_asks_for_fewer_requests_is_asked_again(
    s3_bucket: S3Bucket, s3_store: S3Store, moto_bucket: MotoBucket
) -> None:
    moto_bucket.put("d/a")
    answer_once(s3_bucket, "ListObjectsV2", 503, SLOW_DOWN)
    assert s3_store.has_prefix("d/")


def test_a_busy_bucket_is_not_taken_for_a_missing_object(
    s3_bucket: S3Bucket, s3_store: S3Store
) -> None:
    refuse(s3_bucket, "HeadObject", 503, "503")
    assert refused(lambda: s3_store.head("a")) == (Status.FAILURE, "The bucket is busy")


def test_an_upload_that_s3_does_not_open_fails_and_is_not_looked_for(
    s3_bucket: S3Bucket, s3_store: S3Store
) -> None:
    refuse(s3_bucket, "CreateMultipartUpload")
    writing = s3_store.open_writing("a")
    assert refused(lambda: writing.append(bytes(6 * MIB)))[0] is Status.PERMISSION_DENIED
    writing.discard()


def test_a_part_that_s3_refuses_fails_every_later_write_and_the_close(
    s3_bucket: S3Bucket, s3_store: S3Store, moto_bucket: MotoBucket
) -> None:
    refuse(s3_bucket, "UploadPart")
    writing = s3_store.open_writing("a")
    for content in (bytes(17 * MIB), b"x"):
        assert refused(partial(writing.append, content))[0] is Status.PERMISSION_DENIED
    assert refused(writing.publish)[0] is Status.PERMISSION_DENIED
    assert moto_bucket.keys() == moto_bucket.open_uploads() == []
    assert s3_bucket.budget.acquire(6 * MIB)


def test_an_upload_that_s3_gave_up_is_no_missing_file(
    s3_bucket: S3Bucket, s3_store: S3Store, moto_bucket: MotoBucket
) -> None:
    writing = s3_store.open_writing("a")
    writing.append(bytes(11 * MIB))
    refuse(s3_bucket, "CompleteMultipartUpload", 404, "NoSuchUpload")
    assert refused(writing.publish) == (Status.FAILURE, "NoSuchUpload")
    assert moto_bucket.keys() == []


def test_a_part_on_its_way_is_tried_again_where_s3_is_busy(
    s3_bucket: S3Bucket, s3_store: S3Store, moto_bucket: MotoBucket
) -> None:
    content = b"0123456789" * MIB
    answer_once(s3_bucket, "UploadPart", 503, SLOW_DOWN)
    writing = s3_store.open_writing("a")
    writing.append(content)
    writing.publish()
    assert moto_bucket.content("a") == content


def test_a_file_that_is_replaced_while_it_is_read_fails(
    s3_store: S3Store, moto_bucket: MotoBucket
) -> None:
    moto_bucket.put("a", b"old")
    reading = s3_store.open_reading("a")
    moto_bucket.put("a", b"new")
    told = refused(lambda: reading.read(0, 3))
    assert told == (Status.FAILURE, "The file has been replaced")
    reading.close()


def test_what_is_not_there_cannot_be_read_or_moved(s3_store: S3Store) -> None:
    for call in (lambda: s3_store.open_reading("a"), lambda: s3_store.move("a", "b")):
        assert refused(call)[0] is Status.NO_SUCH_FILE


def test_uploads_without_a_name_are_found_on_every_page_under_keys_as_in_urls() -> None:
    key = "a b/\x01+ü"
    url = "a+b/%01%2B%C3%BC"
    asked: list[dict[str, str]] = []
    aborted: list[str] = []

    def list_multipart_uploads(**request: str) -> dict[str, object]:
        asked.append(request)
        if "KeyMarker" in request:
            uploads = [{"Key": url, "UploadId": "2"}]
            return {"EncodingType": "url", "IsTruncated": False, "Uploads": uploads}
        uploads = [{"Key": url, "UploadId": "1"}, {"Key": f"{url}-other", "UploadId": "3"}]
        marker = {"NextKeyMarker": url, "NextUploadIdMarker": "1"}
        return {"EncodingType": "url", "IsTruncated": True, "Uploads": uploads, **marker}

    def abort_multipart_upload(**request: str) -> None:
        aborted.append(request["UploadId"])

    client = SimpleNamespace(
        list_multipart_uploads=list_multipart_uploads, abort_multipart_upload=abort_multipart_upload
    )
    abort(client, OpenUpload(endpoint="http://127.0.0.1", bucket="b", key=key, number=1))
    assert aborted == ["1", "2"]
    assert [each["Prefix"] for each in asked] == [key, key]
    assert (asked[1]["KeyMarker"], asked[1]["UploadIdMarker"]) == (key, "1")


def test_a_bucket_that_is_not_there_is_told_of(moto_bucket: MotoBucket, tmp_path: Path) -> None:
    options = msgspec.structs.replace(moto_bucket.options, name="nowhere")
    with (
        pytest.raises(UsageError, match="nowhere"),
        connected(options, tmp_path, ManualClock(), SMALL),
    ):
        pass


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "http://two words"])
def test_an_address_where_no_s3_is_is_told_of(
    loopback_guard: None,  # noqa: ARG001  before the client is made
    tmp_path: Path,
    address: str,
) -> None:
    options = BucketOptions(name="bucket", endpoint_url=address)
    with (
        pytest.raises(UsageError) as error,
        connected(options, tmp_path, ManualClock(), SMALL),
    ):
        pass
    assert address.removeprefix("http://") in problem_of(error.value).detail


def test_a_redirection_to_another_address_is_not_followed(s3_bucket: S3Bucket) -> None:
    request = AWSRequest(method="GET", url="http://192.0.2.1/bucket").prepare()
    with pytest.raises(OtherAddressError, match=r"192\.0\.2\.1"):
        s3_bucket.client.meta.events.emit("before-send.s3.GetObject", request=request)


def test_a_proxy_of_the_network_never_sees_what_stays_on_this_computer(
    moto_bucket: MotoBucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.1:3128")
    with connected(moto_bucket.options, tmp_path, ManualClock(), SMALL) as bucket:
        assert S3Store(bucket, "vendor7", "s").head("a") is None


def test_a_test_that_asks_another_address_fails() -> None:
    guard = loopback_only()
    guard.__enter__()
    with socket.socket() as asking, pytest.raises(OtherAddressAskedError):
        asking.connect(("192.0.2.1", 80))
    with pytest.raises(OtherAddressAskedError, match=r"192\.0\.2\.1"):
        guard.__exit__(None, None, None)


def test_every_test_has_credentials_that_open_nothing() -> None:
    found = boto3.Session().get_credentials()
    assert found is not None
    assert (found.method, found.access_key, found.secret_key) == ("env", "test", "test")


def test_no_test_asks_the_machine_that_it_runs_on_for_credentials(
    loopback_guard: None,  # noqa: ARG001  the service is at 169.254.169.254
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(variable)
    assert boto3.Session().get_credentials() is None
