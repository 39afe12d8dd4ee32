"""An OpenSSH server process on the loopback (packaging/unpack-servers.sh)."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servers.rigs.keys import HOST_KEY_TYPES, host_key
from servers.rigs.server_process import HOST, UNPACKED, ServerProcess, free_port

SSHD = UNPACKED / "usr" / "sbin" / "sshd"


@contextmanager
def running_sshd(binary: Path, state: Path, settings: dict[str, str]) -> Iterator[ServerProcess]:
    """Run ``binary`` with host keys and ``settings`` (sshd_config(5)) kept in ``state``."""
    port = free_port()
    everything = {
        "ListenAddress": f"{HOST}:{port}",
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
        [binary, "-D", "-e", "-f", config],
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
