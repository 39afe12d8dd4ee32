"""The ledger under real processes that all want the same at once."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

_CHILD = """
import os, sys
from pathlib import Path
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.clock import SystemClock
from ferrygate.common.secret import Secret
from ferrygate.sign_in.ledger import Ledger
from ferrygate.common.processes import SystemProcesses

secret = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))
sys.stdout.write("ready\\n"); sys.stdout.flush()
sys.stdin.readline()
ledger = Ledger(Path(sys.argv[1]), SystemClock(), SystemProcesses(), os.urandom)
won = [step for step in range(int(sys.argv[2])) if ledger.claim(secret, step)]
admission = ledger.admit("account")
gate = admission.gate.value
if admission.lease is not None:
    ledger.mark_sent(admission.lease)
sys.stdout.write(f'{{"won": {won}, "gate": "{gate}"}}\\n'); sys.stdout.flush()
sys.stdin.readline()
"""


class ChildReport(msgspec.Struct):
    won: list[int]
    gate: str


@pytest.fixture
def children(tmp_path: Path) -> Iterator[list[subprocess.Popen[str]]]:
    command = [sys.executable, "-c", _CHILD, str(tmp_path / "new" / "ledger.sqlite3"), "20"]
    with contextlib.ExitStack() as running:

        def start() -> subprocess.Popen[str]:
            child = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            running.enter_context(child)
            running.callback(child.kill)
            return child

        yield [start() for _child in range(4)]


def say(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    child.stdin.write("go\n")
    child.stdin.flush()


def hear(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    return child.stdout.readline()


def test_each_code_and_the_one_attempt_have_one_winner(
    children: list[subprocess.Popen[str]],
) -> None:
    assert {hear(child) for child in children} == {"ready\n"}
    for child in children:
        say(child)
    told = [msgspec.json.decode(hear(child), type=ChildReport) for child in children]
    for child in children:
        child.communicate("end\n")
    assert sorted(step for one in told for step in one.won) == list(range(20))
    assert sorted(one.gate for one in told) == ["busy", "busy", "busy", "open"]
    assert {child.returncode for child in children} == {0}
