"""The OpenSSH server that other tests sign in to by key."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import socket

import paramiko
import pytest

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import SystemClock
from ferrygate.common.threads import SystemThreads
from ferrygate.sftp.connection import SftpConnection
from ferrygate.ssh.connection import connect
from ferrygate.ssh.deadlines import Deadlines
from ferrygate.ssh.private_key import load_private_key
from servers.rigs.openssh import openssh_rig
from servers.rigs.rig import Rig
from servers.rigs.server_process import HOST


def signed_in(rig: Rig) -> paramiko.Transport:
    transport = paramiko.Transport((rig.host, rig.port))
    assert rig.private_key is not None
    transport.start_client(timeout=10)
    transport.auth_publickey(
        rig.username, paramiko.Ed25519Key.from_private_key_file(str(rig.private_key))
    )
    return transport


def test_a_session_starts_in_the_home_on_disk(openssh: Rig) -> None:
    (openssh.home / "greeting.txt").write_text("hello", encoding="utf-8")
    with signed_in(openssh) as transport:
        sftp = paramiko.SFTPClient.from_transport(transport)
        assert sftp is not None
        assert sftp.listdir(".") == ["greeting.txt"]
        assert sftp.normalize(".") == str(openssh.home)


def test_the_host_key_shown_is_among_the_fingerprints(openssh: Rig) -> None:
    with signed_in(openssh) as transport:
        blob = transport.get_remote_server_key().asbytes()
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    assert f"SHA256:{digest}" in openssh.host_key_fingerprints


def test_a_password_is_not_an_option(openssh: Rig) -> None:
    with paramiko.Transport((openssh.host, openssh.port)) as transport:
        transport.start_client(timeout=10)
        with pytest.raises(paramiko.BadAuthenticationType) as refusal:
            transport.auth_password(openssh.username, "anything")
    assert refusal.value.allowed_types == ["publickey"]


def test_the_log_tells_of_the_sign_in(openssh: Rig) -> None:
    with signed_in(openssh):
        openssh.server.wait_for_log(f"Accepted publickey for {openssh.username}")


def test_connections_can_be_cut_while_the_server_stays(openssh: Rig) -> None:
    with signed_in(openssh) as transport:
        openssh.server.cut_connections()
        transport.join(10)
        assert not transport.is_active()
    with signed_in(openssh) as transport:
        assert transport.is_authenticated()


def test_nothing_is_left_of_a_stopped_server(tmp_path_factory: pytest.TempPathFactory) -> None:
    with openssh_rig(tmp_path_factory.mktemp("openssh")) as rig, signed_in(rig) as transport:
        port = rig.port
        assert transport.is_authenticated()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((HOST, port), 5)


def test_it_is_known_to_do_one_request_after_the_other(openssh: Rig) -> None:
    """So that the size it tells of an open file is not that after WRITEs that left later."""
    cancel = CancelToken(SystemThreads())
    assert openssh.private_key is not None
    with contextlib.closing(
        connect(openssh.host, openssh.port, (), SystemClock(), Deadlines(), cancel)
    ) as connection:
        connection.auth_none(openssh.username)
        connection.auth_publickey(openssh.username, load_private_key(openssh.private_key, None))
        assert (
            SftpConnection(connection, SystemClock(), SystemThreads())
            .open_channel(cancel)
            .keeps_order
        )
