"""An OpenSSH server process (packaging/unpack-servers.sh)."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from servers.rigs.keys import HOST_KEY_TYPES, host_key
from servers.rigs.server_process import HOST, UNPACKED, ServerProcess, free_port

SSHD = UNPACKED / "usr" / "sbin" / "sshd"


@dataclass(frozen=True)
class Address:
    """Where a server listens.

    Attributes:
        host: the loopback, or an address in a network namespace that the run made.
        prefix: the command that runs another in that namespace.
    """

    host: str = HOST
    prefix: tuple[str, ...] = ()


ON_LOOPBACK = Address()


@contextmanager
def running_sshd(
    binary: Path, state: Path, settings: Mapping[str, str], address: Address = ON_LOOPBACK
) -> Iterator[ServerProcess]:
    """Run ``binary`` with host keys and ``settings`` (sshd_config(5)) kept in ``state``."""
    port = free_port()
    everything = {
        "ListenAddress": f"{address.host}:{port}",
        "PidFile": "none",
        "LogLevel": "VERBOSE",
        "UseDNS": "no",
        "Subsystem": "sftp internal-sftp",
        # The files lie below the temporary folder, which everybody may write to.
        "StrictModes": "no",
        **settings,
    }
    config = state / "sshd_config"
    lines = [f"HostKey {host_key(state, kind)}" for kind in HOST_KEY_TYPES]
    lines += [f"{name} {value}" for name, value in everything.items()]
    config.write_text("\n".join([*lines, ""]), encoding="utf-8")
    process = subprocess.Popen(
        [*address.prefix, binary, "-D", "-e", "-f", config],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    server = ServerProcess(process, port)
    try:
        server.wait_for_log("Server listening on")
        yield server
    finally:
        server.stop()
