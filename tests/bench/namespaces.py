"""A slow link between two network namespaces of this machine. Needs root and /dev/net/tun."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.links import Link, Slowness
from bench.report import LinkReport
from bench.rows import SLOW
from servers.rigs.sshd import Address

_PLACES = Path("/run/netns")
_PREFIX = "fg-bench"
_DEVICE = "slow"
_CLIENT, _SERVER = "10.99.0.1", "10.99.0.2"
_READ_BACK = ("tcp_congestion_control", "tcp_wmem", "tcp_rmem")

# Minimum, default and maximum of a socket's buffers, in bytes: enough for any window, and what
# Linux has by default.
BUFFERS = {
    "raised": {"tcp_wmem": "4096 65536 67108864", "tcp_rmem": "4096 131072 67108864"},
    "stock": {"tcp_wmem": "4096 16384 4194304", "tcp_rmem": "4096 131072 6291456"},
}


def can_make_namespaces() -> bool:
    """Tell whether this process may make namespaces, and has the programs for it."""
    tools = all(map(_find, ("ip", "nsenter")))
    return os.geteuid() == 0 and Path("/dev/net/tun").exists() and tools


@contextmanager
def slow_namespaces(emulator: Path, slowness: Slowness) -> Iterator[Link]:
    """Two namespaces with the link between them, both gone afterwards.

    Args:
        emulator: tundelay.c, compiled.
        slowness: what the link is like.
    """
    _remove_leftovers()
    client, server = (f"{_PREFIX}-{os.getpid()}-{end}" for end in ("client", "server"))
    with ExitStack() as undo:
        for name in (client, server):
            _run(_program("ip"), "netns", "add", name)
            undo.callback(_run, _program("ip"), "netns", "delete", name)
        undo.enter_context(_emulating(emulator, client, server, slowness))
        for name, address in ((client, _CLIENT), (server, _SERVER)):
            _set_up(name, address, slowness)
        settings = {
            "delay": f"{slowness.one_way_ms:g} ms one way",
            "rate": f"{slowness.mbit_per_s} Mbit/s",
            "queue": f"{slowness.queue_mb} MiB",
            "MTU": str(slowness.mtu),
            "socket buffers": slowness.buffers,
            **{name: _read(client, name) for name in _READ_BACK},
        }
        yield Link(
            report=LinkReport(
                name=SLOW, kind="a TUN device between two network namespaces", settings=settings
            ),
            server=Address(_SERVER, _inside(server)),
            client_prefix=_inside(client),
        )


@contextmanager
def _emulating(emulator: Path, client: str, server: str, slowness: Slowness) -> Iterator[None]:
    numbers = (slowness.one_way_ms, slowness.mbit_per_s, slowness.queue_mb)
    with subprocess.Popen(
        [emulator, client, server, *map(str, numbers)], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            if process.stdout.readline() != "ready\n":
                raise RuntimeError("the emulator of the slow link did not start")
            yield
        finally:
            process.kill()


def _set_up(name: str, address: str, slowness: Slowness) -> None:
    ip = (*_inside(name), _program("ip"))
    _run(*ip, "link", "set", "lo", "up")
    _run(*ip, "address", "add", f"{address}/24", "dev", _DEVICE)
    _run(*ip, "link", "set", _DEVICE, "mtu", str(slowness.mtu), "up")
    # Nor does a command profit from what the one before it has learnt of the link.
    settings = {**BUFFERS[slowness.buffers], "tcp_no_metrics_save": "1"}
    for key, value in settings.items():
        _run(*_inside(name), "sh", "-c", f"echo {value} >/proc/sys/net/ipv4/{key}")


def _read(name: str, key: str) -> str:
    return " ".join(_run(*_inside(name), "cat", f"/proc/sys/net/ipv4/{key}").split())


def _inside(name: str) -> tuple[str, ...]:
    # Not "ip netns exec": that mounts as well, which a chroot does not let it.
    return (_program("nsenter"), f"--net={_PLACES / name}")


def _remove_leftovers() -> None:
    """Namespaces of a run that was killed."""
    for place in _PLACES.glob(f"{_PREFIX}-*"):
        owner = re.fullmatch(rf"{_PREFIX}-(\d+)-\w+", place.name)
        if owner and not Path("/proc", owner[1]).exists():
            _run(_program("ip"), "netns", "delete", place.name)


def _find(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")


def _program(name: str) -> str:
    found = _find(name)
    assert found, f"{name} is missing"
    return found


def _run(*words: str) -> str:
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout
