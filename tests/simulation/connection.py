"""Stands in for ``ssh`` and all below: connections and the streams of their channels."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import msgspec

from ferrygate.common.byte_stream import connection_lost
from ferrygate.common.errors import UnsupportedError
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.sites.known_hosts import HostKey
from ferrygate.ssh.answers import AuthAnswer, AuthOutcome
from simulation.account import Account
from simulation.line import Break, Line, LineSettings
from simulation.remote_store import RemoteStore
from simulation.scheduler import Scheduler
from simulation.sftp_session import SftpSession
from simulation.threads import SimulatedEvent

KEY = HostKey("ssh-ed25519", b"\0\0\0\x0bssh-ed25519\0\0\0\x04" + b"this")

_WINDOW_BYTES = 1 << 19  # that a stream takes and the server has not got yet
_BURST_BYTES = 1 << 17  # that it takes in one call
_TICK_SECONDS = 0.25  # between two calls of what was given to while_waiting()
_DEADLINE_SECONDS = 30.0  # for an answer on the connection itself
_OFFERED = AuthAnswer(AuthOutcome.REFUSED, ("password",))
_UNKNOWN = AuthAnswer(AuthOutcome.UNKNOWN, detail="the connection ended")


class ServerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Describes the simulated server.

    Attributes:
        ident: the line by which it says what it is.
        max_channels: that it grants on a connection.
        max_seconds: that a request takes at most.
        patience: seconds after which it gives up a client that has fallen silent.
    """

    ident: str
    max_channels: int
    max_seconds: float
    patience: float

    @property
    def keeps_order(self) -> bool:
        """Tell whether it does one request after the other."""
        return "OpenSSH" in self.ident


class Server:
    """Holds what the server's connections have in common.

    Attributes:
        requests: that it has answered so far.
    """

    def __init__(
        self,
        settings: ServerSettings,
        store: RemoteStore,
        account: Account,
        scheduler: Scheduler,
        random: Random,
    ) -> None:
        self.settings = settings
        self.store = store
        self.account = account
        self.scheduler = scheduler
        self.random = random
        self.requests = 0
        self._at_request: tuple[int, Callable[[], None]] | None = None

    def call_at_request(self, number: int, act: Callable[[], None]) -> None:
        """Have something done after a request, in place of what was to be done after another."""
        self._at_request = (number, act)

    def count_request(self) -> None:
        """Note that a request was answered."""
        self.requests += 1
        if self._at_request is not None and self._at_request[0] <= self.requests:
            (_number, act), self._at_request = self._at_request, None
            act()


class SimulatedStream:
    """Simulates the client's end: a :class:`ferrygate.common.byte_stream.ByteStream`."""

    def __init__(self, server: Server, line: Line) -> None:
        self._scheduler = server.scheduler
        self._line = line
        self._session = SftpSession(
            server.store,
            server.scheduler,
            server.random,
            lambda data: line.down(data, self._take),
            server.count_request,
            max_seconds=server.settings.max_seconds,
            keeps_order=server.settings.keeps_order,
        )
        self._news = SimulatedEvent(server.scheduler)
        self._closed = SimulatedEvent(server.scheduler)
        self._received = bytearray()
        self._window = _WINDOW_BYTES
        self._is_woken = False
        self._has_ended = False

    # ------------------------------------------------------------ for the owner

    def send(self, data: bytes | memoryview, /) -> int:
        self._scheduler.switch()
        if self._has_ended:
            raise connection_lost("channel closed")
        sent = bytes(data[: min(self._window, _BURST_BYTES)])
        if sent:
            self._window -= len(sent)
            self._line.up(sent, self._reach_server)
        return len(sent)

    def recv(self, seconds: float, /) -> bytes:
        if not (self._received or self._is_woken or self._has_ended):
            self._news.wait(seconds)
        self._news.clear()
        if self._is_woken:
            self._is_woken = False
            raise TimeoutError
        if self._received:
            data = bytes(self._received)
            self._received.clear()
            return data
        if self._has_ended:
            return b""
        raise TimeoutError

    def wake(self) -> None:
        self._is_woken = True
        self._news.set()

    def send_ready(self) -> bool:
        return self._window > 0

    def close(self) -> None:
        if not self._has_ended:
            self.end()
            self._line.up(b"", self._close_at_server)

    def wait_closed(self, seconds: float, /) -> bool:
        return self._closed.wait(seconds)

    @property
    def closed_by_peer(self) -> bool:
        return self._closed.is_set()

    @property
    def has_ended(self) -> bool:
        """Tell whether nothing more will come."""
        return self._has_ended

    # ------------------------------------------------------------ from the line

    def end(self) -> None:
        """Note that nothing more will come."""
        self._has_ended = True
        self._news.set()

    def lose(self) -> None:
        """Note the end of the connection."""
        self.end()
        self._closed.set()

    def end_session(self) -> None:
        """Have the server notice the end."""
        self._session.end()

    def _reach_server(self, data: bytes) -> None:
        if not self._window:
            self._news.set()  # sending can go on
        self._window += len(data)
        self._session.take(data)

    def _take(self, data: bytes) -> None:
        if not self._has_ended:
            self._received += data
            self._news.set()

    def _close_at_server(self, _nothing: bytes) -> None:
        self._session.end()
        self._line.down(b"", lambda _nothing: self._closed.set())


class SimulatedSubsystem:
    """Simulates the server's SFTP program."""

    was_refused = False
    exit_status = -1

    def __init__(self, connection: SimulatedConnection, stream: SimulatedStream) -> None:
        self._connection = connection
        self.stream = stream

    def wait_ready(self) -> None:
        """Begin at once, as the server takes data."""

    def last_words(self) -> str:
        return ""

    @property
    def has_ended_alone(self) -> bool:
        return self.stream.has_ended and self._connection.alive


class SimulatedConnection:
    """Stands in for an SSH connection, as far as the folders above ``ssh`` use it.

    Attributes:
        alive: the client knows of no end.
    """

    banner = ""
    disconnect_reason = ""
    was_damaged = False

    def __init__(self, name: str, server: Server, settings: LineSettings) -> None:
        self.name = name
        self.host_key = KEY
        self.alive = True
        self._server = server
        self._scheduler = server.scheduler
        self._line = Line(name, settings, server.scheduler, server.random, self._broke)
        self._streams: list[SimulatedStream] = []
        self._tick: Callable[[], None] = lambda: None
        self._keeps_socket = False
        self._server_knows = False

    @property
    def server_ident(self) -> str:
        return self._server.settings.ident

    @property
    def silent_for(self) -> float:
        return self._scheduler.time - self._line.heard

    @property
    def incomplete_for(self) -> float:
        return self.silent_for

    # ------------------------------------------------------------ signing in

    def offers_key(self, _key_type: str) -> bool:
        return True

    def trust(self) -> None:
        """Accept the key: the simulated server sends little before."""

    def on_banner(self, tell: Callable[[str], None]) -> None:
        """Keep nothing: the server has no banner."""

    def while_waiting(self, tick: Callable[[], None]) -> None:
        self._tick = tick

    def auth_none(self, _username: str) -> AuthAnswer:
        return _OFFERED if self.ask() else _UNKNOWN

    def auth_password(self, _username: str, password: Secret) -> AuthAnswer:
        admitted: list[bool] = []
        asked = self.ask(lambda: admitted.append(self._server.account.admits(password.reveal())))
        if not asked:
            return _UNKNOWN
        return AuthAnswer(AuthOutcome.ACCEPTED) if admitted[0] else _OFFERED

    def ask(self, act: Callable[[], None] = lambda: None) -> bool:
        """Have the server do something and answer; false if no answer came."""
        answered = SimulatedEvent(self._scheduler)

        def at_server(_sent: bytes) -> None:
            act()
            self._line.down(b"a", lambda _answer: answered.set())

        self._line.up(b"q", at_server)  # one byte comes in one piece
        end = self._scheduler.time + _DEADLINE_SECONDS
        while self.alive and not answered.is_set() and self._scheduler.time < end:
            answered.wait(_TICK_SECONDS)
            self._tick()
        return answered.is_set()

    # ------------------------------------------------------------ signed in

    def open_subsystem(self, _name: str, /) -> SimulatedSubsystem:
        if len([each for each in self._streams if not each.closed_by_peer]) >= (
            self._server.settings.max_channels
        ):
            self._require(answered=self.ask())
            raise UnsupportedError(
                message("The server does not allow another connection at the moment.")
            )
        stream = SimulatedStream(self._server, self._line)
        self._streams.append(stream)
        self._require(answered=self.ask())
        return SimulatedSubsystem(self, stream)

    @staticmethod
    def _require(*, answered: bool) -> None:
        if not answered:
            raise connection_lost("no answer")

    def send_keepalive(self) -> None:
        self.ask()

    def keep_socket(self) -> None:
        self._keeps_socket = True

    def reset(self) -> None:
        """Tell the server, unless the line brings it nothing."""
        self._keeps_socket = False
        self._scheduler.call_in(0.5, self._end_at_server)

    def close(self) -> None:
        self.lose()
        if not self._keeps_socket and self._line.is_up:
            self._line.up(b"", lambda _nothing: self._end_at_server())

    # ------------------------------------------------------------ the end

    def lose(self) -> None:
        """Note the connection's end."""
        self.alive = False
        for stream in self._streams:
            stream.lose()

    def hang_up(self) -> None:
        """End the connection as the client's process has ended."""
        if self._line.is_up:
            self._line.is_up = False
            self._scheduler.call_in(0.05, self._end_at_server)

    def _broke(self, how: Break) -> None:
        if how is Break.CUT:
            self.lose()
            self._end_at_server()
        else:
            self._scheduler.call_in(self._server.settings.patience, self._end_at_server)

    def _end_at_server(self) -> None:
        if not self._server_knows:
            self._server_knows = True
            self._line.is_up = False
            for stream in self._streams:
                stream.end_session()
