"""Makes the link between client and server; :mod:`bench.namespaces` makes the one that counts."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bench.report import LinkReport
from bench.rows import LOOPBACK, SLOW
from servers.rigs.server_process import HOST
from servers.rigs.sshd import ON_LOOPBACK, Address

Front = Callable[[int], AbstractContextManager[int]]

_TESTS = Path(__file__).parents[1]


@dataclass(frozen=True, kw_only=True)
class Slowness:
    """Describes a slow link.

    Attributes:
        one_way_ms: the delay of each direction.
        mbit_per_s: the rate of each direction.
        queue_mb: what may wait in each direction, in MiB; more is lost.
        mtu: of the devices, in bytes.
        buffers: of sockets, a key of :data:`bench.namespaces.BUFFERS`.
    """

    one_way_ms: float = 25.0
    mbit_per_s: int = 1000
    queue_mb: int = 64
    mtu: int = 9000
    buffers: str = "raised"


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link that is up.

    Attributes:
        report: what it is.
        server: where the server listens.
        client_prefix: the command that runs another at the client's end.
        front: puts something in front of the server's port, and gives the port to connect to.
    """

    report: LinkReport
    server: Address = ON_LOOPBACK
    client_prefix: tuple[str, ...] = ()
    front: Front = nullcontext


@contextmanager
def loopback() -> Iterator[Link]:
    """Nothing at all."""
    yield Link(report=LinkReport(name=LOOPBACK, kind="one machine, no delay", settings={}))


@contextmanager
def delay_proxy(slowness: Slowness) -> Iterator[Link]:
    """Give the second best slow link, where namespaces cannot be made."""
    settings = {
        "delay": f"{slowness.one_way_ms:g} ms one way",
        "rate": f"{slowness.mbit_per_s} Mbit/s",
    }
    kind = "a delay proxy on the loopback, which hides TCP's own slowness from everybody"

    @contextmanager
    def front(port: int) -> Iterator[int]:
        numbers = (port, slowness.one_way_ms, slowness.mbit_per_s)
        with subprocess.Popen(
            [sys.executable, "-m", "bench.delay_proxy", HOST, *map(str, numbers)],
            env={"PYTHONPATH": str(_TESTS)},
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                assert process.stdout is not None
                yield int(process.stdout.readline())
            finally:
                process.kill()

    yield Link(report=LinkReport(name=SLOW, kind=kind, settings=settings), front=front)


def probed(link: Link, slowness: Slowness) -> Link:
    """Put into the link's report what TCP alone makes of it.

    Raises:
        ValueError: it is faster than it may be, and so not there at all.
    """
    command = (sys.executable, "-S", "-m", "bench.raw_tcp")
    environment = {"PYTHONPATH": str(_TESTS)}
    host = link.server.host
    with subprocess.Popen(
        [*link.server.prefix, *command, "serve", host],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            with link.front(int(server.stdout.readline())) as port:
                done = subprocess.run(
                    [*link.client_prefix, *command, "probe", host, str(port)],
                    env=environment,
                    stdout=subprocess.PIPE,
                    text=True,
                    check=True,
                )
        finally:
            server.kill()
    found = json.loads(done.stdout)
    milliseconds, rate = found["round_trip"] * 1e3, found["bytes_per_second"]
    if milliseconds < 2 * slowness.one_way_ms or rate * 8 > slowness.mbit_per_s * 1e6:
        raise ValueError(f"the slow link is not slow: {milliseconds:.1f} ms, {rate / 1e6:.0f} MB/s")
    settings = {
        **link.report.settings,
        "round trip": f"{milliseconds:.1f} ms",
        "raw TCP": f"{rate / 1e6:.0f} MB/s for its first 64 MiB",
    }
    return Link(
        report=msgspec.structs.replace(link.report, settings=settings),
        server=link.server,
        client_prefix=link.client_prefix,
        front=link.front,
    )
