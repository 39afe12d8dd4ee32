"""A bucket for tests, at moto's server on the loopback; a pytest plugin."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ferrygate.sandbox.bucket_options import BucketOptions
from ferrygate.sandbox.s3_limits import MIB, S3Limits
from support.fake_clock import ManualClock
from support.held_s3 import HeldS3
from support.loopback_only import loopback_only

if TYPE_CHECKING:
    from ferrygate.sandbox.multipart import S3Bucket
    from ferrygate.sandbox.s3_store import S3Store

SMALL = S3Limits(
    first_part_bytes=5 * MIB, max_part_bytes=6 * MIB, in_flight_bytes=6 * MIB, listing_page=3
)

_numbers = itertools.count(100)  # of buckets
_PROGRAM = Path(__file__).with_name("moto_process.py")


@pytest.fixture
def loopback_guard() -> Iterator[None]:
    """Refuse every address but the loopback, and fail the test that asked for another."""
    with loopback_only():
        yield


@pytest.fixture(scope="session")
def s3_address() -> Iterator[str]:
    """Run moto's server once for all tests of a process."""
    with subprocess.Popen(
        [sys.executable, str(_PROGRAM)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        yield f"http://127.0.0.1:{port}"
        assert process.stdin is not None
        process.stdin.close()
        process.wait()


@dataclass(frozen=True)
class MotoBucket:
    """A fresh bucket, as another program sees it.

    Attributes:
        client: boto3's.
        options: name it to the sandbox.
    """

    client: Any
    options: BucketOptions

    @property
    def place(self) -> dict[str, str]:
        return {"Bucket": self.options.name}

    def content(self, key: str) -> bytes:
        content: bytes = self.client.get_object(**self.place, Key=key)["Body"].read()
        return content

    def put(self, key: str, content: bytes = b"") -> None:
        self.client.put_object(**self.place, Key=key, Body=content)

    def keys(self) -> list[str]:
        return list(self.sizes())

    def sizes(self) -> dict[str, int]:
        """Return the bytes of each object, by its key."""
        found = self.client.list_objects_v2(**self.place).get("Contents", [])
        return {each["Key"]: each["Size"] for each in found}

    def keep_versions(self) -> None:
        """Keep what is replaced."""
        self.client.put_bucket_versioning(
            **self.place, VersioningConfiguration={"Status": "Enabled"}
        )

    def versions(self, key: str) -> list[bytes]:
        """Return what was under a key, the latest first; of a bucket that keeps versions."""
        found = self.client.list_object_versions(**self.place, Prefix=key).get("Versions", [])
        return [
            self.client.get_object(**self.place, Key=key, VersionId=each["VersionId"])[
                "Body"
            ].read()
            for each in found
        ]

    def open_uploads(self) -> list[str]:
        found = self.client.list_multipart_uploads(**self.place).get("Uploads", [])
        return [each["Key"] for each in found]


@pytest.fixture
def moto_bucket(
    s3_address: str,
    loopback_guard: None,  # noqa: ARG001  before the client is made
) -> Iterator[MotoBucket]:
    """Make a bucket of this test's own."""
    import boto3  # noqa: PLC0415  slow

    name = f"bucket-{next(_numbers)}"
    client = boto3.client("s3", endpoint_url=s3_address)
    client.create_bucket(Bucket=name)
    yield MotoBucket(client, BucketOptions(name=name, endpoint_url=s3_address))
    client.close()


@pytest.fixture
def held_s3(s3_address: str) -> Iterator[HeldS3]:
    """Stand between a sandbox and its S3."""
    with HeldS3(s3_address) as held:
        yield held


@pytest.fixture
def s3_bucket(moto_bucket: MotoBucket, tmp_path: Path) -> Iterator[S3Bucket]:
    """Connect to a fresh bucket, with small limits; nothing stays open at the end."""
    from ferrygate.sandbox.bucket_connection import connected  # noqa: PLC0415  slow

    with connected(moto_bucket.options, tmp_path, ManualClock(), SMALL) as bucket:
        yield bucket
    assert [path.name for path in tmp_path.iterdir()] == ["uploads.lock"]
    assert moto_bucket.open_uploads() == []


@pytest.fixture
def s3_store(s3_bucket: S3Bucket) -> S3Store:
    """Give a person's store in that bucket."""
    from ferrygate.sandbox.s3_store import S3Store  # noqa: PLC0415  slow

    return S3Store(s3_bucket, "vendor7", "s-00000000000000000")
