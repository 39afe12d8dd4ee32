"""Runs the whole client, without SSH, over an SFTP server in memory that does odd things.

Everything above the byte stream is real: channels, lanes, engine, API. So a test says what the
server does and what a person is told, and takes some hundredths of a second.
"""

from __future__ import annotations

import os
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from ferrygate.api import connecting
from ferrygate.api.session import Session
from ferrygate.api.unattended import Unattended
from ferrygate.common.clock import Clock, SystemClock
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.logs import LiveSecrets
from ferrygate.common.open_files import room
from ferrygate.common.processes import SystemProcesses
from ferrygate.common.secret import Secret
from ferrygate.common.system_disk import SystemDisk
from ferrygate.common.threads import SystemThreads
from ferrygate.engine.dependencies import EngineDependencies
from ferrygate.engine.engine import Engine
from ferrygate.engine.messages.event import Listener
from ferrygate.sign_in.attempt import SignInAttempts
from ferrygate.sign_in.ledger import Ledger
from ferrygate.sign_in.okta_attempts import OktaAttempts
from ferrygate.sites.known_hosts import HostKey, KnownHosts
from ferrygate.sites.site import SignInSettings, Site
from ferrygate.sites.skew import SkewStore
from ferrygate.vault.memory import MemoryVault
from support.scripted_sftp import ScriptedServer


class OddConnection:
    """Connects to the server; may end after a number of requests."""

    def __init__(
        self,
        server: ScriptedServer,
        lock: threading.Lock,
        most_requests: int | None,
        *,
        stores_objects: bool,
        clock: Clock,
    ) -> None:
        self.server = server
        self.server_ident = "SSH-2.0-AWS_SFTP_1.2" if stores_objects else "SSH-2.0-odd"
        self.disconnect_reason = ""
        self._clock = clock
        self._answered = clock.monotonic()
        self.host_key = HostKey("ssh-ed25519", b"key")
        self.alive = True
        self.silent_for = 0.0
        self.was_damaged = False
        self._lock = lock
        self._left = most_requests
        self._owes = False
        self._streams: list[OddStream] = []

    @property
    def incomplete_for(self) -> float:
        """Return the seconds since the last answer, while one is due: as on a slow line."""
        return self._clock.monotonic() - self._answered if self._owes else 0.0

    def answer(self, payload: bytes) -> list[bytes]:
        """Return the answers to a packet; none once the connection has ended."""
        with self._lock:
            if not self.alive:
                return []
            if self._left is not None:
                self._left -= 1
                if self._left < 0:
                    self.hang_up()
                    return []
            packets = list(self.server.answer(payload))
            self._owes = not packets
            if packets:
                self._answered = self._clock.monotonic()
            return packets

    def hang_up(self) -> None:
        self.alive = False
        self.server.open_handles.clear()
        for stream in self._streams:
            stream.end()

    def open_subsystem(self, name: str) -> OddSubsystem:
        assert name == "sftp"
        stream = OddStream(self.answer)
        self._streams.append(stream)
        if not self.alive:
            stream.end()
        return OddSubsystem(stream)

    def send_keepalive(self) -> None:
        """Send none: the server was heard just now."""

    def keep_socket(self) -> None:
        """Keep nothing: there is no socket."""

    def reset(self) -> None:
        """Nothing is left of it."""

    def close(self) -> None:
        self.alive = False
        for stream in self._streams:
            stream.end()


class OddSubsystem:
    """Runs as a program that ends with its connection, and writes nothing to standard error."""

    was_refused = has_ended_alone = False
    exit_status = -1

    def __init__(self, stream: OddStream) -> None:
        self.stream = stream

    def wait_ready(self) -> None:
        """Return at once: data is always taken."""

    def last_words(self) -> str:
        return ""


class OddStream:
    """Answers a channel's bytes at once."""

    def __init__(self, answer: Callable[[bytes], list[bytes]]) -> None:
        self._answer = answer
        self._sent = bytearray()
        self._came: deque[bytes] = deque()
        self._changed = threading.Condition()
        self._woken = self._ended = False
        self.closed_by_peer = False

    def send(self, data: bytes | memoryview) -> int:
        self._sent += data
        while len(self._sent) >= 4:
            (length,) = struct.unpack_from(">I", self._sent)
            if len(self._sent) < 4 + length:
                break
            packets = self._answer(bytes(self._sent[4 : 4 + length]))
            del self._sent[: 4 + length]
            with self._changed:
                self._came.extend(packets)
        return len(data)

    def recv(self, seconds: float) -> bytes:
        with self._changed:
            self._changed.wait_for(lambda: self._came or self._woken or self._ended, seconds)
            self._woken = False
            if self._came:
                return self._came.popleft()
            if self._ended:
                return b""
        raise TimeoutError

    def send_ready(self) -> bool:
        return True

    def wake(self) -> None:
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def end(self) -> None:
        with self._changed:
            self._ended = self.closed_by_peer = True
            self._changed.notify_all()

    def close(self) -> None:
        self.end()

    def wait_closed(self, _seconds: float) -> bool:
        return True


class OddAttempts:
    """Signs in with success, always."""

    def __init__(
        self,
        server: ScriptedServer,
        most_requests: int | None,
        *,
        stores_objects: bool,
        clock: Clock,
    ) -> None:
        self._clock = clock
        self._server = server
        self._stores_objects = stores_objects
        self._most_requests = most_requests
        self._lock = threading.Lock()
        self.connections: list[OddConnection] = []

    def sign_in(self, *_what: Any, **_how: Any) -> OddConnection:
        connection = OddConnection(
            self._server,
            self._lock,
            self._most_requests,
            stores_objects=self._stores_objects,
            clock=self._clock,
        )
        self.connections.append(connection)
        return connection


class OddRig:
    """Holds a session on an odd server, and a folder on this computer."""

    def __init__(self, server: ScriptedServer, folder: Path, attempts: OddAttempts) -> None:
        self.server = server
        self.folder = folder
        self.attempts = attempts
        self.ledger: Ledger
        self.session: Session

    def write(self, files: dict[str, bytes]) -> Path:
        """Make a folder of files to send."""
        top = self.folder / "to-send"
        for name, content in files.items():
            path = top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return top


def read(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@contextmanager
def odd_rig(
    server: ScriptedServer,
    folder: Path,
    *,
    most_requests: int | None = None,
    stores_objects: bool = False,
    clock: Clock | None = None,
    reply_seconds: float = 5.0,
) -> Iterator[OddRig]:
    """Sign in to a server in memory; each connection ends after ``most_requests``, if given.

    ``reply_seconds`` is a channel's, in seconds of the clock.
    """
    clock = clock or SystemClock()
    home = folder / "home"
    home.mkdir(parents=True)
    attempts = OddAttempts(
        server,
        most_requests,
        stores_objects=stores_objects,
        clock=clock,
    )
    rig = OddRig(server, folder, attempts)
    rig.ledger = Ledger(home / "ledger", clock, SystemProcesses(), lambda count: b"s" * count)
    vault = MemoryVault()

    def no_okta() -> OktaAttempts:
        raise AssertionError

    def make_engine(listener: Listener) -> Engine:
        dependencies = EngineDependencies(
            clock=clock,
            threads=SystemThreads(),
            disk=SystemDisk(),
            ledger=rig.ledger,
            known_hosts=KnownHosts(home / "known_hosts"),
            attempts=cast("SignInAttempts", attempts),
            check_attempts=cast("SignInAttempts", attempts),
            check_home=lambda: None,
            okta=no_okta,
            skews=SkewStore(home / "skew"),
            open_vault=lambda: vault,
            live_secrets=LiveSecrets(),
            random_hex=lambda count: os.urandom(count).hex(),
            random=lambda: 0.0,
            keep_trying=20.0,
            file_room=room,
            machine="0123abcd",
            upload_claims=home / "replacing",
            reply_seconds=reply_seconds,
        )
        return Engine(dependencies, listener)

    site = Site(
        name="odd", host="localhost", username="u", sign_in=SignInSettings(join="{password}")
    )
    given = GivenSecrets(password=Secret("pw"))
    with connecting.open_session(site, make_engine, Unattended(), clock, given=given) as session:
        session.use_password(Secret("pw"))
        session.sign_in()
        rig.session = session
        yield rig
