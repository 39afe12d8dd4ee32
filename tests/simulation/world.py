"""Puts a server, a computer and its processes together, as a seed draws them.

All of ``engine``, ``transfers``, ``sign_in``, ``sftp``, ``sites`` and ``codes`` runs as it is.
Not driven are: ``ssh`` and what lies below, for which :mod:`simulation.connection` stands in; the
back ends of the keychain; ``app``, ``cli`` and ``api``; and the files of ledger, known hosts
and clock corrections, which lie on the real disk, in a folder of their own.
"""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Callable
from pathlib import Path
from random import Random

import msgspec

from simulation.account import Account
from simulation.client import Client
from simulation.connection import Server, ServerSettings
from simulation.event_log import EventLog
from simulation.line import Break, LineSettings
from simulation.memory_files import Computer
from simulation.remote_store import RemoteStore
from simulation.scheduler import Process, Scheduler
from simulation.threads import EPOCH, SimulatedEvent

_IDENTS = ("SSH-2.0-AWS_SFTP_1.2", "SSH-2.0-OpenSSH_9.6", "SSH-2.0-Simulation")
_LATENCIES = (0.0005, 0.01, 0.08)  # seconds one way
_SPEEDS = (1e6, 1e7, 1e8)  # bytes a second
_SIZES = (0, 1, 1000, 32_768, 100_000, 300_000)  # bytes, at most
_MAX_TREE = 25  # files
_MAX_SECONDS = 7200.0  # that the longest scenario takes, with room to spare
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  where there is one, no sync is waited for


class World:
    """Runs a simulation of one seed.

    Attributes:
        random: draws what a scenario wants drawn.
        computer: the files of the person's computer.
        store: the files of the server.
        account: what the server was sent to sign in.
    """

    def __init__(self, seed: int, home: Path) -> None:
        self.log = EventLog()
        self.scheduler = Scheduler(seed, self.log)
        self.random = Random(f"world of {seed}")
        self._home = home
        self._breaks: deque[tuple[int, Break]] = deque()
        self._running: list[Process] = []
        ident = self.random.choice(_IDENTS)
        self.store = RemoteStore(self.now, is_object_store="AWS" in ident)
        self.account = Account(self.now)
        self.computer = Computer(self.scheduler, Random(f"computer of {seed}"))
        settings = ServerSettings(
            ident=ident,
            max_channels=self.random.choice((2, 4, 10)),
            max_seconds=self.random.choice((0.0005, 0.02)),
            patience=self.random.uniform(30.0, 290.0),
        )
        self.server = Server(
            settings, self.store, self.account, self.scheduler, Random(f"server of {seed}")
        )
        self._line = LineSettings(
            seconds=self.random.choice(_LATENCIES),
            bytes_per_second=self.random.choice(_SPEEDS),
        )
        self.store.folders[b"/inbox"] = None
        self.computer.put("/vendor/readme.txt", b"here")

    def now(self) -> float:
        """Return seconds since the epoch."""
        return EPOCH + self.scheduler.time

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        SimulatedEvent(self.scheduler).wait(seconds)

    def wait_steps(self, count: int) -> None:
        """Let so many steps be taken, by whomever."""
        event = SimulatedEvent(self.scheduler)
        self.scheduler.call_at_step(self.scheduler.steps + count, event.set)
        event.wait()

    def start_client(self) -> Client:
        """Start a process with an engine."""
        process = Process(f"client{len(self._running) + 1}")
        self._running.append(process)
        return Client(
            process, self._running, self.computer, self.server, self._next_line, self._home
        )

    def break_after(self, count: int, how: Break) -> None:
        """Have the next connection that is not spoken for break after so many bytes."""
        self._breaks.append((count, how))

    def _next_line(self) -> LineSettings:
        if not self._breaks:
            return self._line
        count, how = self._breaks.popleft()
        return msgspec.structs.replace(self._line, breaks_after=count, breaks_by=how)

    def draw_tree(self) -> dict[str, bytes]:
        """Draw files in folders, no two alike."""
        tree: dict[str, bytes] = {}
        for number in range(self.random.randint(1, _MAX_TREE)):
            folder = self.random.choice(("", "a/", "a/b/", "c/"))
            tree[f"{folder}{number}.csv"] = self.draw_file()
        return tree

    def draw_file(self) -> bytes:
        """Draw the bytes of a file."""
        return self.random.randbytes(self.random.randint(0, self.random.choice(_SIZES)))


Scenario = Callable[[World], None]


def run(scenario: Scenario, seed: int) -> EventLog:
    """Run a scenario to its end; returns the log.

    Raises:
        AssertionError: something is wrong in the end, or there is none; a note has the seed.
    """
    log, error = replay(scenario, seed)
    if error is not None:
        error.add_note(f"seed {seed} of {scenario.__name__}")
        raise error
    return log


def replay(
    scenario: Scenario, seed: int, *, seconds: float = _MAX_SECONDS
) -> tuple[EventLog, Exception | None]:
    """Run a scenario to its end, within some simulated seconds; return log and error."""
    shared = _SHARED_MEMORY if _SHARED_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="simulation-", dir=shared) as home:
        world = World(seed, Path(home))
        error: Exception | None = None
        try:
            world.scheduler.run(lambda: scenario(world), seconds=seconds)
            world.scheduler.run(lambda: world.wait(1), "end")  # for threads that are about to end
            assert world.scheduler.living() == []
        except Exception as found:  # noqa: BLE001  told with the log
            error = found
        finally:
            world.scheduler.unwind()
        return world.log, error
