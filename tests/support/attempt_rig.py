"""Makes attempts to sign in to scripted servers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import msgspec
import paramiko

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.cancel import CancelToken
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.common.threads import SystemThreads
from ferrygate.sign_in.attempt import SignInAttempts
from ferrygate.sign_in.credentials import Credentials, TypedCode
from ferrygate.sign_in.ledger import Lease, Ledger
from ferrygate.sign_in.steps import ReportStep, Step
from ferrygate.sites.known_hosts import HostKey, KnownHosts
from ferrygate.sites.site import SignInSettings, Site
from ferrygate.ssh.answers import AuthAnswer, AuthOutcome
from ferrygate.ssh.connect_steps import ConnectStep, ReportConnectStep
from ferrygate.ssh.connection import Connection
from ferrygate.ssh.prompts import Prompt, PromptRound, Respond
from support.fake_clock import ManualClock

KEY, OTHER_KEY = (
    HostKey("ssh-ed25519", b"\0\0\0\x0bssh-ed25519\0\0\0\x04" + key) for key in (b"this", b"that")
)
SECRET = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))
CREDENTIALS = Credentials(password=Secret("correct horse"), code_secret=SECRET)
SITE = Site(
    name="s",
    host="sftp.example.org",
    username="vendor7",
    host_key_fingerprints=(KEY.fingerprint,),
)
BY_PROMPTS = msgspec.structs.replace(SITE, sign_in=SignInSettings(steps=("keyboard-interactive",)))
ACCEPTED, REFUSED, UNKNOWN = (
    AuthAnswer(outcome)
    for outcome in (AuthOutcome.ACCEPTED, AuthOutcome.REFUSED, AuthOutcome.UNKNOWN)
)
PASSWORD_OFFERED = AuthAnswer(AuthOutcome.REFUSED, ("password", "publickey"))
PROMPTS_OFFERED = AuthAnswer(AuthOutcome.REFUSED, ("keyboard-interactive",))


def asks(*texts: str, instruction: str = "", echo: bool = False) -> PromptRound:
    """Make a round with these prompts."""
    return PromptRound(instruction, tuple(Prompt(text, echo=echo) for text in texts))


class FakeConnection:
    """Answers as a server, and keeps what it was sent."""

    def __init__(
        self,
        *,
        none: AuthAnswer = PASSWORD_OFFERED,
        password: AuthAnswer = ACCEPTED,
        key: AuthAnswer = ACCEPTED,
        asks: Sequence[PromptRound] = (),
        interactive: AuthAnswer = ACCEPTED,
    ) -> None:
        self.host_key = KEY
        self.alive = True
        self.trusted = False
        self.closed = False
        self.sent: list[str] = []
        self.conversations = 0  # requests for keyboard-interactive
        self._none = none
        self._password = password
        self._key = key
        self._asks = asks
        self._interactive = interactive
        self.on_password: Callable[[], None] = lambda: None  # while the server thinks
        self.tick: Callable[[], None] = lambda: None
        self.asked = False
        self.banner = ""
        self.key_types: tuple[str, ...] | None = None  # of the server's host keys; all where none

    def trust(self) -> None:
        self.trusted = True

    def offers_key(self, key_type: str) -> bool:
        return self.key_types is None or key_type in self.key_types

    def on_banner(self, tell: Callable[[str], None]) -> None:
        self.tell = tell

    def while_waiting(self, tick: Callable[[], None]) -> None:
        self.tick = tick

    def auth_none(self, _username: str) -> AuthAnswer:
        assert self.trusted
        self.asked = True
        return self._none

    def auth_publickey(self, _username: str, key: paramiko.PKey) -> AuthAnswer:
        assert self.trusted
        self.sent.append(key.get_name())
        return self._key

    def auth_password(self, _username: str, password: Secret) -> AuthAnswer:
        self.sent.append(password.reveal())
        self.on_password()
        return self._password

    def auth_interactive(self, _username: str, respond: Respond) -> AuthAnswer:
        self.conversations += 1
        for asked in self._asks:
            answers = respond(asked)
            assert len(answers) == len(asked.prompts)
            self.sent += answers
        return self._interactive

    def close(self) -> None:
        self.closed = True


class Watcher:
    """Records what an observer is called with."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.accept = True
        self.on_key: Callable[[], None] = lambda: None
        self.on_prompt: Callable[[], None] = lambda: None
        self.answers: dict[str, str | None] = {}  # what the person says to prompts, if anything
        self.tires = False  # answers each prompt but once

    def connecting(self) -> None:
        self.told.append("connecting")

    def waiting_for_code(self, until: float) -> None:
        self.told.append(until)

    def signing_in(self) -> None:
        self.told.append("signing in")

    def secrets_not_used(self, kinds: frozenset[SecretKind]) -> None:
        self.told.append(kinds)

    def confirm_host_key(self, key: HostKey) -> bool:
        self.told.append(key)
        self.on_key()
        return self.accept

    def server_said(self, words: str) -> None:
        self.told.append(words)

    def answer_prompt(self, text: str, *, echo: bool, instruction: str = "") -> Secret | None:
        self.told.append((text, instruction, echo))
        self.on_prompt()
        answer = self.answers[text]
        if self.tires:
            self.answers[text] = None
        return None if answer is None else Secret(answer)

    def code_typed(self, *, at_prompt: bool) -> None:
        self.told.append("code typed at a prompt" if at_prompt else "code typed")

    def password_changed(self) -> None:
        self.told.append("password changed")


class AttemptRig:
    """Makes attempts over one ledger, to scripted servers."""

    def __init__(self, folder: Path, ledger: Ledger, clock: ManualClock) -> None:
        self.clock = clock
        self.ledger = ledger
        self.known_hosts_file = folder / "known_hosts"
        self.known_hosts = KnownHosts(self.known_hosts_file)
        self.watcher = Watcher()
        self.cancel = CancelToken(SystemThreads())
        self.server = FakeConnection()
        self.connects: list[tuple[str, int, tuple[HostKey, ...]]] = []
        self.on_connect: Callable[[], None] = lambda: None
        self.connect_steps: tuple[ConnectStep, ...] = ()  # as the connection comes about
        self.steps: list[Step] = []
        self.report: ReportStep = self.steps.append
        self._attempts = SignInAttempts(ledger, self.known_hosts, self._connect, clock)

    def _connect(
        self,
        host: str,
        port: int,
        known: tuple[HostKey, ...],
        cancel: CancelToken,
        report: ReportConnectStep,
    ) -> Connection:
        assert cancel is self.cancel
        for step in self.connect_steps:
            report(step)
        self.connects.append((host, port, known))
        self.on_connect()
        return cast("Connection", self.server)

    def sign_in(
        self,
        site: Site = SITE,
        credentials: Credentials = CREDENTIALS,
        *,
        try_anyway: bool = False,
        report: ReportStep | None = None,
    ) -> Connection:
        return self._attempts.sign_in(
            site,
            credentials,
            self.watcher,
            self.cancel,
            try_anyway=try_anyway,
            report=report or self.report,
        )

    def reach(self, site: Site = SITE, credentials: Credentials = CREDENTIALS) -> None:
        self._attempts.reach(site, credentials, self.watcher, self.cancel)

    def look(self, site: Site = SITE) -> None:
        self._attempts.look(site, self.cancel, report=self.report)

    def lease(self, site: Site = SITE) -> Lease:
        """Take the account's lease, whatever the breaker says: the ledger counts on."""
        admission = self.ledger.admit(site.account, try_anyway=True)
        assert admission.lease is not None
        return admission.lease

    def typed(self, code: str | None = None, **others: Any) -> Credentials:
        """Give a password, and a code, the present one or another, as typed just now."""
        digits = Secret(self.code if code is None else code)
        typed_code = TypedCode(digits, TypedCode.now(self.clock) + SITE.sign_in.period)
        return Credentials(password=Secret("correct horse"), typed_code=typed_code, **others)

    @property
    def code(self) -> str:
        """Give the present code."""
        return SECRET.code_for_step(SECRET.step_at(self.clock.now()))

    @property
    def refusals(self) -> int:
        return self.ledger.refusals(SITE.account)


def sign_in_by_prompts(
    case: AttemptRig,
    *rounds: PromptRound,
    site: Site = BY_PROMPTS,
    verdict: AuthAnswer = ACCEPTED,
    credentials: Credentials = CREDENTIALS,
    person: Mapping[str, str | None] = {},
) -> list[str]:
    """Sign in to a server that asks these rounds, and give what it was sent."""
    case.server = FakeConnection(none=PROMPTS_OFFERED, asks=rounds, interactive=verdict)
    case.watcher.answers.update(person)
    case.sign_in(site, credentials)
    return case.server.sent
