"""The sandbox on the wire, byte by byte."""

from __future__ import annotations

import socket
import struct
import urllib.error
import urllib.request
from collections.abc import Iterator

import paramiko
import pytest

from ferrygate.sandbox.sandbox import Sandbox
from support.sandbox_clients import CLOCK, OPTIONS, connect, sftp_channel
from support.sandbox_fixtures import MakeSandbox
from support.sandbox_packets import INIT

pytestmark = pytest.mark.sandbox


@pytest.fixture
def box(make_sandbox: MakeSandbox) -> Sandbox:
    return make_sandbox(clock=CLOCK, **OPTIONS)


@pytest.fixture
def transport(box: Sandbox) -> Iterator[paramiko.Transport]:
    with connect(box) as transport:
        yield transport


def key_exchange_lists(sandbox: Sandbox) -> tuple[bytes, list[list[str]]]:
    """Read the server's ident line and the ten name lists of its KEXINIT (RFC 4253 §7.1)."""
    address = (sandbox.ready.host, sandbox.ready.port)
    with socket.create_connection(address) as raw, raw.makefile("rb") as stream:
        ident = stream.readline()
        raw.sendall(b"SSH-2.0-test\r\n")
        length, padding = struct.unpack(">IB", stream.read(5))
        payload = stream.read(length - 1)[: length - 1 - padding]
    assert payload[0] == 20
    lists, at = [], 17
    for _ in range(10):
        (size,) = struct.unpack(">I", payload[at : at + 4])
        text = payload[at + 4 : at + 4 + size].decode()
        lists.append([name for name in text.split(",") if name])
        at += 4 + size
    return ident, lists


def test_ident_and_algorithms_are_those_of_the_2024_policy(box: Sandbox) -> None:
    ident, (exchanges, host_keys, *rest) = key_exchange_lists(box)
    assert ident == b"SSH-2.0-AWS_SFTP_1.2\r\n"
    assert [name for name in exchanges if not name.startswith(("ext-info", "kex-strict"))] == [
        "ecdh-sha2-nistp256",
        "ecdh-sha2-nistp384",
        "ecdh-sha2-nistp521",
        "curve25519-sha256",
        "curve25519-sha256@libssh.org",
        "diffie-hellman-group18-sha512",
        "diffie-hellman-group16-sha512",
        "diffie-hellman-group-exchange-sha256",
    ]
    assert host_keys == ["ssh-ed25519"]
    ciphers = [
        "aes128-gcm@openssh.com",
        "aes256-gcm@openssh.com",
        "aes128-ctr",
        "aes256-ctr",
        "aes192-ctr",
    ]
    macs = ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com"]
    compressions = ["none", "zlib@openssh.com"]
    assert rest[:6] == [ciphers, ciphers, macs, macs, compressions, compressions]


def test_the_version_packet_has_no_extensions(transport: paramiko.Transport) -> None:
    with sftp_channel(transport) as channel:
        channel.sendall(INIT)
        answer = channel.makefile("rb").read(9)
        assert answer.hex(" ") == "00 00 00 05 02 00 00 00 03"
        transport.global_request("ping", wait=True)  # whatever came after it has arrived by now
        assert not channel.recv_ready()


def test_passwords_are_the_only_method(box: Sandbox) -> None:
    with paramiko.Transport((box.ready.host, box.ready.port)) as transport:
        transport.start_client()
        with pytest.raises(paramiko.BadAuthenticationType) as caught:
            transport.auth_none("vendor7")
    assert caught.value.allowed_types == ["password"]


@pytest.mark.parametrize(
    ("method", "arguments"),
    [("exec_command", ["id"]), ("invoke_shell", []), ("get_pty", []), ("invoke_subsystem", ["x"])],
)
def test_there_is_no_shell_and_no_command(
    transport: paramiko.Transport, method: str, arguments: list[str]
) -> None:
    with transport.open_session() as channel, pytest.raises(paramiko.SSHException):
        getattr(channel, method)(*arguments)


def test_ten_channels_and_no_more(box: Sandbox, transport: paramiko.Transport) -> None:
    channels = [sftp_channel(transport) for _ in range(10)]
    with pytest.raises(paramiko.ChannelException):
        transport.open_session()
    assert box.counters.max_channels == 10
    assert box.counters.refused_channels == 1
    for channel in channels:
        channel.close()


def test_a_closed_channel_makes_room(box: Sandbox, transport: paramiko.Transport) -> None:
    for _ in range(12):
        with sftp_channel(transport) as channel:
            channel.shutdown_write()
            assert channel.recv(1) == b""  # the server has closed it
            assert channel.recv_exit_status() == 0
    assert box.counters.max_channels < 10


@pytest.mark.parametrize("packet", [b"\x7f\xff\xff\xff", bytes.fromhex("0000000103")])
def test_nonsense_ends_the_connection(transport: paramiko.Transport, packet: bytes) -> None:
    with sftp_channel(transport) as channel:
        channel.sendall(packet)
        assert channel.recv(1) == b""


def test_okta_tells_the_time_of_the_sandbox(box: Sandbox) -> None:
    for method in ("GET", "HEAD"):
        request = urllib.request.Request(box.ready.okta_address, method=method)  # noqa: S310  the sandbox
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request)  # noqa: S310  the sandbox
        with caught.value as answer:
            assert (answer.code, answer.headers["Date"]) == (405, "Wed, 18 Nov 2026 11:06:40 GMT")


@pytest.mark.parametrize("body", [b"", b"[]", b"not json", b"{" + b" " * 70_000, b"[" * 60_000])
def test_okta_takes_json_objects_only(box: Sandbox, body: bytes) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{box.ready.okta_address}/api/v1/authn", body)  # noqa: S310  the sandbox
    with caught.value as answer:
        assert answer.code == 400
