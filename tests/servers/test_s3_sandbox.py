"""Files go through the sandbox into a bucket, and are read there by another program of S3."""

from __future__ import annotations

import os
from pathlib import Path

import paramiko
import pytest

from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sandbox.settings import Partial, Settings
from support.s3_fixtures import MotoBucket
from support.sandbox_clients import CLOCK, OPTIONS, sftp
from support.sandbox_fixtures import MakeSandbox

pytestmark = pytest.mark.sandbox
LOST = (OSError, EOFError, paramiko.SSHException)
MIB = 1 << 20
ODD_NAMES = [
    "a+b", "100%", "%41", "%2F", "two words", " a", "a ", "?versions", "#a", "back\\slash",
    "'\"&<>", "~", "*", "a;b=c,d:e@f", "...", "\t", "\x01", "e\N{COMBINING ACUTE ACCENT}",
    "\N{SHIP}", "\N{GRINNING FACE}",
]  # fmt: skip


@pytest.fixture
def box(make_sandbox: MakeSandbox, moto_bucket: MotoBucket) -> Sandbox:
    return make_sandbox(clock=CLOCK, bucket=moto_bucket.options, **OPTIONS)


def sent(path: Path, size: int) -> bytes:
    content = os.urandom(size)
    path.write_bytes(content)
    return content


def test_a_bucket_is_used_as_it_was_found(box: Sandbox, moto_bucket: MotoBucket) -> None:
    assert moto_bucket.keys() == []
    assert box.ready.home == f"s3://{moto_bucket.options.name}/vendor7"
    assert not box.ready.root.exists()
    with sftp(box) as client:
        assert client.listdir("/") == []


def test_a_file_that_is_sent_is_the_object_and_comes_back(
    box: Sandbox, moto_bucket: MotoBucket, tmp_path: Path
) -> None:
    content = sent(tmp_path / "file", 21 * MIB)
    with sftp(box) as client:
        client.mkdir("/inbox")
        with client.open("/inbox/a", "w") as file:
            file.write(b"soon replaced")
            assert moto_bucket.keys() == ["vendor7/inbox/"]
        assert moto_bucket.content("vendor7/inbox/a") == b"soon replaced"
        client.put(str(tmp_path / "file"), "/inbox/a")
        assert moto_bucket.content("vendor7/inbox/a") == content
        client.rename("/inbox/a", "/inbox/b")
        client.get("/inbox/b", str(tmp_path / "back"))
        assert client.listdir("/inbox") == ["b"]
    assert (tmp_path / "back").read_bytes() == content
    head = moto_bucket.client.head_object(**moto_bucket.place, Key="vendor7/inbox/b")
    assert head["Metadata"] == {
        "user-agent": "AWSTransfer",
        "user-agent-id": "vendor7@s-00000000000000000",
    }


@pytest.mark.slow  # over a hundred requests, each of which asks moto several times
def test_odd_names_are_keys_as_they_are_and_files_under_them_come_back(
    box: Sandbox, moto_bucket: MotoBucket
) -> None:
    listed = sorted(ODD_NAMES, key=str.encode)
    with sftp(box) as client:
        for name in ODD_NAMES:
            with client.open(f"/{name}", "w") as file:
                file.write(name.encode())
        assert moto_bucket.keys() == [f"vendor7/{name}" for name in listed]
        assert client.listdir("/") == listed
        client.mkdir("/moved")
        for name in ODD_NAMES:
            assert client.stat(f"/{name}").st_size == len(name.encode())
            client.rename(f"/{name}", f"/moved/{name}")
            with client.open(f"/moved/{name}") as file:
                assert file.read() == name.encode()
        assert client.listdir("/") == ["moved"]
        for name in ODD_NAMES:
            client.remove(f"/moved/{name}")
    assert moto_bucket.keys() == ["vendor7/moved/"]


def test_a_file_of_no_bytes_is_an_object_of_none(box: Sandbox, moto_bucket: MotoBucket) -> None:
    with sftp(box) as client:
        client.open("/empty", "w").close()
        with client.open("/empty") as file:
            assert file.read() == b""
    assert moto_bucket.keys() == ["vendor7/empty"]


def test_a_folder_that_holds_something_is_neither_renamed_nor_removed(
    box: Sandbox, moto_bucket: MotoBucket
) -> None:
    moto_bucket.put("vendor7/d/a", b"1")
    with sftp(box) as client:
        with pytest.raises(OSError, match="Cannot rename a directory"):
            client.rename("/d", "/e")
        with pytest.raises(OSError, match="Directory not empty"):
            client.rmdir("/d")
    assert moto_bucket.keys() == ["vendor7/d/a"]


def test_a_marker_that_somebody_gave_bytes_is_a_folder_and_is_not_removed(
    box: Sandbox, moto_bucket: MotoBucket
) -> None:
    moto_bucket.put("vendor7/d/", b"somebody's")
    with sftp(box) as client:
        assert client.listdir("/") == ["d"]
        assert client.listdir("/d") == []
        with pytest.raises(OSError, match="Directory not empty"):
            client.rmdir("/d")
    assert moto_bucket.content("vendor7/d/") == b"somebody's"


@pytest.mark.slow  # a request to moto for each object
def test_a_folder_of_more_objects_than_one_answer_of_s3_names_is_listed_whole(
    box: Sandbox, moto_bucket: MotoBucket
) -> None:
    names = [f"{number:04}" for number in range(1_005)]
    for name in names:
        moto_bucket.put(f"vendor7/d/{name}")
    with sftp(box) as client:
        assert client.listdir("/d") == names


def test_folders_are_markers_and_go_with_their_last_object(
    box: Sandbox, moto_bucket: MotoBucket
) -> None:
    moto_bucket.put("vendor7/never-made/a", b"1")
    moto_bucket.put("vendor70/a", b"1")
    with sftp(box) as client:
        assert client.listdir("/") == ["never-made"]
        client.remove("/never-made/a")
        client.mkdir("/made")
        assert client.listdir("/") == ["made"]
        client.rmdir("/made")
    assert moto_bucket.keys() == ["vendor70/a"]


@pytest.mark.parametrize("cut_after", [500_000, 20 * MIB])
def test_an_upload_that_is_cut_leaves_its_part_as_an_object(
    box: Sandbox, moto_bucket: MotoBucket, tmp_path: Path, cut_after: int
) -> None:
    content = sent(tmp_path / "file", 22 * MIB)
    box.faults.cut_after(cut_after)
    with pytest.raises(LOST), sftp(box) as client:
        client.put(str(tmp_path / "file"), "/a")
    box.stop()
    part = moto_bucket.content("vendor7/a")
    assert cut_after * 0.8 < len(part) < cut_after
    assert content.startswith(part)
    assert moto_bucket.open_uploads() == []


@pytest.mark.parametrize("cut_after", [500_000, 20 * MIB])
def test_an_upload_that_is_cut_leaves_nothing_if_parts_are_discarded(
    make_sandbox: MakeSandbox, moto_bucket: MotoBucket, tmp_path: Path, cut_after: int
) -> None:
    settings = Settings(partial=Partial.DISCARD)
    box = make_sandbox(clock=CLOCK, bucket=moto_bucket.options, settings=settings, **OPTIONS)
    moto_bucket.put("vendor7/a", b"old")
    sent(tmp_path / "file", 22 * MIB)
    box.faults.cut_after(cut_after)
    with pytest.raises(LOST), sftp(box) as client:
        client.put(str(tmp_path / "file"), "/a")
    box.stop()
    assert moto_bucket.content("vendor7/a") == b"old"
    assert moto_bucket.open_uploads() == []
