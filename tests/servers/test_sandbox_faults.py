"""The sandbox does wrong what it is told to, and no more."""

from __future__ import annotations

import contextlib
import hashlib
import struct
from pathlib import Path

import paramiko
import pytest

from e2e.program import wait_until
from ferrygate.sandbox.sandbox import Sandbox
from support.sandbox_clients import CLOCK, OPTIONS, connect, sftp, sftp_channel
from support.sandbox_fixtures import MakeSandbox
from support.sandbox_packets import INIT, READ, UPLOAD, framed
from support.sftp_bytes import string

pytestmark = pytest.mark.sandbox
LOST = (OSError, EOFError, paramiko.SSHException)


@pytest.fixture
def box(make_sandbox: MakeSandbox) -> Sandbox:
    return make_sandbox(clock=CLOCK, **OPTIONS)


@pytest.fixture
def content() -> bytes:
    return b"".join(hashlib.sha256(b"%d" % number).digest() for number in range(40_000))


def test_an_upload_that_is_cut_leaves_its_part(
    box: Sandbox, content: bytes, tmp_path: Path
) -> None:
    (tmp_path / "big").write_bytes(content)
    home = box.ready.root
    box.faults.cut_after(500_000)
    with pytest.raises(LOST), sftp(box) as client:
        client.put(str(tmp_path / "big"), "/inbox/big")
    box.stop()
    part = (home / "inbox" / "big").read_bytes()
    assert 400_000 < len(part) < 500_000
    assert content.startswith(part)


def test_a_cut_happens_once(box: Sandbox) -> None:
    box.faults.cut_after(0)
    with pytest.raises(LOST), connect(box) as transport:
        paramiko.SFTPClient.from_transport(transport)
    with sftp(box, steps=1) as client:
        assert "inbox" in client.listdir("/")


def test_a_download_that_is_cut(box: Sandbox, content: bytes, tmp_path: Path) -> None:
    (box.ready.root / "big").write_bytes(content)
    box.faults.cut_after_sent(500_000)
    with pytest.raises(LOST), sftp(box) as client:
        client.get("/big", str(tmp_path / "big"))
    assert (tmp_path / "big").stat().st_size < 500_000


def test_a_channel_that_is_dropped_leaves_its_part(box: Sandbox) -> None:
    with connect(box) as transport:
        first, second = (paramiko.SFTPClient.from_transport(transport) for _ in range(2))
        assert first is not None
        assert second is not None
        upload = first.open("/inbox/a", "w")
        upload.write(b"half")
        first.close()
        transport.global_request("ping", wait=True)  # the channel's end has been taken note of
        assert second.stat("/inbox/a").st_size == 4
        second.close()


def test_a_stalled_server_answers_later(box: Sandbox) -> None:
    with connect(box) as transport, sftp_channel(transport) as channel:
        box.faults.stall()
        channel.sendall(INIT)
        transport.global_request("ping", wait=True)  # an answer to INIT would be here by now
        assert not channel.recv_ready()
        box.faults.resume()
        assert len(channel.makefile("rb").read(9)) == 9


def test_a_stalled_server_keeps_what_it_was_sent(box: Sandbox, content: bytes) -> None:
    with sftp(box) as client, client.open("/inbox/a", "w") as upload:
        upload.set_pipelined(pipelined=True)
        box.faults.stall()
        upload.write(content)
        box.faults.resume()
    home = box.ready.root
    assert (home / "inbox" / "a").read_bytes() == content


def test_connections_can_be_dropped(box: Sandbox) -> None:
    with connect(box) as one, connect(box, steps=1) as two:
        channels = [sftp_channel(one), sftp_channel(two)]
        box.faults.drop_connections()
        assert [channel.recv(1) for channel in channels] == [b"", b""]
    with sftp(box, steps=2) as client:
        assert client.listdir("/inbox") == []


def test_sizes_can_be_hidden(box: Sandbox) -> None:
    with sftp(box) as client:
        box.faults.hide_sizes = True
        with pytest.raises(PermissionError):
            client.stat("/README.txt")
        box.faults.hide_sizes = False
        assert client.stat("/README.txt").st_size


def test_orders_without_a_running_server_are_harmless(box: Sandbox) -> None:
    box.stop()
    box.faults.resume()
    box.faults.drop_connections()


def flood(channel: paramiko.Channel, handle: int) -> None:
    """Ask for more than anybody keeps for a client that does not read."""
    name = string(struct.pack(">I", handle))
    for _ in range(1500):
        channel.sendall(framed(b"\x05" + bytes(4) + name + struct.pack(">QI", 0, 32768)))


def test_a_channel_whose_client_goes_without_reading_makes_room_at_once(
    box: Sandbox, content: bytes
) -> None:
    (box.ready.root / "big").write_bytes(content)
    with connect(box) as transport, contextlib.ExitStack() as others:
        for _other in range(9):
            others.enter_context(sftp_channel(transport))
        with sftp_channel(transport) as channel:
            opening = string(b"/big") + struct.pack(">II", READ, 0)
            channel.sendall(INIT + framed(b"\x03" + bytes(4) + opening))
            flood(channel, 1)
        others.enter_context(sftp_channel(transport))
    assert box.counters.refused_channels == 0
    assert box.counters.max_channels == 10


def test_a_channel_whose_client_goes_without_reading_ends(box: Sandbox, content: bytes) -> None:
    (box.ready.root / "big").write_bytes(content)
    part = box.ready.root / "inbox" / "part"
    with connect(box) as transport, sftp_channel(transport) as channel:
        up = string(struct.pack(">I", 1))
        channel.sendall(
            INIT
            + framed(b"\x03" + bytes(4) + string(b"/inbox/part") + struct.pack(">II", UPLOAD, 0))
            + framed(b"\x06" + bytes(4) + up + bytes(8) + string(b"half"))
            + framed(b"\x03" + bytes(4) + string(b"/big") + struct.pack(">II", READ, 0))
        )
        flood(channel, 2)
        channel.close()
        wait_until(part.exists)
    assert part.read_bytes() == b"half"


def test_answers_wait_for_a_client_that_does_not_read(box: Sandbox, content: bytes) -> None:
    (box.ready.root / "big").write_bytes(content)
    requests = 1500
    with connect(box) as transport, sftp_channel(transport) as channel:
        opening = b"\x03" + struct.pack(">I", 1) + string(b"/big") + struct.pack(">II", READ, 0)
        channel.sendall(INIT + framed(opening))
        stream = channel.makefile("rb")
        assert stream.read(9 + 17)[-4:] == struct.pack(">I", 1)
        for number in range(requests):
            wanted = struct.pack(">QI", 0, 32768)
            packet = b"\x05" + struct.pack(">I", number) + string(struct.pack(">I", 1)) + wanted
            channel.sendall(framed(packet))
        for number in range(requests):
            length, kind, request, size = struct.unpack(">IBII", stream.read(13))
            assert (length, kind, request, size) == (32768 + 9, 103, number, 32768)
            assert stream.read(32768) == content[:32768]
