"""A command is timed with everything it starts, and nothing of it is left."""

from __future__ import annotations

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
