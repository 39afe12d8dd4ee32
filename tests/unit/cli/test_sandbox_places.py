"""A sandbox's files and its door stay on this computer unless that is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ferrygate.cli.sandbox_places import (
    BucketFlags,
    bucket_options,
    check_folder_unused,
    warn_of_places,
)
from ferrygate.cli.terminal import Terminal
from ferrygate.common.errors import UsageError
from ferrygate.sandbox.bucket_options import BucketOptions
from ferrygate.sandbox.settings import Settings
from support.fake_clock import ManualClock

REAL = "https://s3.eu-central-1.amazonaws.com"


def options(
    bucket: str | None = "exports",
    endpoint_url: str | None = "http://127.0.0.1:9000",
    *,
    real_s3: bool = False,
    ci: bool = False,
) -> BucketOptions | None:
    flags = BucketFlags(bucket=bucket, endpoint_url=endpoint_url, real_s3=real_s3)
    return bucket_options(flags, {"CI": "true"} if ci else {})


def test_without_a_bucket_there_is_none() -> None:
    assert options(None, None) is None


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:9000", "http://127.8.8.8", "https://localhost:1/", "http://[::1]:9000"],
)
@pytest.mark.parametrize("ci", [True, False])
def test_an_s3_on_this_computer_needs_no_word(address: str, *, ci: bool) -> None:
    assert options(endpoint_url=address, ci=ci) == BucketOptions(
        name="exports", endpoint_url=address.rstrip("/")
    )


@pytest.mark.parametrize(
    "address", [REAL, "http://10.0.0.1:9000", "http://localhost.example.org", "http://0.0.0.0:1"]
)
def test_an_s3_elsewhere_needs_one(address: str) -> None:
    with pytest.raises(UsageError, match="not on this computer"):
        options(endpoint_url=address)
    assert options(endpoint_url=address, real_s3=True) is not None


def test_an_s3_elsewhere_is_refused_by_a_build_server() -> None:
    with pytest.raises(UsageError, match="CI"):
        options(endpoint_url=REAL, real_s3=True, ci=True)


def test_a_bucket_needs_an_address() -> None:
    with pytest.raises(UsageError, match="--endpoint-url"):
        options(endpoint_url=None)


@pytest.mark.parametrize("real_s3", [True, False])
@pytest.mark.parametrize("bucket", [None, ""])
def test_an_address_needs_a_bucket(bucket: str | None, *, real_s3: bool) -> None:
    with pytest.raises(UsageError, match="--bucket"):
        options(bucket, real_s3=real_s3)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "127.0.0.1:9000",
        "ftp://127.0.0.1",
        "http://",
        "http://127.0.0.1:99999",
        "http://user@127.0.0.1",
        "http://:password@127.0.0.1",
        "http://@127.0.0.1",
        "http://127.0.0.1/bucket",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="no address"):
        options(endpoint_url=address)


def test_what_is_said_of_a_folder_does_not_go_with_a_bucket(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--root and --bucket"):
        check_folder_unused(tmp_path, Settings())
    with pytest.raises(UsageError, match="versions"):
        check_folder_unused(None, Settings(versions=True))
    check_folder_unused(None, Settings(listing_page=0))


@pytest.mark.parametrize(
    ("host", "bucket", "codes"),
    [
        ("127.0.0.1", None, []),
        ("::1", BucketOptions(name="exports", endpoint_url="http://localhost:1"), []),
        ("0.0.0.0", None, ["open-to-network"]),  # noqa: S104  the very thing
        ("192.0.2.1", None, ["open-to-network"]),
        ("localhost", BucketOptions(name="exports", endpoint_url=REAL), ["real-s3"]),
    ],
)
def test_what_leaves_this_computer_is_told(
    capsys: pytest.CaptureFixture[str],
    host: str,
    bucket: BucketOptions | None,
    codes: list[str],
) -> None:
    terminal = Terminal(ManualClock())
    terminal.as_json = True
    warn_of_places(terminal, host, bucket)
    told = capsys.readouterr()
    assert [json.loads(line)["code"] for line in told.out.splitlines()] == codes
    assert len(told.err.splitlines()) == len(codes)
