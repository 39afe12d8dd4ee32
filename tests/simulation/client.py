"""Runs a whole engine as one process of the simulation, and hears all that it says."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, cast

from ferrygate.common.cancel import CancelToken
from ferrygate.common.logs import LiveSecrets
from ferrygate.engine.dependencies import EngineDependencies
from ferrygate.engine.engine import Engine
from ferrygate.engine.messages.codes import UseCodeSecret
from ferrygate.engine.messages.event import Answer, Done, Event
from ferrygate.engine.messages.files import FolderBlock, TakeMore
from ferrygate.engine.messages.session import OpenSite, SignIn, UsePassword
from ferrygate.engine.messages.transfers import BatchChanged, BatchStarted, FileChanged
from ferrygate.sign_in.attempt import SignInAttempts
from ferrygate.sign_in.ledger import Ledger
from ferrygate.sign_in.okta_attempts import OktaAttempts
from ferrygate.sites.known_hosts import HostKey, KnownHosts
from ferrygate.sites.site import Site
from ferrygate.sites.skew import SkewStore
from ferrygate.ssh.connect_steps import ReportConnectStep
from ferrygate.ssh.connection import Connection
from ferrygate.transfers.views import BatchId, BatchView, FileView
from ferrygate.vault.memory import MemoryVault
from simulation.account import CODE_SECRET, PASSWORD
from simulation.connection import KEY, Server, SimulatedConnection
from simulation.line import LineSettings
from simulation.memory_disk import MemoryDisk
from simulation.memory_files import Computer
from simulation.scheduler import Process
from simulation.threads import SimulatedClock, SimulatedEvent, SimulatedThreads

SITE = Site(
    name="Simulation",
    host="sftp.example.org",
    username="vendor7",
    host_key_fingerprints=(KEY.fingerprint,),
)
_MAX_FILES = 500  # that a process may open
_KEEP_TRYING_SECONDS = 900.0


class SimulatedProcesses:
    """Tells which processes of the simulation run."""

    def __init__(self, me: Process, running: list[Process]) -> None:
        self.me = me.name
        self._running = running

    def is_running(self, name: str) -> bool:
        return any(process.name == name and not process.is_dead for process in self._running)


class Client:
    """Holds an engine with all that it needs, and remembers its events.

    Attributes:
        events: all that came, in order.
    """

    def __init__(
        self,
        process: Process,
        running: list[Process],
        computer: Computer,
        server: Server,
        lines: Callable[[], LineSettings],
        home: Path,
    ) -> None:
        """Start the engine.

        Args:
            process: the engine's.
            running: all processes of the simulation.
            computer: has the files.
            server: what it connects to.
            lines: gives the line of each connection.
            home: a folder of the real disk, for ledger and known hosts.
        """
        self.events: list[Event] = []
        self.process = process
        self._scheduler = server.scheduler
        self._server = server
        self._lines = lines
        self._connections: list[SimulatedConnection] = []
        self._requests = itertools.count(1)
        self._asked: list[int] = []
        self._news = SimulatedEvent(server.scheduler)
        self._disk = MemoryDisk(computer)
        random = Random(f"{process.name} {computer.random.random()}")
        clock = SimulatedClock(server.scheduler)
        threads = SimulatedThreads(server.scheduler, process)
        processes = SimulatedProcesses(process, running)
        ledger = Ledger(home / "ledger", clock, processes, random.randbytes)
        known_hosts = KnownHosts(home / "known_hosts")
        vault = MemoryVault()
        attempts = SignInAttempts(ledger, known_hosts, self._connect, clock)
        self.engine = Engine(
            EngineDependencies(
                clock=clock,
                threads=threads,
                disk=self._disk,
                ledger=ledger,
                known_hosts=known_hosts,
                attempts=attempts,
                check_attempts=attempts,
                check_home=lambda: None,
                okta=_no_okta,
                skews=SkewStore(home / "skew"),
                open_vault=lambda: vault,
                live_secrets=LiveSecrets(),
                random_hex=lambda count: random.randbytes(count).hex(),
                random=random.random,
                file_room=lambda: _MAX_FILES,
                machine="51311a7e",
                upload_claims=Path("/claims"),
                keep_trying=_KEEP_TRYING_SECONDS,
                collect_garbage=lambda: None,
            ),
            self._listen,
        )

    def _listen(self, event: Event) -> None:
        self.events.append(event)
        self._scheduler.note(f"tells {event!r}")
        if isinstance(event, FolderBlock):
            self.engine.send(TakeMore(event.request))
        self._news.set()

    def _connect(
        self,
        _host: str,
        _port: int,
        _known: tuple[HostKey, ...],
        _cancel: CancelToken,
        _report: ReportConnectStep,
    ) -> Connection:
        name = f"{self.process.name}-{len(self._connections)}"
        connection = SimulatedConnection(name, self._server, self._lines())
        self._connections.append(connection)
        connection.ask()  # keys are exchanged
        return cast("Connection", connection)

    # ------------------------------------------------------------ what a person does

    def send(self, kind: Callable[..., Any], *fields: Any, **named: Any) -> int:
        """Send a request; returns its number."""
        request = next(self._requests)
        self._asked.append(request)
        self.engine.send(kind(request, *fields, **named))
        return request

    def do(self, kind: Callable[..., Any], *fields: Any, **named: Any) -> None:
        """Send a request that has to end well."""
        answer = self.answer_of(self.send(kind, *fields, **named))
        assert isinstance(answer, Done), answer

    def sign_in(self) -> None:
        """Sign in with password and code."""
        self.do(OpenSite, SITE)
        self.do(UsePassword, PASSWORD)
        self.do(UseCodeSecret, CODE_SECRET)
        self.do(SignIn)

    def answers(self, request: int) -> list[Answer]:
        """Return the answers to a request: one, if all is well."""
        ends = [event for event in self.events if isinstance(event, Answer)]
        return [event for event in ends if event.request == request]

    def answer_of(self, request: int) -> Answer:
        """Wait for the answer to a request."""
        self.wait(lambda: bool(self.answers(request)))
        return self.answers(request)[0]

    def begin(self, kind: Callable[..., Any], *fields: Any, **named: Any) -> BatchId:
        """Send a request that becomes a batch; returns its name."""
        answer = self.answer_of(self.send(kind, *fields, **named))
        assert isinstance(answer, BatchStarted), answer
        return answer.batch

    def end_of(self, batch: BatchId, times: int = 1) -> BatchView:
        """Wait until a batch has ended, as often as it was begun."""
        self.wait(lambda: len(self.ends(batch)) >= times)
        return self.ends(batch)[times - 1]

    def ends(self, batch: BatchId) -> list[BatchView]:
        """Return the ends of a batch that were told: one, if all is well."""
        views = [event.view for event in self.events if isinstance(event, BatchChanged)]
        return [view for view in views if view.batch == batch and view.finished]

    def files(self, batch: BatchId) -> list[FileView]:
        """Return the last state of each file of a batch."""
        changes = [event for event in self.events if isinstance(event, FileChanged)]
        views = {change.view.number: change.view for change in changes if change.batch == batch}
        return list(views.values())

    def wait(self, has_come: Callable[[], bool]) -> None:
        """Wait until something is so, which an event may make so."""
        while not has_come():
            self._news.clear()
            if not has_come():
                self._news.wait()

    def wait_requests(self, batch: BatchId, count: int, times: int = 1) -> None:
        """Wait for so many more answers of the server, or for the end of a batch (its n-th)."""
        last = self._server.requests + count
        self._server.call_at_request(last, self._news.set)
        self.wait(lambda: self._server.requests >= last or len(self.ends(batch)) >= times)

    def close(self) -> None:
        """End the engine as a person does; each request was answered once, each file closed."""
        self.engine.close()
        counts = {request: len(self.answers(request)) for request in self._asked}
        assert counts == dict.fromkeys(self._asked, 1)
        assert not self._disk.descriptors

    # ------------------------------------------------------------ what befalls it

    def kill(self) -> None:
        """End the process where it stands."""
        self._scheduler.kill(self.process)
        self._disk.die()
        for connection in self._connections:
            connection.hang_up()


def _no_okta() -> OktaAttempts:
    raise AssertionError("the site names no Okta address")
