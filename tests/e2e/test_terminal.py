"""The command with a person at a terminal."""

from __future__ import annotations

import os
import re
import select
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from e2e.program import PROGRAM, Program, connection_file, program_for, site_for, wait_for_new_code
from ferrygate.sandbox.sandbox import Sandbox

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(120)]

_SECONDS = 30.0
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Screen:
    """The other side of a program's terminal."""

    def __init__(self, descriptor: int, process: subprocess.Popen[bytes]) -> None:
        self._descriptor = descriptor
        self._process = process
        self._seen = b""

    def wait_for(self, text: str) -> None:
        """Read until the text has come."""
        end = time.monotonic() + _SECONDS
        while text not in self.text:
            if not self._read(end - time.monotonic()):
                raise AssertionError(f"no {text!r} in {self.text!r}")

    def type(self, text: str) -> None:
        os.write(self._descriptor, text.encode() + b"\n")

    def end(self) -> int:
        """Read to the end; the exit status."""
        end = time.monotonic() + _SECONDS
        while self._read(end - time.monotonic()):
            continue
        return self._process.wait(_SECONDS)

    @property
    def text(self) -> str:
        return _COLOURS.sub("", self._seen.decode("utf-8", "replace"))

    def _read(self, seconds: float) -> bool:
        if not select.select([self._descriptor], [], [], max(0.0, seconds))[0]:
            return False
        try:
            block = os.read(self._descriptor, 4096)
        except OSError:  # Linux says EIO once the last program has closed its side
            return False
        self._seen += block
        return bool(block)


@contextmanager
def at_a_terminal(program: Program, *arguments: str | Path) -> Iterator[Screen]:
    ours, theirs = os.openpty()
    with subprocess.Popen(
        [*PROGRAM, *map(str, arguments)],
        env={**program.environment, "TERM": "xterm", "COLUMNS": "200"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        try:
            yield Screen(ours, process)
        finally:
            process.kill()
            os.close(ours)


def test_what_is_missing_is_asked_for(bare: Program, sandbox: Sandbox, tmp_path: Path) -> None:
    ready = sandbox.ready
    site = connection_file(tmp_path, site_for(ready), username="", host_key_fingerprints=())
    with at_a_terminal(bare, "ls", site) as screen:
        screen.wait_for("User name:")
        screen.type(ready.username)
        screen.wait_for("Password of vendor7:")
        screen.type(ready.password.reveal())
        screen.wait_for("Key for the codes of vendor7:")
        screen.type(ready.totp_secret.reveal())
        screen.wait_for(ready.host_key_fingerprint)
        screen.wait_for("[y/N]:")
        screen.type("y")
        screen.wait_for("inbox/")
        assert screen.end() == 0
    assert ready.password.reveal() not in screen.text
    assert ready.totp_secret.reveal() not in screen.text


def test_a_host_key_can_be_refused(sandbox: Sandbox, tmp_path: Path, bare: Program) -> None:  # noqa: ARG001  its environment
    site = connection_file(tmp_path, site_for(sandbox.ready), host_key_fingerprints=())
    with at_a_terminal(program_for(sandbox.ready), "ls", site) as screen:
        screen.wait_for("[y/N]:")
        screen.type("")
        assert screen.end() == 4
    assert len(sandbox.log) == 0


def test_the_wait_for_a_code_counts_down(ferrygate: Program, site: Path, sandbox: Sandbox) -> None:
    wait_for_new_code(sandbox.ready.period)
    assert ferrygate("code", site).returncode == 0
    with at_a_terminal(ferrygate, "ls", site) as screen:
        assert screen.end() == 0
    told = re.findall(r"New code in ([0-9]) s", screen.text)
    assert told == sorted(told, reverse=True)
    assert len(set(told)) > 1


def test_a_taken_name_is_asked_about_beside_the_bar(
    ferrygate: Program, site: Path, sandbox: Sandbox, tmp_path: Path
) -> None:
    inbox = sandbox.ready.root / "inbox"
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes(b"new")
        (inbox / name).write_bytes(b"old")
    files = [tmp_path / "a.csv", tmp_path / "b.csv"]
    with at_a_terminal(ferrygate, "put", site, *files, "/inbox") as screen:
        screen.wait_for("(replace, keep-both, skip):")
        screen.type("replace")
        assert screen.end() == 0
    assert screen.text.count("(replace, keep-both, skip):") == 1
    assert "2 files delivered" in screen.text
    assert {(inbox / name).read_bytes() for name in ("a.csv", "b.csv")} == {b"new"}
