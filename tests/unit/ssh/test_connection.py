"""One SSH connection to the sandbox, and to peers that are none."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future

import paramiko
import pytest
from paramiko.common import AUTH_SUCCESSFUL, OPEN_SUCCEEDED

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import SystemClock
from ferrygate.common.errors import (
    Cancelled,
    CannotReachError,
    ConnectionLostError,
    FerrygateError,
    ServerUnusableError,
    UnsupportedError,
)
from ferrygate.common.secret import Secret
from ferrygate.common.threads import SystemThreads
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sftp.connection import SftpConnection
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sites.known_hosts import HostKey
from ferrygate.ssh.answers import AuthOutcome
from ferrygate.ssh.connection import Connection, connect
from ferrygate.ssh.deadlines import Deadlines
from ferrygate.ssh.monitored_socket import MonitoredSocket
from support.broken_peers import IDENT, kexinit
from support.fake_clock import WallClock
from support.sandbox_clients import CODE_SECRET, OPTIONS, PASSWORD
from support.sandbox_fixtures import MakeSandbox

CLOCK = SystemClock()
SHORT = Deadlines(connect=0.5, handshake=0.5, authentication=0.5, verdict=0.5, channel=0.5)
Peer = Callable[[socket.socket], None]


@pytest.fixture
def box(make_sandbox: MakeSandbox) -> Sandbox:
    return make_sandbox(clock=WallClock(), **OPTIONS)


@pytest.fixture
def connection(box: Sandbox) -> Iterator[Connection]:
    ready = box.ready
    with contextlib.closing(
        connect(ready.host, ready.port, (), CLOCK, Deadlines(), CancelToken(SystemThreads()))
    ) as connection:
        yield connection


def whole_password(steps: int = 0) -> Secret:
    step = CODE_SECRET.step_at(WallClock().now()) + steps
    return Secret(PASSWORD + CODE_SECRET.code_for_step(step))


def sign_in(connection: Connection, box: Sandbox) -> None:
    answer = connection.auth_password(box.ready.username, whole_password())
    assert answer.outcome is AuthOutcome.ACCEPTED


@contextlib.contextmanager
def peer(behave: Peer) -> Iterator[int]:
    """Open a port on which one connection is taken and left to ``behave``, for one test."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        accepted: Future[socket.socket] = Future()

        def serve() -> None:
            with server.accept()[0] as taken:
                accepted.set_result(taken)
                behave(taken)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            # A test that failed before it dialled leaves accept() waiting, and one that left its
            # side open, recv().
            socket.create_connection(server.getsockname()).close()
            with contextlib.suppress(OSError):
                accepted.result().shutdown(socket.SHUT_RDWR)
            thread.join()


@contextlib.contextmanager
def full_port() -> Iterator[int]:
    """Make a port whose queue is full, so that nobody who dials it hears anything."""
    with (
        socket.create_server(("127.0.0.1", 0), backlog=0) as server,
        contextlib.ExitStack() as held,
    ):
        for _ in range(4):
            caller = held.enter_context(socket.socket())
            caller.settimeout(0)
            caller.connect_ex(server.getsockname())
        yield server.getsockname()[1]


def until_closed(taken: socket.socket) -> None:
    """Take everything, say nothing."""
    with contextlib.suppress(OSError):
        while taken.recv(4096):
            pass


def greet_and_fall_silent(taken: socket.socket) -> None:
    taken.sendall(b"SSH-2.0-Silent\r\n")
    until_closed(taken)


def talk_nonsense(taken: socket.socket) -> None:
    with contextlib.suppress(OSError):
        taken.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 200)
    until_closed(taken)


def choose_in_no_text(taken: socket.socket) -> None:
    taken.sendall(IDENT + kexinit(*[b"\xff\xfe\xfd"] * 10))
    until_closed(taken)


def hang_up(_taken: socket.socket) -> None:
    """Close at once."""


@pytest.mark.parametrize(
    ("behave", "sentence"),
    [
        (until_closed, "does not answer"),
        (greet_and_fall_silent, "then fell silent"),
        (talk_nonsense, "web page answers"),
        (choose_in_no_text, "could not be understood"),
        (hang_up, "without a word"),
    ],
)
def test_a_peer_that_is_no_server_is_given_up_in_time(behave: Peer, sentence: str) -> None:
    with peer(behave) as port:
        began = CLOCK.monotonic()
        with pytest.raises(CannotReachError, match=sentence):
            connect("127.0.0.1", port, (), CLOCK, SHORT, CancelToken(SystemThreads()))
        assert CLOCK.monotonic() - began < 3


@contextlib.contextmanager
def cancelled_soon() -> Iterator[CancelToken]:
    """Make a token that is cancelled once the work has begun."""
    cancel = CancelToken(SystemThreads())
    timer = threading.Timer(0.3, cancel.cancel)
    timer.start()
    began = CLOCK.monotonic()
    yield cancel
    assert CLOCK.monotonic() - began < 2
    timer.join()


def test_a_handshake_is_cancelled() -> None:
    with peer(greet_and_fall_silent) as port, cancelled_soon() as cancel, pytest.raises(Cancelled):
        connect("127.0.0.1", port, (), CLOCK, Deadlines(), cancel)


def test_dialling_is_cancelled() -> None:
    with full_port() as port, cancelled_soon() as cancel, pytest.raises(Cancelled):
        connect("127.0.0.1", port, (), CLOCK, Deadlines(), cancel)


def test_a_port_that_takes_nobody_in() -> None:
    with full_port() as port, pytest.raises(CannotReachError, match="does not answer") as caught:
        connect("127.0.0.1", port, (), CLOCK, SHORT, CancelToken(SystemThreads()))
    assert caught.value.problem.detail.endswith("timed out")


def test_a_port_where_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(CannotReachError, match=f"is there, but nothing answers on port {port}"):
        connect("127.0.0.1", port, (), CLOCK, SHORT, CancelToken(SystemThreads()))


def test_a_name_that_is_none() -> None:
    """Such a name does not even get to the network's resolver, which may be slow or away."""
    name = "a" * 64  # RFC 1035 §2.3.4 knows 63 characters a label
    with pytest.raises(CannotReachError, match=f"no server called {name}"):
        connect(name, 22, (), CLOCK, SHORT, CancelToken(SystemThreads()))


def test_the_host_key_is_shown_before_anything_is_sent(
    connection: Connection, box: Sandbox
) -> None:
    assert connection.host_key.fingerprint == box.ready.host_key_fingerprint
    assert connection.host_key.key_type == "ssh-ed25519"
    assert len(box.log) == 0


def test_known_types_come_first(box: Sandbox) -> None:
    ready = box.ready
    for key_type in ("ssh-rsa", "ssh-ed25519", "ecdsa-sha2-nistp256"):
        known = (HostKey(key_type, b""),)
        with contextlib.closing(
            connect(ready.host, ready.port, known, CLOCK, SHORT, CancelToken(SystemThreads()))
        ) as found:
            assert found.host_key.key_type == "ssh-ed25519"


def test_who_the_server_is(connection: Connection) -> None:
    assert connection.server_ident == "SSH-2.0-AWS_SFTP_1.2"
    assert SftpConnection(connection, CLOCK, SystemThreads()).stores_objects
    assert connection.alive
    assert connection.silent_for < 5


def test_methods_are_asked_without_a_secret(connection: Connection, box: Sandbox) -> None:
    answer = connection.auth_none(box.ready.username)
    assert (answer.outcome, answer.methods) == (AuthOutcome.REFUSED, ("password",))
    assert len(box.log) == 0


def test_password_and_code_are_sent_once(connection: Connection, box: Sandbox) -> None:
    sign_in(connection, box)
    assert [record.outcome for record in box.log] == ["granted"]


def test_a_refused_password_is_sent_once(connection: Connection, box: Sandbox) -> None:
    answer = connection.auth_password(box.ready.username, Secret("wrong123456"))
    assert answer.outcome is AuthOutcome.REFUSED
    assert len(box.log) == 1
    assert connection.alive


def test_a_connection_that_ends_under_a_sign_in(connection: Connection, box: Sandbox) -> None:
    connection.auth_none(box.ready.username)
    box.faults.drop_connections()
    assert connection.auth_password("v", whole_password()).outcome is AuthOutcome.UNKNOWN
    assert len(box.log) == 0


def test_channels_up_to_the_servers_limit(connection: Connection, box: Sandbox) -> None:
    sign_in(connection, box)
    sftp = SftpConnection(connection, CLOCK, SystemThreads())
    channels = [sftp.open_channel(CancelToken(SystemThreads())) for _ in range(10)]
    with pytest.raises(UnsupportedError, match="not allow another connection"):
        sftp.open_channel(CancelToken(SystemThreads()))
    for channel in channels:
        assert (
            channel.run(RemoteFiles(channel).lstat(b"/inbox"), CancelToken(SystemThreads())).name
            == b"inbox"
        )
        assert not channel.keeps_order  # nobody knows
        channel.close()


def test_a_channel_nobody_answers_on(box: Sandbox) -> None:
    ready = box.ready
    with contextlib.closing(
        connect(ready.host, ready.port, (), CLOCK, SHORT, CancelToken(SystemThreads()))
    ) as connection:
        sign_in(connection, box)
        sftp = SftpConnection(connection, CLOCK, SystemThreads(), reply_seconds=0.5)
        channel = sftp.open_channel(CancelToken(SystemThreads()))
        box.faults.stall()
        for attempt in (
            lambda: channel.run(RemoteFiles(channel).lstat(b"/"), CancelToken(SystemThreads())),
            lambda: sftp.open_channel(CancelToken(SystemThreads())),
        ):
            began = CLOCK.monotonic()
            with pytest.raises(ConnectionLostError):
                attempt()
            assert CLOCK.monotonic() - began < 2


def test_a_dropped_connection(connection: Connection, box: Sandbox) -> None:
    sign_in(connection, box)
    sftp = SftpConnection(connection, CLOCK, SystemThreads())
    channel = sftp.open_channel(CancelToken(SystemThreads()))
    box.faults.drop_connections()
    with pytest.raises(ConnectionLostError):
        channel.run(RemoteFiles(channel).lstat(b"/"), CancelToken(SystemThreads()))
    with pytest.raises(FerrygateError):
        sftp.open_channel(CancelToken(SystemThreads()))
    assert not connection.alive


def test_cancelled_while_a_channel_opens(connection: Connection, box: Sandbox) -> None:
    sign_in(connection, box)
    box.faults.stall()
    cancel = CancelToken(SystemThreads())
    cancel.cancel()
    with pytest.raises(FerrygateError):
        SftpConnection(connection, CLOCK, SystemThreads()).open_channel(cancel)


class Mute(paramiko.ServerInterface):
    """Lets everybody in and grants channels; says no to SFTP, or does not say."""

    def __init__(self) -> None:
        self.answer = threading.Event()

    def check_auth_password(self, username: str, password: str) -> int:  # noqa: ARG002  the library's
        return AUTH_SUCCESSFUL

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002  the library's
        return OPEN_SUCCEEDED

    def check_channel_subsystem_request(self, channel: paramiko.Channel, name: str) -> bool:  # noqa: ARG002  the library's
        self.answer.wait()
        return False


@pytest.mark.parametrize("answers", [True, False])
def test_a_server_without_sftp_and_one_that_does_not_say(*, answers: bool) -> None:
    mute = Mute()
    if answers:
        mute.answer.set()

    def serve(taken: socket.socket) -> None:
        with paramiko.Transport(taken) as transport:
            transport.add_server_key(paramiko.ECDSAKey.generate())
            transport.start_server(server=mute)
            transport.join()

    began = CLOCK.monotonic()
    with (
        peer(serve) as port,
        contextlib.closing(
            connect("127.0.0.1", port, (), CLOCK, SHORT, CancelToken(SystemThreads()))
        ) as connection,
        contextlib.ExitStack() as last,
    ):
        last.callback(mute.answer.set)
        assert connection.auth_password("v", Secret("x")).outcome is AuthOutcome.ACCEPTED
        with pytest.raises(ServerUnusableError if answers else ConnectionLostError):
            SftpConnection(connection, CLOCK, SystemThreads(), reply_seconds=0.5).open_channel(
                CancelToken(SystemThreads())
            )
    assert CLOCK.monotonic() - began < 5


def test_a_stranger_may_send_little() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        heard = MonitoredSocket(ours, CLOCK, first=10)
        taken = memoryview(bytearray(100))
        theirs.sendall(bytes(11))
        with pytest.raises(ConnectionAbortedError):
            heard.recv_into(taken)
        heard.trust()
        theirs.sendall(b"x" * 50)
        assert heard.recv_into(taken) == 50
        assert bytes(taken[:50]) == b"x" * 50


def test_a_sign_of_life(connection: Connection, box: Sandbox) -> None:
    sign_in(connection, box)
    connection.send_keepalive()
    assert connection.silent_for < 1


def test_closing_twice(connection: Connection) -> None:
    connection.close()
    connection.close()
    assert not connection.alive
