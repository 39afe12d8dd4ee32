from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ferrygate.common.processes import SystemProcesses


def proc(folder: Path, *, start: int = 4711, boot: str = "boot-1") -> Path:
    """Make a ``/proc`` that knows this process, with the given start time, and nothing else."""
    own = folder / str(os.getpid())
    own.mkdir(parents=True, exist_ok=True)
    (own / "stat").write_text(f"1 (a ) strange (name) S {' '.join('0' * 18)} {start} 0 0\n")
    (folder / "sys/kernel/random").mkdir(parents=True, exist_ok=True)
    (folder / "sys/kernel/random/boot_id").write_text(f"{boot}\n")
    return folder


def test_the_name_has_number_start_and_boot(tmp_path: Path) -> None:
    assert SystemProcesses(proc(tmp_path)).me == f"{os.getpid()}:4711:boot-1"


def test_this_process_runs() -> None:
    processes = SystemProcesses()
    assert processes.is_running(processes.me)
    assert processes.me == SystemProcesses().me


def test_a_process_that_has_ended() -> None:
    command = "from ferrygate.common.processes import SystemProcesses as S; print(S().me)"
    with subprocess.Popen(
        [sys.executable, "-c", f"{command}; input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        name = child.stdout.readline().strip()
        running = SystemProcesses().is_running(name)
        child.communicate("\n")
    assert running
    assert not SystemProcesses().is_running(name)


@pytest.mark.parametrize("change", [{"start": 4712}, {"boot": "boot-2"}])
def test_the_same_number_is_not_the_same_process(tmp_path: Path, change: dict[str, Any]) -> None:
    name = SystemProcesses(proc(tmp_path / "before")).me
    now = SystemProcesses(proc(tmp_path / "after", **change))
    assert not now.is_running(name)


def test_where_the_system_does_not_tell_a_holder_may_still_run(tmp_path: Path) -> None:
    processes = SystemProcesses(tmp_path / "missing")
    assert processes.me == str(os.getpid())
    assert processes.is_running("12345")
    assert processes.is_running("12345:1:boot")
    assert SystemProcesses(proc(tmp_path)).is_running("12345")
