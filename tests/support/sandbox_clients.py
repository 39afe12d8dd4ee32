"""Ways to sign in to a sandbox whose clock stands still."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import paramiko

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.clock import Clock
from ferrygate.common.secret import Secret
from ferrygate.sandbox.sandbox import Sandbox
from support.fake_clock import ManualClock

CLOCK = ManualClock(1_795_000_000.0)
PASSWORD = "correct horse"
CODE_SECRET = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))
OPTIONS: dict[str, Any] = {"password": Secret(PASSWORD), "code_secret": CODE_SECRET}


def typed(steps: int = 0, clock: Clock = CLOCK) -> str:
    """Password and code as one string; the code of ``steps`` from now."""
    return PASSWORD + CODE_SECRET.code_for_step(CODE_SECRET.step_at(clock.now()) + steps)


@contextlib.contextmanager
def connect(sandbox: Sandbox, steps: int = 0) -> Iterator[paramiko.Transport]:
    """Open a signed-in connection of paramiko."""
    ready = sandbox.ready
    with paramiko.Transport((ready.host, ready.port)) as transport:
        transport.start_client()
        transport.auth_password(ready.username, typed(steps))
        yield transport


@contextlib.contextmanager
def sftp(sandbox: Sandbox, steps: int = 0) -> Iterator[paramiko.SFTPClient]:
    """Open a signed-in SFTP client of paramiko."""
    with connect(sandbox, steps) as transport:
        client = paramiko.SFTPClient.from_transport(transport)
        assert client is not None
        with client:
            yield client


def sftp_channel(transport: paramiko.Transport) -> paramiko.Channel:
    """Open a channel with the sftp subsystem, without any packet sent."""
    channel = transport.open_session()
    channel.invoke_subsystem("sftp")
    return channel
