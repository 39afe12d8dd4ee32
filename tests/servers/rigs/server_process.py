"""Other people's servers (packaging/unpack-servers.sh), run on the loopback."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

from support.process_tree import descendants

HOST = "127.0.0.1"
UNPACKED = Path(__file__).parents[3] / "build" / "servers"
START_SECONDS = 10.0


class ServerProcess:
    """A running server: its port, its log, and a way to cut its connections."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.port = port
        self._process = process
        self._lines: list[str] = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read_log, name="server log")
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

    def wait_for_log(self, pattern: str, seconds: float = START_SECONDS, *, since: int = 0) -> None:
        """Wait until the pattern is found in a logged line, from line ``since`` on."""
        with self._changed:
            if not self._changed.wait_for(
                lambda: any(re.search(pattern, line) for line in self._lines[since:]), seconds
            ):
                raise TimeoutError(f"not logged: {pattern!r}\n" + "\n".join(self._lines))

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


def _send(process: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it ended by itself
        os.kill(process, number)


def free_port() -> int:
    """Find a port nobody listens on; these servers cannot be told to choose one."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
