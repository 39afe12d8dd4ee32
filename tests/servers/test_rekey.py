"""New keys in the middle of a transfer, with OpenSSH."""

from __future__ import annotations

import os
from contextlib import closing

import paramiko
import pytest

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import SystemClock
from ferrygate.common.threads import SystemThreads
from ferrygate.ssh.answers import AuthOutcome
from ferrygate.ssh.connection import connect
from ferrygate.ssh.deadlines import Deadlines
from servers.rigs.openssh import openssh_rig
from support.ssh_packets import there_and_back

MIB = 1 << 20


@pytest.mark.parametrize("asks", ["we", "they", "both"])
def test_nothing_is_lost_when_keys_are_renewed(
    asks: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    limit = "1G" if asks == "we" else "1M"
    state = tmp_path_factory.mktemp("openssh")
    with (
        openssh_rig(state, extra={"ForceCommand": "cat", "RekeyLimit": limit}) as rig,
        closing(
            connect(
                rig.host, rig.port, (), SystemClock(), Deadlines(), CancelToken(SystemThreads())
            )
        ) as connection,
    ):
        connection.trust()
        key = paramiko.Ed25519Key.from_private_key_file(str(rig.private_key))
        assert connection.auth_publickey(rig.username, key).outcome is AuthOutcome.ACCEPTED
        transport = connection._transport
        if asks != "they":
            transport.packetizer.REKEY_BYTES = MIB
        channel = transport.open_session(window_size=MIB, timeout=10)
        stream = transport.stream(channel)
        channel.invoke_subsystem("sftp")
        data = os.urandom(8 * MIB)
        assert there_and_back(stream, data) == data
        assert transport.session_id != transport.H
