"""A pytest plugin: a test that leaves a thread or a child process behind fails."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

# A thread that was told to end may need a moment to do so.
_GRACE_SECONDS = 2.0


def child_processes() -> dict[int, str]:
    """This process's children, zombies among them: number and name (Linux; empty elsewhere)."""
    children = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue  # ended while we looked
        # proc(5): pid (name) state parent ...; the name may hold spaces and brackets.
        name, _, rest = text.partition("(")[2].rpartition(")")
        if int(rest.split()[1]) == os.getpid():
            children[int(stat.parent.name)] = name
    return children


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Compare threads and children before and after; fixtures of wider scope stand before."""
    threads = set(threading.enumerate())
    children = child_processes()
    yield
    left = []
    for thread in set(threading.enumerate()) - threads:
        thread.join(_GRACE_SECONDS)
        if thread.is_alive():
            left.append(f"thread {thread.name}")
    left += [
        f"process {number} ({name})"
        for number, name in child_processes().items()
        if number not in children
    ]
    if left:
        pytest.fail("left behind: " + ", ".join(sorted(left)), pytrace=False)
