"""The command ``ferrygate`` as a process of its own, and sites to use it on."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import dropwhile
from pathlib import Path
from typing import Any

import msgspec

from ferrygate.bootstrap import open_ledger
from ferrygate.common.clock import SystemClock
from ferrygate.common.paths import Home
from ferrygate.sandbox.sandbox import Ready
from ferrygate.sites.connection_file import format_connection_file
from ferrygate.sites.site import Site
from support.resident_memory import ResidentMemory
from support.sandbox_site import code_secret_of

PROGRAM = (sys.executable, "-m", "ferrygate")
_SECONDS = 50.0  # for one command; below the limit of one test
_POLL_SECONDS = 0.02
_WAITING = re.compile(r"Waiting \d+ s for the next code \(each code is good once\)")

Completed = subprocess.CompletedProcess[str]


class Program:
    """Runs commands in one environment, without a terminal unless told otherwise."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)

    def __call__(self, *arguments: str | Path, stdin: str = "") -> Completed:
        """Run one command to its end."""
        return subprocess.run(
            [*PROGRAM, *map(str, arguments)],
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_SECONDS,
            check=False,
        )

    @contextmanager
    def running(self, *arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
        """Run a command; kill it if it is still there at the end."""
        with subprocess.Popen(
            [*PROGRAM, *map(str, arguments)],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    @contextmanager
    def sandbox(self, *options: str) -> Iterator[dict[str, Any]]:
        """``ferrygate sandbox --json`` and its ready line."""
        with self.running("sandbox", "--json", *options) as process:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
            process.send_signal(signal.SIGTERM)
            assert process.wait(_SECONDS) == 0

    def with_secrets(self, password: str, totp_secret: str) -> Program:
        """Give the same program with secrets in its environment."""
        secrets = {"FERRYGATE_PASSWORD": password, "FERRYGATE_TOTP_SECRET": totp_secret}
        return Program({**self.environment, **secrets})


@contextmanager
def watched(
    program: Program, *arguments: str | Path, command: tuple[str, ...] = PROGRAM
) -> Iterator[tuple[subprocess.Popen[bytes], ResidentMemory]]:
    """Run a command, and watch its memory."""
    with subprocess.Popen(
        [*command, *map(str, arguments)],
        env=program.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            with ResidentMemory(process.pid) as memory:
                yield process, memory
        finally:
            process.kill()


def program_for(ready: Ready) -> Program:
    """Make a program that has a sandbox's secrets in its environment."""
    program = Program(os.environ)
    return program.with_secrets(ready.password.reveal(), ready.totp_secret.reveal())


def connection_file(folder: Path, site: Site, **changes: Any) -> Path:
    """Write a connection file for a site with some changes."""
    path = folder / "site.ferrygate"
    changed = msgspec.structs.replace(site, **changes)
    path.write_text(format_connection_file(changed), encoding="utf-8")
    return path


def sparse(path: Path, size: int) -> Path:
    """Make a file of zeros that takes no room."""
    with path.open("wb") as file:
        file.truncate(size)
    return path


def wait_until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Look again and again until it holds."""
    end = time.monotonic() + seconds
    never = threading.Event()
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError
        never.wait(_POLL_SECONDS)


def wait_for_new_code(period: int) -> None:
    """Wait for the first second of a code's life."""
    wait_until(lambda: time.time() % period < 1)


def spend_codes(home: Path, ready: Ready, *, seconds: int) -> None:
    """Claim the codes of the coming seconds, as if other commands had sent them."""
    clock, secret = SystemClock(), code_secret_of(ready)
    ledger = open_ledger(Home(home).prepare(), clock)
    now = secret.step_at(clock.now())
    for step in range(now, now + -(-seconds // secret.period)):
        assert ledger.claim(secret, step)


def records(outcome: Completed, *events: str) -> list[dict[str, Any]]:
    """Read the JSON objects that a command printed; of some events where any are named."""
    told = [json.loads(line) for line in outcome.stdout.splitlines()]
    return [record for record in told if not events or record["event"] in events]


def after_waiting(told: str) -> list[str]:
    """Give the lines on standard error, without blank ones and those that first say to wait."""
    return list(dropwhile(_WAITING.fullmatch, filter(None, told.splitlines())))
