"""Runs an engine over a test's server, with a listener that keeps all events."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from ferrygate.common.atomic_files import check_writable
from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.errors import CannotReachError, Problem
from ferrygate.common.logs import LiveSecrets
from ferrygate.common.message import message
from ferrygate.common.open_files import room
from ferrygate.common.processes import SystemProcesses
from ferrygate.common.system_disk import SystemDisk
from ferrygate.common.threads import SystemThreads
from ferrygate.engine.dependencies import EngineDependencies
from ferrygate.engine.engine import Engine
from ferrygate.engine.messages.codes import UseCodeSecret
from ferrygate.engine.messages.event import Answer, Done, Event, Failed
from ferrygate.engine.messages.files import FolderBlock, TakeMore
from ferrygate.engine.messages.session import (
    OpenSite,
    SessionChanged,
    SessionState,
    SignIn,
    UsePassword,
)
from ferrygate.engine.messages.transfers import BatchChanged, BatchStarted, FileChanged
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sftp.channel import SftpChannel
from ferrygate.sign_in.attempt import SignInAttempts
from ferrygate.sign_in.ledger import Ledger
from ferrygate.sign_in.okta_attempts import OktaAttempts
from ferrygate.sign_in.okta_http import HttpConnector
from ferrygate.sites.known_hosts import HostKey, KnownHosts
from ferrygate.sites.skew import SkewStore
from ferrygate.ssh.connect_steps import ReportConnectStep
from ferrygate.ssh.connection import Connection, connect
from ferrygate.ssh.deadlines import Deadlines
from ferrygate.transfers.views import BatchId, BatchView, FileView
from ferrygate.vault.memory import MemoryVault
from ferrygate.vault.vault import Vault
from support.fake_clock import WallClock
from support.sandbox_site import code_secret_of, site_of

E = TypeVar("E")

_TIMEOUT_SECONDS = 20.0  # seconds until a test gives up on an event


class Listener:
    """Remembers every event, in order; others may wait for one."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.then: Callable[[Event], None] = lambda _event: None
        self.take_more: Callable[[TakeMore], None] = lambda _command: None
        self.takes_blocks = True
        self._changed = threading.Condition()

    def __call__(self, event: Event) -> None:
        self.then(event)
        if isinstance(event, FolderBlock) and self.takes_blocks:
            self.take_more(TakeMore(event.request))
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait(
        self, wanted: Callable[[Event], object], timeout_seconds: float = _TIMEOUT_SECONDS
    ) -> None:
        """Wait until an event that is ``wanted`` has come."""
        with self._changed:
            came = self._changed.wait_for(lambda: any(map(wanted, self.events)), timeout_seconds)
        assert came, f"never came; there were {self.events[-20:]}"

    def all(self, kind: type[E]) -> list[E]:
        """Return all events of a kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    def answers(self, request: int) -> list[Answer]:
        """Return the answers to a request: one, if all is well."""
        ends = [event for event in self.events if isinstance(event, Answer)]
        return [event for event in ends if event.request == request]

    def batch_ends(self, batch: BatchId) -> list[BatchChanged]:
        """Return the ends of a batch: one, unless it is tried again."""
        return [change for change in self.all(BatchChanged) if _ends(change, batch)]


def _ends(event: Event, batch: BatchId) -> bool:
    return isinstance(event, BatchChanged) and event.view.batch == batch and event.view.finished


class EngineRig:
    """Holds an engine, its listener and its dependencies."""

    def __init__(
        self,
        home: Path,
        clock: Clock,
        open_vault: Callable[[], Vault] | None = None,
        *,
        keep_trying: float = 60.0,
        random: Callable[[], float] = lambda: 0.0,
        check_home: Callable[[], None] | None = None,
    ) -> None:
        self.clock = clock
        self.listener = Listener()
        self.connections: list[Connection] = []
        self.is_reachable = True
        self.collections = 0  # of garbage
        self.on_new_part_name: Callable[[], None] = lambda: None  # a download is about to begin
        self.ledger = Ledger(home / "ledger", clock, SystemProcesses(), lambda count: b"s" * count)
        self.known_hosts = KnownHosts(home / "known_hosts")
        skews = SkewStore(home / "skew")
        self._numbers = itertools.count(1)
        vault = MemoryVault()
        okta = OktaAttempts(self.ledger, skews, HttpConnector(clock), clock)
        attempts = SignInAttempts(self.ledger, self.known_hosts, self._connect, clock)
        self.engine = Engine(
            EngineDependencies(
                clock=clock,
                threads=SystemThreads(),
                disk=SystemDisk(),
                ledger=self.ledger,
                known_hosts=self.known_hosts,
                attempts=attempts,
                check_attempts=attempts,
                check_home=check_home or partial(check_writable, home),
                okta=lambda: okta,
                skews=skews,
                open_vault=open_vault or (lambda: vault),
                live_secrets=LiveSecrets(),
                random_hex=self._random_hex,
                random=random,
                file_room=room,
                machine="0123abcd",
                upload_claims=home / "replacing",
                keep_trying=keep_trying,
                collect_garbage=self._collect_garbage,
            ),
            self.listener,
        )
        self.listener.take_more = self.engine.send

    def _collect_garbage(self) -> None:
        self.collections += 1

    def _connect(
        self,
        host: str,
        port: int,
        known: tuple[HostKey, ...],
        cancel: CancelToken,
        report: ReportConnectStep,
    ) -> Connection:
        if not self.is_reachable:
            raise CannotReachError(message("There is no way there."))
        connection = connect(
            host, port, known, self.clock, Deadlines(handshake=2.0), cancel, report=report
        )
        self.connections.append(connection)
        return connection

    def open_channels(self, count: int) -> list[SftpChannel]:
        """Take channels away from the session, the one among them that the sign-in opened."""
        session = self.engine._supervisor.session
        assert session is not None
        assert session.connection is not None
        return [session.connection.open_channel(CancelToken(SystemThreads())) for _ in range(count)]

    def _random_hex(self, count: int) -> str:
        if threading.current_thread().name != "engine":  # there batches are named
            self.on_new_part_name()
        return os.urandom(count).hex()

    def close(self) -> None:
        self.engine.close()

    def number(self) -> int:
        return next(self._numbers)

    def send(self, kind: Callable[..., Any], *fields: Any, **named: Any) -> int:
        """Send a command of a kind; returns its request's number."""
        request = self.number()
        self.engine.send(kind(request, *fields, **named))
        return request

    def answer_of(self, request: int, timeout_seconds: float = _TIMEOUT_SECONDS) -> Answer:
        """Wait for the answer to a request."""
        self.listener.wait(
            lambda event: isinstance(event, Answer) and event.request == request, timeout_seconds
        )
        (answer,) = self.listener.answers(request)
        return answer

    def batch_of(self, request: int) -> BatchId:
        """Wait for the batch that a request becomes."""
        answer = self.answer_of(request)
        assert isinstance(answer, BatchStarted), answer
        return answer.batch

    def end_of(
        self, request: int, timeout_seconds: float = _TIMEOUT_SECONDS
    ) -> Done | Failed | BatchChanged:
        """Wait for the end of a request, or of the batch that it became."""
        answer = self.answer_of(request, timeout_seconds)
        if not isinstance(answer, BatchStarted):
            return answer
        return self.end_of_batch(answer.batch, timeout_seconds)

    def end_of_batch(
        self, batch: BatchId, timeout_seconds: float = _TIMEOUT_SECONDS
    ) -> BatchChanged:
        """Wait for the end of a batch, which has to be its only one."""
        self.listener.wait(lambda event: _ends(event, batch), timeout_seconds)
        (end,) = self.listener.batch_ends(batch)
        return end

    def problem_of(self, request: int, timeout_seconds: float = _TIMEOUT_SECONDS) -> Problem | None:
        """Wait for the end of a request, or of its batch; returns why that did not end well."""
        match self.end_of(request, timeout_seconds):
            case Failed(problem=problem) | BatchChanged(view=BatchView(problem=problem)):
                return problem
            case _:
                return None

    def do(self, kind: Callable[..., Any], *fields: Any, **named: Any) -> None:
        """Send a command that has to end well."""
        problem = self.problem_of(self.send(kind, *fields, **named))
        assert problem is None, problem

    def refused(self, kind: Callable[..., Any], *fields: Any, **named: Any) -> Problem:
        """Send a command that has to fail; returns why."""
        problem = self.problem_of(self.send(kind, *fields, **named))
        assert problem is not None
        return problem

    @property
    def states(self) -> list[SessionState]:
        return [change.state for change in self.listener.all(SessionChanged)]

    def files(self) -> dict[bytes, FileView]:
        """Return the last state of every file, by its remote path."""
        return {change.view.remote: change.view for change in self.listener.all(FileChanged)}


def open_with_secrets(rig: EngineRig, sandbox: Sandbox, **changes: Any) -> None:
    """Turn to the sandbox with its password and code secret at hand."""
    rig.do(OpenSite, site_of(sandbox.ready, **changes))
    rig.do(UsePassword, sandbox.ready.password)
    rig.do(UseCodeSecret, code_secret_of(sandbox.ready))


def signed_in(rig: EngineRig, sandbox: Sandbox, **changes: Any) -> None:
    """Sign in to the sandbox, with some changes to the site."""
    open_with_secrets(rig, sandbox, **changes)
    rig.do(SignIn)


def next_code(clock: WallClock) -> None:
    """Let the code of now give way to the next."""
    clock.time += 30
