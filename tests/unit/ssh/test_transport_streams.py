"""Streams over a whole SSH connection to the library's own server side."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

import msgspec
import paramiko
import pytest
from paramiko.common import AUTH_SUCCESSFUL, OPEN_SUCCEEDED

from ferrygate.common.clock import SystemClock
from ferrygate.common.errors import ConnectionLostError
from ferrygate.ssh.monitored_socket import MonitoredSocket
from ferrygate.ssh.stream import ChannelStream
from ferrygate.ssh.transport import Transport
from support.ssh_packets import message, there_and_back

MIB = 1 << 20
WINDOW = 1 << 18
GCM, CTR = "aes128-gcm@openssh.com", "aes128-ctr"
CIPHERS = pytest.mark.parametrize("cipher", [GCM, "aes256-gcm@openssh.com", CTR])
Serve = Callable[[paramiko.Channel], None]


class _Server(paramiko.ServerInterface):
    def check_auth_none(self, username: str) -> int:  # noqa: ARG002  the library's
        return AUTH_SUCCESSFUL

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002  the library's
        return OPEN_SUCCEEDED


class Line(msgspec.Struct, frozen=True):
    """A connection: our side, theirs, and what became of it."""

    ours: Transport
    theirs: paramiko.Transport
    serve: Serve
    threads: list[threading.Thread]

    def open(self) -> ChannelStream:
        """Open a channel that the other side serves."""
        channel = self.ours.open_session(window_size=WINDOW, timeout=10)
        served = self.theirs.accept(10)
        assert served is not None
        self.threads.append(threading.Thread(target=self.serve, args=(served,)))
        self.threads[-1].start()
        return self.ours.stream(channel)

    @property
    def keys_were_renewed(self) -> bool:
        return self.ours.session_id != self.ours.H


def join(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.join(10)


@contextmanager
def line(cipher: str, serve: Serve) -> Iterator[Line]:
    our_socket, their_socket = socket.socketpair()
    threads: list[threading.Thread] = []
    with ExitStack() as stack:
        stack.callback(join, threads)
        sock = MonitoredSocket(our_socket, SystemClock(), first=1 << 18)
        sock.trust()
        theirs = paramiko.Transport(their_socket)
        theirs.add_server_key(paramiko.ECDSAKey.generate())
        theirs.start_server(threading.Event(), _Server())
        ours = Transport(sock)
        ours.get_security_options().ciphers = (cipher,)
        stack.callback(ours.join, 10)
        stack.callback(ours.close)
        stack.callback(theirs.join, 10)
        stack.callback(theirs.close)
        ours.start_client(timeout=10)
        ours.auth_none("vendor7")
        yield Line(ours, theirs, serve, threads)


def echo(channel: paramiko.Channel) -> None:
    with suppress(OSError, EOFError, paramiko.SSHException):
        while data := channel.recv(MIB):
            channel.sendall(data)
        channel.close()


def swallow(channel: paramiko.Channel) -> None:
    with suppress(OSError, EOFError, paramiko.SSHException):
        while channel.recv(MIB):
            pass


@CIPHERS
def test_bytes_come_through_as_they_were_sent(cipher: str) -> None:
    with line(cipher, echo) as ssh:
        data = bytes(range(251)) * 8000
        assert there_and_back(ssh.open(), data) == data
        assert not ssh.keys_were_renewed


def test_a_closed_channel_is_closed_by_the_server_as_well() -> None:
    with line(GCM, swallow) as ssh:
        stream = ssh.open()
        assert not stream.wait_closed(0.0)
        stream.close()
        assert stream.wait_closed(10.0)


def test_with_the_connection_every_channel_is_closed() -> None:
    with line(GCM, swallow) as ssh:
        stream = ssh.open()
        ssh.theirs.close()
        assert stream.wait_closed(10.0)


@CIPHERS
@pytest.mark.parametrize("asks", ["we", "they", "both"])
def test_keys_are_renewed_in_the_middle_of_a_transfer(cipher: str, asks: str) -> None:
    with line(cipher, echo) as ssh:
        stream = ssh.open()
        if asks != "they":
            ssh.ours.packetizer.REKEY_BYTES = 200_000
        if asks != "we":
            ssh.theirs.packetizer.REKEY_BYTES = 200_000
        data = bytes(range(251)) * 8000
        assert there_and_back(stream, data) == data
        assert ssh.keys_were_renewed


@contextmanager
def held_in_key_exchange(ssh: Line) -> Iterator[None]:
    """We have asked for new keys, and the other side cannot answer yet."""
    asking = threading.Thread(target=ssh.ours.renegotiate_keys)
    with ssh.theirs.packetizer._Packetizer__write_lock:  # type: ignore[attr-defined]  # the library's
        asking.start()
        while ssh.ours.clear_to_send.is_set():
            asking.join(0.001)
        yield
    asking.join(10)
    assert not asking.is_alive()
    assert ssh.keys_were_renewed


def ask(ssh: Line, times: int) -> None:
    """Have the other side send requests that want an answer (RFC 4254 §5.4)."""
    request = message(98, 0, b"keepalive@openssh.com")
    request.add_boolean(True)  # noqa: FBT003  the library's
    for _ in range(times):
        ssh.theirs._send_message(request)  # type: ignore[attr-defined]  # the stubs leave it out


def test_a_request_that_comes_while_keys_are_exchanged_is_answered_after() -> None:
    with line(GCM, swallow) as ssh:
        stream = ssh.open()
        with held_in_key_exchange(ssh):
            ask(ssh, 1)
        with suppress(TimeoutError):
            stream.recv(10)  # there is a way to send again
        assert stream.recv(10) == b""  # the library closes a channel when a request is refused


def test_requests_without_an_end_while_keys_are_exchanged() -> None:
    with line(GCM, swallow) as ssh:
        stream = ssh.open()
        with ssh.theirs.packetizer._Packetizer__write_lock:  # type: ignore[attr-defined]  # as above
            ssh.ours._send_kex_init()  # type: ignore[attr-defined]
            ask(ssh, 1001)
            assert stream.recv(10) == b""
        ssh.ours.join(10)
        assert not ssh.ours.is_active()


@CIPHERS
def test_several_channels_at_once(cipher: str) -> None:
    with line(cipher, echo) as ssh:
        streams = [ssh.open() for _ in range(3)]
        back: dict[int, bytes] = {}

        def work(number: int, stream: ChannelStream) -> None:
            back[number] = there_and_back(stream, bytes((number,)) * MIB)

        threads = [threading.Thread(target=work, args=numbered) for numbered in enumerate(streams)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert back == {number: bytes((number,)) * MIB for number in range(3)}


@CIPHERS
def test_a_closed_channel_ends_both_sides(cipher: str) -> None:
    with line(cipher, echo) as ssh:
        stream = ssh.open()
        assert there_and_back(stream, b"hello") == b"hello"
        stream.close()
        assert stream.recv(10) == b""
        with pytest.raises(ConnectionLostError):
            stream.send(b"x")


@CIPHERS
def test_the_other_side_closes(cipher: str) -> None:
    def say_goodbye(channel: paramiko.Channel) -> None:
        channel.sendall(b"goodbye")
        with suppress(EOFError):  # we may be gone before it has said all
            channel.close()

    with line(cipher, say_goodbye) as ssh:
        stream = ssh.open()
        assert [stream.recv(10), stream.recv(10)] == [b"goodbye", b""]


@CIPHERS
def test_the_connection_dies_under_whoever_waits(cipher: str) -> None:
    with line(cipher, swallow) as ssh:
        streams = [ssh.open(), ssh.open()]
        timer = threading.Timer(0.1, ssh.theirs.close)
        timer.start()
        assert [stream.recv(10) for stream in streams] == [b"", b""]
        timer.join()
        for stream in streams:
            with pytest.raises(ConnectionLostError):
                stream.send(b"x")
        with pytest.raises(EOFError):
            ssh.ours.send_data(0, memoryview(b"x"), 1)


def test_a_channel_is_opened_once() -> None:
    with line(GCM, echo) as ssh:
        stream = ssh.open()
        ssh.theirs._send_message(message(91, 0, 0, 1 << 30, 1 << 30))  # type: ignore[attr-defined]  # the stubs leave it out
        assert there_and_back(stream, b"hello") == b"hello"
        assert ssh.ours._packets.router.streams == {0: stream}


@CIPHERS
def test_a_peer_that_sends_more_than_it_may(cipher: str) -> None:
    def flood(channel: paramiko.Channel) -> None:
        channel.out_window_size = 1 << 30
        with suppress(OSError, EOFError, paramiko.SSHException):
            channel.sendall(bytes(16 * MIB))

    with line(cipher, flood) as ssh:
        stream = ssh.open()
        ssh.ours.join(10)
        assert not ssh.ours.is_active()
        assert len(stream.recv(10) + stream.recv(10)) <= WINDOW
        assert stream.recv(10) == b""
