"""Peers that break off, freeze or flood: each ends in a sentence, in time, and leaves nothing."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from ferrygate.cli.exit_codes import exit_for
from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import SystemClock
from ferrygate.common.errors import (
    CannotReachError,
    ConnectionLostError,
    ServerUnusableError,
    SignInUnansweredError,
)
from ferrygate.common.processes import SystemProcesses
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.common.threads import SystemThreads
from ferrygate.sftp.connection import SftpConnection
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.wire import Type, write_head
from ferrygate.sign_in.attempt import SignInAttempts
from ferrygate.sign_in.credentials import Credentials
from ferrygate.sign_in.ledger import Ledger
from ferrygate.sites.known_hosts import HostKey, KnownHosts
from ferrygate.sites.site import SignInSettings, Site
from ferrygate.ssh.connect_steps import ReportConnectStep
from ferrygate.ssh.connection import Connection, connect
from ferrygate.ssh.deadlines import Deadlines
from servers.rigs.asking import asking_server
from servers.rigs.server_process import HOST
from support.broken_peers import (
    GOOD_KEXINIT,
    IDENT,
    Behaviour,
    BreakPoint,
    Failing,
    Stranger,
    failing_server,
    raw_peer,
)

CLOCK = SystemClock()
SHORT = Deadlines(connect=1.0, handshake=0.5, authentication=0.5, verdict=0.5, channel=0.5)
NO_SERVER = (CannotReachError, ServerUnusableError)
MIB = 1 << 20
IN_TIME = 3.0  # seconds that any of these may take, on a busy machine


@contextmanager
def in_time() -> Iterator[None]:
    began = CLOCK.monotonic()
    yield
    assert CLOCK.monotonic() - began < IN_TIME


# ---------------------------------------------------------------- before keys are exchanged


def silent_after(*words: bytes) -> Behaviour:
    def behave(stranger: Stranger) -> None:
        for word in words:
            stranger.say(word)
        stranger.fall_silent()

    return behave


def hangs_up_after(*words: bytes) -> Behaviour:
    def behave(stranger: Stranger) -> None:
        for word in words:
            stranger.say(word)
            stranger.hear()

    return behave


def repeats(data: bytes, seconds: float = 0.0, *, after: bytes = b"") -> Behaviour:
    def behave(stranger: Stranger) -> None:
        stranger.say(after)
        stranger.repeat(data, seconds)

    return behave


STRANGERS: dict[str, Behaviour] = {
    "silent": silent_after(),
    "silent after its name": silent_after(IDENT),
    "silent in the middle of its name": silent_after(IDENT[:5]),
    "silent after its choices": silent_after(IDENT, GOOD_KEXINIT),
    "silent in the middle of its choices": silent_after(IDENT, GOOD_KEXINIT[:100]),
    "hangs up": hangs_up_after(),
    "hangs up after its name": hangs_up_after(IDENT),
    "hangs up after its choices": hangs_up_after(IDENT, GOOD_KEXINIT),
    "one byte at a time": repeats(b"x", 0.1),
    "one byte at a time after its name": repeats(b"\x00", 0.1, after=IDENT),
    "lines without an end": repeats(b"Welcome to the freezer room.\r\n" * 1000),
    "a line a moment": repeats(b"Please hold the line.\r\n", 0.1),
    "a line without an end": repeats(b"x" * 65_536),
    "a packet without an end": repeats(b"x" * 65_536, after=IDENT + b"\x00\xff\xff\xff\x04"),
    "a packet too long": silent_after(IDENT, b"\xff\xff\xff\xff\x04"),
    "a packet of nothing": silent_after(IDENT, bytes(64)),
    "garbage": repeats(bytes(range(256)) * 16, after=IDENT),
    "another protocol": silent_after(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "another version": silent_after(b"SSH-1.5-Old\r\n"),
    "a name that is no text": silent_after(b"SSH-2.0-\xff\xfe\r\n", GOOD_KEXINIT),
}


@pytest.mark.parametrize("behave", STRANGERS.values(), ids=STRANGERS)
def test_a_stranger_is_given_up_in_a_sentence(behave: Behaviour) -> None:
    with raw_peer(behave) as (port, _came), in_time(), pytest.raises(NO_SERVER) as caught:
        connect(HOST, port, (), CLOCK, SHORT, CancelToken(SystemThreads()))
    assert str(caught.value).endswith(".")
    assert caught.value.problem.next_step


@pytest.mark.parametrize(
    "name", ["lines without an end", "a line without an end", "a packet without an end"]
)
def test_a_flood_is_not_kept(name: str) -> None:
    patient = Deadlines(handshake=30.0)
    with (
        raw_peer(STRANGERS[name]) as (port, came),
        in_time(),  # so it was not the deadline that ended it
        pytest.raises(CannotReachError),
    ):
        connect(HOST, port, (), CLOCK, patient, CancelToken(SystemThreads()))
    assert came[0].sent < 16 * MIB  # most of it in the system's buffers


# ---------------------------------------------------------------- while signing in


class Nobody:
    """Watches an attempt, trusts any server, answers nothing."""

    def connecting(self) -> None:
        """Nothing to do."""

    def waiting_for_code(self, until: float) -> None:
        """Nothing to do."""

    def signing_in(self) -> None:
        """Nothing to do."""

    def secrets_not_used(self, kinds: frozenset[SecretKind]) -> None:
        """Nothing to do."""

    def confirm_host_key(self, _key: HostKey) -> bool:
        return True

    def server_said(self, words: str) -> None:
        """Nothing to do."""

    def answer_prompt(self, text: str, *, echo: bool, instruction: str = "") -> Secret | None:  # noqa: ARG002  the protocol's
        return None

    def code_typed(self, *, at_prompt: bool) -> None:
        pass

    def password_changed(self) -> None:
        """Nothing to do."""


class Attempts:
    """Sign-ins by password to one port, under short deadlines."""

    def __init__(self, home: Path, port: int) -> None:
        self._ledger = Ledger(home / "ledger", CLOCK, SystemProcesses(), bytes)
        known_hosts = KnownHosts(home / "known_hosts")
        self._attempts = SignInAttempts(self._ledger, known_hosts, self._reach, CLOCK)
        self._site = Site(
            name="broken",
            host=HOST,
            port=port,
            username="vendor7",
            sign_in=SignInSettings(join="{password}"),
        )

    @staticmethod
    def _reach(
        host: str,
        port: int,
        known: tuple[HostKey, ...],
        cancel: CancelToken,
        report: ReportConnectStep,
    ) -> Connection:
        return connect(host, port, known, CLOCK, SHORT, cancel, report=report)

    def sign_in(self) -> Connection:
        credentials = Credentials(password=Secret("correct horse"))
        return self._attempts.sign_in(
            self._site, credentials, Nobody(), CancelToken(SystemThreads())
        )

    @property
    def refusals(self) -> int:
        return self._ledger.refusals(self._site.account)


BREAKS = pytest.mark.parametrize("hangs_up", [False, True], ids=["freezes", "hangs up"])


@BREAKS
@pytest.mark.parametrize(
    ("stage", "passwords"), [(BreakPoint.METHODS, 0), (BreakPoint.PASSWORD, 1)]
)
def test_a_server_that_breaks_under_a_sign_in(
    stage: BreakPoint, passwords: int, tmp_path: Path, *, hangs_up: bool
) -> None:
    failing = Failing(stage, hangs_up=hangs_up)
    before = ConnectionLostError if hangs_up else CannotReachError
    with failing_server(failing) as port:
        attempts = Attempts(tmp_path, port)
        with (
            in_time(),
            pytest.raises(SignInUnansweredError if passwords else before) as caught,
        ):
            attempts.sign_in()
        assert exit_for(caught.value.kind) == (3 if passwords else 5)
        assert failing.passwords == passwords
        assert attempts.refusals == passwords  # what became of it is unknown, so it counts


def test_prompts_without_an_end_are_not_answered_for_ever(tmp_path: Path) -> None:
    with asking_server([("", [])] * 1000) as asked:
        attempts = Attempts(tmp_path, asked.port)
        with in_time(), pytest.raises(ConnectionLostError, match="before the server answered"):
            attempts.sign_in()
        assert len(asked.answers) < 20
        assert attempts.refusals == 0


# ---------------------------------------------------------------- once signed in


@contextmanager
def signed_in(failing: Failing, home: Path) -> Iterator[SftpConnection]:
    with failing_server(failing) as port, closing(Attempts(home, port).sign_in()) as ssh:
        yield SftpConnection(ssh, CLOCK, SystemThreads(), reply_seconds=0.5)


@BREAKS
@pytest.mark.parametrize("stage", [BreakPoint.CHANNEL, BreakPoint.SUBSYSTEM, BreakPoint.VERSION])
def test_a_server_that_breaks_while_a_channel_opens(
    stage: BreakPoint, tmp_path: Path, *, hangs_up: bool
) -> None:
    with (
        signed_in(Failing(stage, hangs_up=hangs_up), tmp_path) as connection,
        in_time(),
        pytest.raises(ConnectionLostError),
    ):
        connection.open_channel(CancelToken(SystemThreads()))


async def look(files: RemoteFiles) -> None:
    await files.stat(b"/")


async def send_much(files: RemoteFiles) -> None:
    """More than the server's window takes."""
    block = bytes(32_000)
    for number in range(500):
        head = write_head(b"handle", number * len(block), len(block))
        _reply = files.channel.post(Type.WRITE, head + block)
    await files.stat(b"/")


@BREAKS
@pytest.mark.parametrize("work", [look, send_much])
def test_a_server_that_breaks_in_the_middle_of_work(
    work: Callable[[RemoteFiles], Coroutine[None, None, None]], tmp_path: Path, *, hangs_up: bool
) -> None:
    failing = Failing(BreakPoint.REQUEST, hangs_up=hangs_up)
    with signed_in(failing, tmp_path) as connection:
        channel = connection.open_channel(CancelToken(SystemThreads()))
        with in_time(), pytest.raises(ConnectionLostError):
            channel.run(work(RemoteFiles(channel)), CancelToken(SystemThreads()))
        assert not channel.usable
