"""A bucket for tests, at moto's server on the loopback; a pytest plugin."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ferrygate.sandbox.bucket_options import BucketOptions
from support.loopback_only import loopback_only

_numbers = itertools.count(100)  # of buckets
_PROGRAM = Path(__file__).with_name("moto_process.py")
_SETTINGS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}


@pytest.fixture
def dummy_credentials(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hide the person's AWS, and refuse every address but the loopback."""
    for name, value in _SETTINGS.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
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
        found = self.client.list_objects_v2(**self.place).get("Contents", [])
        return [each["Key"] for each in found]

    def open_uploads(self) -> list[str]:
        found = self.client.list_multipart_uploads(**self.place).get("Uploads", [])
        return [each["Key"] for each in found]


@pytest.fixture
def moto_bucket(
    s3_address: str,
    dummy_credentials: None,  # noqa: ARG001  before the client is made
) -> Iterator[MotoBucket]:
    """Make a bucket of this test's own."""
    import boto3  # noqa: PLC0415  slow

    name = f"bucket-{next(_numbers)}"
    client = boto3.client("s3", endpoint_url=s3_address)
    client.create_bucket(Bucket=name)
    yield MotoBucket(client, BucketOptions(name=name, endpoint_url=s3_address))
    client.close()
