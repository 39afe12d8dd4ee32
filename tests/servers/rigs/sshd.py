"""An OpenSSH server process on the loopback, unpacked under build/ by packaging/setup.sh."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from process_tree import descendants

HOST = "127.0.0.1"
UNPACKED = Path(__file__).parents[3] / "build" / "servers"
SSHD = UNPACKED / "usr" / "sbin" / "sshd"
HOST_KEY_TYPES = ("ed25519", "ecdsa", "rsa")
_START_SECONDS = 10.0


class Sshd:
    """A running sshd: its port, its log, and a way to cut its connections."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.port = port
        self._process = process
        self._lines: list[str] = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read_log, name="sshd log")
        self._reader.start()

    def _read_log(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as stream:
            for line in stream:
                with self._changed:
                    self._lines.append(line.rstrip("\n"))
                    self._changed.notify_all()

    def log(self) -> str:
        """Everything it has logged so far."""
        with self._changed:
            return "\n".join(self._lines)

    def wait_for_log(self, text: str, seconds: float = _START_SECONDS) -> None:
        """Wait until a logged line holds ``text``."""
        with self._changed:
            if not self._changed.wait_for(
                lambda: any(text in line for line in self._lines), seconds
            ):
                raise TimeoutError(f"sshd did not log {text!r}:\n" + "\n".join(self._lines))

    def cut_connections(self) -> None:
        """End every connection at once, as a failing server would; the listener stays."""
        stopped: set[int] = set()
        # A stopped process starts no other, so at last there is none that we do not know.
        while found := set(descendants(self._process.pid)) - stopped:
            for process in found:
                _send(process, signal.SIGSTOP)
            stopped |= found
        for process in stopped:
            _send(process, signal.SIGKILL)

    def stop(self) -> None:
        """End the listener and every connection, and read the log to its end."""
        _send(self._process.pid, signal.SIGSTOP)  # so that no connection comes in between
        self.cut_connections()
        self._process.kill()
        self._process.wait()
        self._reader.join()


@contextmanager
def running_sshd(binary: Path, state: Path, settings: dict[str, str]) -> Iterator[Sshd]:
    """Run ``binary`` with host keys and ``settings`` (sshd_config(5)) kept in ``state``."""
    port = _free_port()
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
    lines = [f"HostKey {_host_key(state, kind)}" for kind in HOST_KEY_TYPES]
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
    server = Sshd(process, port)
    try:
        server.wait_for_log("Server listening on")
        yield server
    finally:
        server.stop()


def _send(process: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it ended by itself
        os.kill(process, number)


def fingerprints(state: Path) -> tuple[str, ...]:
    """The host keys' fingerprints: ``SHA256:`` and unpadded base64."""
    found = []
    for kind in HOST_KEY_TYPES:
        public = state.joinpath(f"host_{kind}.pub").read_text(encoding="ascii")
        digest = hashlib.sha256(base64.b64decode(public.split()[1])).digest()
        found.append("SHA256:" + base64.b64encode(digest).decode("ascii").rstrip("="))
    return tuple(found)


def make_key(path: Path, kind: str) -> Path:
    """Make a key pair without a passphrase, and give the private key's path."""
    keygen = shutil.which("ssh-keygen")
    assert keygen, "ssh-keygen is missing: run `make setup`"
    subprocess.run(
        [keygen, "-q", "-t", kind, "-N", "", "-C", "test", "-f", path],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return path


def _host_key(state: Path, kind: str) -> Path:
    return make_key(state / f"host_{kind}", kind)


def _free_port() -> int:
    """A port nobody listens on; sshd cannot be told to choose one."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
