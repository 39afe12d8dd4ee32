"""While a request waits for S3, all others of the sandbox go on."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import msgspec
import paramiko
import pytest

from ferrygate.sandbox.sandbox import Sandbox
from support.held_s3 import HeldS3
from support.s3_fixtures import MotoBucket
from support.sandbox_clients import CLOCK, OPTIONS, connect, sftp
from support.sandbox_fixtures import MakeSandbox

pytestmark = pytest.mark.sandbox
SECONDS = 10.0  # for one answer
MIB = 1 << 20


@pytest.fixture
def box(moto_bucket: MotoBucket, held_s3: HeldS3, make_sandbox: MakeSandbox) -> Sandbox:
    place = msgspec.structs.replace(moto_bucket.options, endpoint_url=held_s3.address)
    return make_sandbox(clock=CLOCK, bucket=place, **OPTIONS)


@contextlib.contextmanager
def client_of(transport: paramiko.Transport) -> Iterator[paramiko.SFTPClient]:
    """Open one more channel of a connection; an answer that does not come fails."""
    client = paramiko.SFTPClient.from_transport(transport)
    assert client is not None
    channel = client.get_channel()
    assert channel is not None
    channel.settimeout(SECONDS)
    with client:
        yield client


@contextlib.contextmanager
def lost_while_held(
    box: Sandbox, held_s3: HeldS3
) -> Iterator[tuple[paramiko.SFTPFile, ThreadPoolExecutor]]:
    """Give an open upload, and a thread to wait on; the connection ends once S3 holds a request."""
    with ThreadPoolExecutor(1) as other, connect(box) as transport:
        client = paramiko.SFTPClient.from_transport(transport)
        assert client is not None
        yield client.open("/a", "w"), other
        try:
            assert held_s3.waiting.wait(SECONDS)
        finally:
            transport.close()
            held_s3.release()


def test_a_close_that_waits_holds_up_neither_channels_nor_connections(
    box: Sandbox, held_s3: HeldS3, moto_bucket: MotoBucket
) -> None:
    moto_bucket.put("vendor7/there")
    with (
        connect(box) as transport,
        client_of(transport) as client,
        client_of(transport) as beside,
        sftp(box, steps=1) as elsewhere,
        ThreadPoolExecutor(1) as other,
    ):
        file = client.open("/a", "w")
        file.write(b"content")
        held_s3.hold()
        closing = other.submit(file.close)
        try:
            assert held_s3.waiting.wait(SECONDS)
            assert beside.listdir("/") == elsewhere.listdir("/") == ["there"]
            assert moto_bucket.keys() == ["vendor7/there"]
            assert not closing.done()
        finally:
            held_s3.release()
        closing.result()
        assert moto_bucket.content("vendor7/a") == b"content"


def test_an_upload_whose_connection_ends_during_close_is_whole(
    box: Sandbox, held_s3: HeldS3, moto_bucket: MotoBucket
) -> None:
    with lost_while_held(box, held_s3) as (file, other):
        file.write(b"content")
        held_s3.hold()
        other.submit(file.close)
    box.stop()
    assert moto_bucket.content("vendor7/a") == b"content"


def test_an_upload_whose_connection_ends_while_a_part_waits_leaves_its_beginning(
    box: Sandbox, held_s3: HeldS3, moto_bucket: MotoBucket
) -> None:
    content = os.urandom(30 * MIB)
    with lost_while_held(box, held_s3) as (file, other):
        file.set_pipelined(True)
        held_s3.hold()
        other.submit(file.write, content)
    box.stop()
    part = moto_bucket.content("vendor7/a")
    assert 8 * MIB <= len(part) <= len(content)
    assert content.startswith(part)
    assert moto_bucket.open_uploads() == []
