"""A command is timed with everything it starts, and nothing of it is left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.measure import timed


@pytest.fixture
def outcome_of(tmp_path: Path) -> Any:
    def run(script: str, *, limit: float = 30.0) -> dict[str, Any]:
        task = {
            "arguments": ["/bin/sh", "-c", script],
            "environment": {"PATH": "/usr/bin:/bin", "WORD": "given"},
            "output": str(tmp_path / "stdout"),
            "errors": str(tmp_path / "stderr"),
            "limit_seconds": limit,
        }
        return timed((), task)

    return run


def test_output_and_status_are_kept(outcome_of: Any, tmp_path: Path) -> None:
    outcome = outcome_of("echo $WORD; echo $HOME oops >&2; exit 3")
    assert (outcome["status"], outcome["stopped"]) == (3, False)
    assert (tmp_path / "stdout").read_text() == "given\n"
    assert (tmp_path / "stderr").read_text() == "oops\n"


def test_time_passes_while_it_runs(outcome_of: Any) -> None:
    assert outcome_of("sleep 0.2")["seconds"] >= 0.2


def test_what_takes_too_long_is_stopped_with_its_children(outcome_of: Any, tmp_path: Path) -> None:
    outcome = outcome_of("(sleep 5; echo late) & sleep 60", limit=0.3)
    assert outcome["stopped"]
    assert 0.3 <= outcome["seconds"] < 5
    assert (tmp_path / "stdout").read_text() == ""


def test_what_a_command_leaves_behind_is_counted(outcome_of: Any) -> None:
    alone = outcome_of("exit 0")
    busy = outcome_of("(for n in $(seq 100000); do :; done) >/dev/null 2>&1 & exit 0")
    assert busy["user_seconds"] > alone["user_seconds"]
    assert busy["peak_rss_bytes"] > 1 << 20


def test_being_told_to_end_it_ends_the_command_too(tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    os.mkfifo(alive)
    task = {
        "arguments": ["/bin/sh", "-c", f"exec 3>{alive}; echo up >&3; sleep 60 & sleep 60"],
        "environment": {"PATH": "/usr/bin:/bin"},
        "output": os.devnull,
        "errors": os.devnull,
        "limit_seconds": 60.0,
    }
    with subprocess.Popen(
        [sys.executable, "-S", "-m", "bench.timed"],
        env={"PYTHONPATH": str(Path(__file__).parents[1])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(task))
        process.stdin.close()
        with alive.open(encoding="ascii") as held_open:
            assert held_open.readline() == "up\n"
            process.terminate()
            assert held_open.read() == ""  # nobody is left to write
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read() == ""
        assert process.stderr.read() == "ended by SIGTERM\n"
