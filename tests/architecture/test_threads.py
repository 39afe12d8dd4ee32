"""Threads, time and randomness are parameters in the folders that a simulation runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "gui" / "ferrygate"
SEAM = ("access_check", "codes", "common", "engine", "sftp", "sign_in", "sites", "transfers")
# Modules whose functions start threads or wait, or give another answer each time.
BANNED = {
    "_thread",
    "asyncio",
    "concurrent",
    "multiprocessing",
    "queue",
    "random",
    "sched",
    "secrets",
    "select",
    "selectors",
    "tempfile",
    "threading",
    "time",
    "uuid",
}
NAMES = {
    "os.getpid",
    "os.getrandom",
    "os.times",
    "os.urandom",
    "platform.node",
    "SystemClock",
    "SystemThreads",
}
ORDER = {"id"}  # builtins whose results differ from run to run
ALLOWED = {
    "common/clock.py": {"time"},  # the seam itself
    "common/threads.py": {"queue", "threading"},  # the seam itself
    # A pause while another process has a file's lock, and a name that no other process chooses.
    "common/atomic_files.py": {"tempfile", "threading"},
    "common/logs.py": {"threading", "time"},  # one log a process: stamps, secrets not to be told
    "common/processes.py": {"os.getpid"},  # names this process, for bootstrap
    "transfers/parts.py": {"platform.node"},  # names this computer, for bootstrap
}


def used(tree: ast.AST) -> Iterator[str]:
    """Give what a module uses of the banned, by the name under which the lists have it."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ({alias.name.split(".")[0] for alias in names} & BANNED)
            case ast.ImportFrom(module=str(module), level=0, names=names):
                yield from ({module.split(".")[0]} & BANNED)
                yield from ({f"{module}.{alias.name}" for alias in names} & NAMES)
            case ast.Attribute(value=ast.Name(id=module), attr=name) if f"{module}.{name}" in NAMES:
                yield f"{module}.{name}"
            case ast.Call(func=ast.Name(id=name)) if name in NAMES | ORDER:
                yield name
            case ast.keyword(arg="key", value=ast.Name(id=name)) if name in ORDER:
                yield name
            case _:
                pass


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import threading", {"threading"}),
        ("import concurrent.futures", {"concurrent"}),
        ("from queue import SimpleQueue", {"queue"}),
        ("def f():\n    from time import sleep", {"time"}),
        ("import os\nos.urandom(4)", {"os.urandom"}),
        ("from os import urandom", {"os.urandom"}),
        ("clock = SystemClock()", {"SystemClock"}),
        ("sorted(things, key=id)", {"id"}),
        ("a = id(b)", {"id"}),
        ("from ferrygate.engine.queue.batch import Batch", set()),
        ("def f(id, time):\n    return id + time", set()),
        ("self.id = batch", set()),
    ],
)
def test_uses_of_threads_time_and_randomness_are_found(source: str, found: set[str]) -> None:
    assert set(used(ast.parse(source))) == found


def test_threads_time_and_randomness_come_in_as_parameters() -> None:
    users = {
        path.relative_to(SOURCES).as_posix(): names
        for folder in SEAM
        for path in (SOURCES / folder).rglob("*.py")
        if (names := set(used(ast.parse(path.read_text("utf-8")))))
    }
    assert users == ALLOWED
