"""Sign-ins that a server ends in its own way: each has its sentence, words, kind and exit."""

from __future__ import annotations

import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import msgspec
import paramiko
import pytest
from paramiko.common import OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

from ferrygate.cli.exit_codes import exit_for
from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import SystemClock
from ferrygate.common.errors import FerrygateError, Kind, Problem
from ferrygate.common.processes import SystemProcesses
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.common.threads import SystemThreads
from ferrygate.sftp.connection import SftpConnection
from ferrygate.sign_in.attempt import SignInAttempts
from ferrygate.sign_in.credentials import Credentials
from ferrygate.sign_in.ledger import Ledger
from ferrygate.sites.known_hosts import HostKey, KnownHosts
from ferrygate.sites.site import SignInSettings, Site
from ferrygate.ssh.answers import AuthOutcome
from ferrygate.ssh.connect_steps import ReportConnectStep
from ferrygate.ssh.connection import Connection, connect
from ferrygate.ssh.deadlines import Deadlines
from servers.rigs.server_process import HOST
from support.scripted_ssh import Script, ext_info, scripted_ssh
from support.sftp_bytes import string

CLOCK = SystemClock()
SHORT = Deadlines(handshake=5.0, authentication=1.0, verdict=0.3, channel=2.0)
PASSWORD = SignInSettings(join="{password}")


class Person:
    """Trusts any server, and writes down what it says."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def connecting(self) -> None: ...

    def waiting_for_code(self, until: float) -> None: ...

    def signing_in(self) -> None: ...

    def code_typed(self, *, at_prompt: bool) -> None: ...

    def password_changed(self) -> None: ...

    def secrets_not_used(self, kinds: frozenset[SecretKind]) -> None: ...

    def server_said(self, words: str) -> None:
        self.told.append(words)

    def confirm_host_key(self, _key: HostKey) -> bool:
        return True

    def answer_prompt(self, text: str, *, echo: bool, instruction: str = "") -> Secret | None:
        raise AssertionError(text, echo, instruction)


class Attempts:
    """Sign-ins to one port, as the engine makes them."""

    def __init__(self, home: Path, port: int, sign_in: SignInSettings = PASSWORD) -> None:
        self.person = Person()
        self.ledger = Ledger(home / "ledger", CLOCK, SystemProcesses(), bytes)
        hosts = KnownHosts(home / "known_hosts")
        self._attempts = SignInAttempts(self.ledger, hosts, self._reach, CLOCK)
        self.site = Site(name="s", host=HOST, port=port, username="v", sign_in=sign_in)

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
        given = Credentials(password=Secret("correct horse"))
        return self._attempts.sign_in(self.site, given, self.person, CancelToken(SystemThreads()))

    def fails(self) -> Problem:
        with pytest.raises(FerrygateError) as caught, closing(self.sign_in()) as ssh:
            SftpConnection(ssh, CLOCK, SystemThreads(), reply_seconds=2.0).open_first(
                CancelToken(SystemThreads())
            )
        return caught.value.problem


@contextmanager
def attempts(script: Script, home: Path, sign_in: SignInSettings = PASSWORD) -> Iterator[Attempts]:
    with scripted_ssh(script) as port:
        yield Attempts(home, port, sign_in)


def disconnecting(script: Script, code: int, reason: str) -> Callable[[], None]:
    def end() -> None:
        transport = script.transports[-1]
        transport.say(b"\x01" + struct.pack(">I", code) + string(reason.encode()) + string(b""))
        transport.close()

    return end


# ---------------------------------------------------------------- at the password

ENDS = [
    (2, "Too many authentication failures", Kind.SIGN_IN_REFUSED, 3, "too many tries"),
    (2, "Too many logon attempts from 10.0.0.7", Kind.SIGN_IN_REFUSED, 3, "too many tries"),
    (14, "No more methods", Kind.SIGN_IN_REFUSED, 3, "too many tries"),
    (11, "Account suspended, call 555-0199", Kind.SIGN_IN_REFUSED, 3, "ended the sign-in"),
    (15, "Illegal user name", Kind.SIGN_IN_REFUSED, 3, "ended the sign-in"),
    (12, "Too many connections", Kind.SERVER_BUSY, 5, "just now"),
]


@pytest.mark.parametrize(("code", "reason", "kind", "status", "sentence"), ENDS)
def test_a_server_that_ends_the_sign_in_says_why(
    code: int, reason: str, kind: Kind, status: int, sentence: str, tmp_path: Path
) -> None:
    script = Script()
    script.on_password = disconnecting(script, code, reason)
    with attempts(script, tmp_path) as tries:
        problem = tries.fails()
        assert (problem.kind, exit_for(problem.kind)) == (kind, status)
        assert sentence in str(problem.sentence)
        assert problem.server_said == reason
        assert tries.ledger.refusals(tries.site.account) == 1  # a secret had left


def test_a_connection_that_ends_after_the_password_left(tmp_path: Path) -> None:
    script = Script()
    script.on_password = script.hang_up
    with attempts(script, tmp_path) as tries:
        problem = tries.fails()
    assert (problem.kind, exit_for(problem.kind)) == (Kind.SIGN_IN_UNANSWERED, 3)
    assert "may count as a refused sign-in" in str(problem.next_step)


# ---------------------------------------------------------------- keys


def rsa_key(folder: Path) -> SignInSettings:
    path = folder / "id_rsa"
    paramiko.RSAKey.generate(2048).write_private_key_file(str(path))
    return SignInSettings(steps=("publickey",), private_key=str(path))


def test_a_server_that_takes_rsa_keys_in_the_old_way_only(tmp_path: Path) -> None:
    script = Script()
    script.behind_newkeys = [ext_info(1, (b"server-sig-algs", b"ssh-rsa,ssh-dss"))]
    with attempts(script, tmp_path, rsa_key(tmp_path)) as tries:
        problem = tries.fails()
    assert (problem.kind, exit_for(problem.kind)) == (Kind.SIGN_IN_METHOD, 3)
    assert "keys of this type" in str(problem.sentence)
    assert "Ed25519" in str(problem.next_step)
    assert "the server takes ssh-rsa,ssh-dss" in problem.detail


# ---------------------------------------------------------------- banners


def test_a_banner_is_told_while_the_sign_in_goes_on(tmp_path: Path) -> None:
    script = Script()
    script.banner = "Maintenance tonight.\r\n\r\n\x1b[31mCall 555-0199\x1b[0m\r\n"
    with attempts(script, tmp_path) as tries, closing(tries.sign_in()):
        assert tries.person.told == ["Maintenance tonight.\n\\x1b[31mCall 555-0199\\x1b[0m"]


def test_a_banner_goes_with_a_refusal(tmp_path: Path) -> None:
    script = Script()
    script.banner, script.password = "Account suspended.\nCall 555-0199.", "another"
    with attempts(script, tmp_path) as tries:
        problem = tries.fails()
    assert problem.kind is Kind.SIGN_IN_REFUSED
    assert problem.server_said == "Account suspended. Call 555-0199."


def test_banners_without_an_end_are_cut(tmp_path: Path) -> None:
    script = Script()
    piece = b"\x35" + string(b"blah " * 100) + string(b"")
    script.before_success = [piece] * 1000
    with attempts(script, tmp_path) as tries, closing(tries.sign_in()) as connection:
        assert sum(map(len, tries.person.told)) <= 1000
        assert len(connection.banner) <= 1000


# ---------------------------------------------------------------- no file transfer


def says(data: bytes, error: bytes = b"", status: int | None = None) -> Script:
    """Run a server whose file transfer program says that, and ends."""

    def serve(channel: paramiko.Channel) -> None:
        with suppress(EOFError, OSError), closing(channel):  # the client may have been quicker
            channel.sendall_stderr(error)
            channel.sendall(data)
            if status is not None:
                channel.send_exit_status(status)

    script = Script()
    script.subsystem = serve
    return script


NO_SFTP = "offers no file transfer"
MISSING = b"sh: 1: /usr/lib/sftp-server: not found\n"
ROWS = {
    "refused": (Script, NO_SFTP, ""),
    "missing": (lambda: says(b"", MISSING, 127), NO_SFTP, "sftp-server: not found"),
    "ends at once": (lambda: says(b""), NO_SFTP, ""),
    "version 2": (lambda: says(bytes.fromhex("00000005 02 00000002")), "SFTP version 2", ""),
    "version 6": (lambda: says(bytes.fromhex("00000005 02 00000006")), "SFTP version 6", ""),
    "a shell's words": (
        lambda: says(b"This account is currently not available.\n"),
        "not part of a file transfer",
        "currently not available",
    ),
}


@pytest.mark.parametrize(("script", "sentence", "said"), ROWS.values(), ids=ROWS)
def test_without_file_transfer_nobody_is_signed_in(
    script: Callable[[], Script], sentence: str, said: str, tmp_path: Path
) -> None:
    with attempts(script(), tmp_path) as tries:
        problem = tries.fails()
    assert sentence in str(problem.sentence)
    assert said in problem.server_said
    assert (problem.kind, exit_for(problem.kind)) == (Kind.SERVER_UNUSABLE, 5)
    assert problem.next_step


def test_a_server_that_opens_no_channel(tmp_path: Path) -> None:
    script = Script()
    script.channel_refusal = OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
    with attempts(script, tmp_path) as tries:
        problem = tries.fails()
    assert NO_SFTP in str(problem.sentence)
    assert problem.kind is Kind.SERVER_UNUSABLE


def test_a_server_that_hangs_up_in_place_of_a_channel(tmp_path: Path) -> None:
    """OpenSSH ends the whole connection where a home folder cannot be entered."""
    script = Script()
    script.on_channel = script.hang_up
    with attempts(script, tmp_path) as tries:
        problem = tries.fails()
    assert "took the sign-in, and then ended" in str(problem.sentence)
    assert "home folder" in str(problem.next_step)
    assert (problem.kind, exit_for(problem.kind)) == (Kind.CONNECTION_LOST, 5)


def test_the_channel_that_showed_it_is_the_first_to_be_used(tmp_path: Path) -> None:
    script = says(bytes.fromhex("00000005 02 00000003"))
    with attempts(script, tmp_path) as tries, closing(tries.sign_in()) as ssh:
        connection = SftpConnection(ssh, CLOCK, SystemThreads())
        connection.open_first(CancelToken(SystemThreads()))
        first = connection.open_channel(CancelToken(SystemThreads()))
        assert len(script.threads) == 1
        assert connection.open_channel(CancelToken(SystemThreads())) is not first
        assert len(script.threads) == 2


def test_a_password_without_an_answer_in_time(tmp_path: Path) -> None:
    script = Script()
    script.on_password = lambda: script.hold.wait(5)
    with attempts(script, tmp_path) as tries:
        problem = tries.fails()
        script.hold.set()
    assert (problem.kind, exit_for(problem.kind)) == (Kind.SIGN_IN_UNANSWERED, 3)
    assert "in time" in str(problem.sentence)


def test_the_outcome_names_the_key_type(tmp_path: Path) -> None:
    script = Script()
    script.behind_newkeys = [ext_info(1, (b"server-sig-algs", b"ssh-ed25519"))]
    key = paramiko.RSAKey.from_private_key_file(rsa_key(tmp_path).private_key)
    with attempts(script, tmp_path) as tries, closing(tries.sign_in()) as connection:
        assert connection.auth_publickey("v", key).outcome is AuthOutcome.KEY_TYPE


def test_a_server_says_which_host_keys_it_has(tmp_path: Path) -> None:
    script = Script()
    script.host_keys.append(paramiko.RSAKey.generate(2048))
    with attempts(script, tmp_path) as tries, closing(tries.sign_in()) as connection:
        offered = [key for key in ("ssh-rsa", "ssh-ed25519") if connection.offers_key(key)]
        assert offered == ["ssh-rsa"]


def test_a_refused_host_key_costs_no_thread(tmp_path: Path) -> None:
    script = Script()
    script.behind_newkeys = [ext_info(0xFFFF_FFFF)]
    pins = ("SHA256:" + "A" * 43,)
    with attempts(script, tmp_path) as tries:
        tries.site = msgspec.structs.replace(tries.site, host_key_fingerprints=pins)
        before = threading.active_count()
        began = CLOCK.monotonic()
        problem = tries.fails()
        assert CLOCK.monotonic() - began < 2
        ours = [each for each in threading.enumerate() if isinstance(each, paramiko.Transport)]
        assert not [each for each in ours if not each.server_mode]
        assert threading.active_count() <= before + len(script.transports)
    assert problem.kind in {Kind.HOST_KEY_CHANGED, Kind.CANNOT_REACH}
    assert len(script.transports) == 1


def test_a_message_of_a_kind_that_nobody_knows_is_declined(tmp_path: Path) -> None:
    """OpenSSH knows 192 as ping; RFC 4253 §11.4 has the answer to all of them."""
    script = Script()
    script.before_success = [b"\xc0" + string(b"hello"), b"\xfe"]
    with attempts(script, tmp_path) as tries, closing(tries.sign_in()) as connection:
        assert connection.alive
