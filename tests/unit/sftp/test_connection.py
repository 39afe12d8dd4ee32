"""SFTP over a connection that is a script: no SSH is needed, or loaded."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ferrygate.common.byte_stream import ByteStream, connection_lost
from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import (
    ConnectionLostError,
    FerrygateError,
    ServerUnusableError,
    UnsupportedError,
)
from ferrygate.common.message import message
from ferrygate.common.threads import SystemThreads
from ferrygate.sftp.connection import SftpConnection
from ferrygate.sites.known_hosts import HostKey
from support.fake_clock import ManualClock
from support.scripted_sftp import ScriptedServer, ScriptedStream
from support.sftp_bytes import string

LIMITS = b"limits@openssh.com"


class Program:
    """A server's program: speaks SFTP, unless it is told how to fail."""

    def __init__(self, stream: ByteStream) -> None:
        self.stream = stream
        self.was_refused = self.has_ended_alone = False
        self.exit_status = -1
        self.complaint = ""
        self.on_wait: Callable[[], None] = lambda: None

    def wait_ready(self) -> None:
        self.on_wait()

    def last_words(self) -> str:
        return self.complaint


class ScriptedConnection:
    """A connection to a server in memory, whose channels are streams of a script."""

    def __init__(self, ident: str = "SSH-2.0-Scripted") -> None:
        self.host_key = HostKey("ssh-ed25519", b"key")
        self.server_ident = ident
        self.alive, self.was_damaged = True, False
        self.silent_for = self.incomplete_for = 0.0
        self.disconnect_reason = ""
        self.server = ScriptedServer({b"/a": b"1"})
        self.opened: list[Program] = []
        self.refusal: FerrygateError | None = None
        self.on_open: Callable[[Program], None] = lambda _program: None

    def open_subsystem(self, name: str) -> Program:
        assert name == "sftp"
        if self.refusal is not None:
            raise self.refusal
        program = Program(ScriptedStream(self.server.answer))
        self.opened.append(program)
        self.on_open(program)
        return program

    def send_keepalive(self) -> None:
        """Send nothing: ``silent_for`` stays 0, as if the server had just been heard."""

    def keep_socket(self) -> None:
        """Keep nothing: a scripted connection has no socket."""

    def reset(self) -> None:
        """Reset nothing, for the same reason."""

    def close(self) -> None:
        self.alive = False


def fails_first(ssh: ScriptedConnection) -> FerrygateError:
    with pytest.raises(FerrygateError) as caught:
        SftpConnection(ssh, ManualClock(), SystemThreads()).open_first(CancelToken(SystemThreads()))
    return caught.value


def test_the_channel_that_showed_it_is_given_first() -> None:
    ssh = ScriptedConnection()
    connection = SftpConnection(ssh, ManualClock(), SystemThreads())
    connection.open_first(CancelToken(SystemThreads()))
    first = connection.open_channel(CancelToken(SystemThreads()))
    assert len(ssh.opened) == 1
    assert connection.open_channel(CancelToken(SystemThreads())) is not first
    assert len(ssh.opened) == 2


@pytest.mark.parametrize(
    ("ident", "stores_objects", "keeps_order", "large"),
    [
        ("SSH-2.0-AWS_SFTP_1.2", True, False, True),
        ("SSH-2.0-OpenSSH_9.2p1", False, True, True),
        ("SSH-2.0-OpenSSH_for_Windows_9.5", False, True, False),
    ],
)
def test_a_servers_ident_tells_its_ways(
    ident: str, *, stores_objects: bool, keeps_order: bool, large: bool
) -> None:
    ssh = ScriptedConnection(ident)
    ssh.server.extensions = {LIMITS: b"1"}
    connection = SftpConnection(ssh, ManualClock(), SystemThreads())
    channel = connection.open_channel(CancelToken(SystemThreads()))
    assert connection.stores_objects is stores_objects
    assert channel.keeps_order is keeps_order
    assert bool(ssh.server.asked(200)) is large  # EXTENDED


def test_a_channel_is_refused() -> None:
    ssh = ScriptedConnection()
    ssh.refusal = UnsupportedError(message("No more."), detail="open failed: 1", server_said="no")
    error = fails_first(ssh)
    assert isinstance(error, ServerUnusableError)
    assert "offers no file transfer" in str(error)
    assert (error.problem.detail, error.problem.server_said) == ("open failed: 1", "no")
    with pytest.raises(UnsupportedError, match=r"No more\."):
        SftpConnection(ssh, ManualClock(), SystemThreads()).open_channel(
            CancelToken(SystemThreads())
        )


def test_a_connection_that_ends_in_place_of_the_first_channel() -> None:
    ssh = ScriptedConnection()
    ssh.refusal, ssh.alive, ssh.disconnect_reason = connection_lost("EOFError"), False, "bye"
    error = fails_first(ssh)
    assert "took the sign-in, and then ended" in str(error)
    assert (error.problem.detail, error.problem.server_said) == ("EOFError", "bye")


def test_a_connection_that_ends_in_place_of_a_later_channel() -> None:
    ssh = ScriptedConnection()
    ssh.refusal, ssh.alive, ssh.disconnect_reason = connection_lost("EOFError"), False, "bye"
    with pytest.raises(ConnectionLostError, match="was lost") as caught:
        SftpConnection(ssh, ManualClock(), SystemThreads()).open_channel(
            CancelToken(SystemThreads())
        )
    assert caught.value.problem.server_said == "bye"


def refused(program: Program) -> None:
    def wait() -> None:
        program.was_refused = True
        raise connection_lost("channel closed")

    program.on_wait = wait


def ended(program: Program) -> None:
    program.stream.close()
    program.has_ended_alone, program.exit_status, program.complaint = True, 127, "not found"
    program.on_wait = end


def end() -> None:
    raise connection_lost("channel closed: end of data")


@pytest.mark.parametrize(
    ("fail", "detail", "said"),
    [
        (refused, "subsystem refused", ""),
        (ended, "channel closed; exit status 127", "not found"),
    ],
)
def test_a_server_without_sftp(fail: Callable[[Program], None], detail: str, said: str) -> None:
    ssh = ScriptedConnection()
    ssh.on_open = fail
    error = fails_first(ssh)
    assert isinstance(error, ServerUnusableError)
    assert (error.problem.detail, error.problem.server_said) == (detail, said)
    stream = ssh.opened[0].stream
    assert isinstance(stream, ScriptedStream)
    assert stream.closed


def test_a_program_that_speaks_something_else() -> None:
    ssh = ScriptedConnection()

    def greet(program: Program) -> None:
        program.stream = ScriptedStream(lambda _payload: [b"Last login: Tue\r\n"])

    ssh.on_open = greet
    error = fails_first(ssh)
    assert isinstance(error, ServerUnusableError)
    assert "not part of a file transfer" in str(error)


def test_another_version_is_said_as_it_is() -> None:
    ssh = ScriptedConnection()

    def speak(program: Program) -> None:
        program.stream = ScriptedStream(lambda _payload: [string(b"\x02\0\0\0\6")])

    ssh.on_open = speak
    assert "SFTP version 6" in str(fails_first(ssh))


def test_sftp_loads_no_ssh_library() -> None:
    """So the whole of it runs in a simulation, over streams of a script."""
    folder = Path(__file__).parents[3] / "gui" / "ferrygate" / "sftp"
    modules = [f"ferrygate.sftp.{path.stem}" for path in folder.glob("[!_]*.py")]
    code = (
        f"import sys, {', '.join(modules)}\n"
        "print(*{'paramiko', 'cryptography', 'ferrygate.ssh'} & {*sys.modules})"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""
