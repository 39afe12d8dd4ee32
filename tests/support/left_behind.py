"""Fails a test that leaves a thread or a child process behind; a pytest plugin."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest

from support.process_tree import children

# A thread that was told to end may need a moment to do so.
_GRACE_SECONDS = 1.0


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Compare threads and children before and after; fixtures of wider scope stand before."""
    threads = set(threading.enumerate())
    before = children(os.getpid())
    yield
    left = []
    for thread in set(threading.enumerate()) - threads:
        thread.join(_GRACE_SECONDS)
        if thread.is_alive():
            left.append(f"thread {thread.name}")
    left += [
        f"process {number} ({name})"
        for number, name in children(os.getpid()).items()
        if number not in before
    ]
    if left:
        pytest.fail("left behind: " + ", ".join(sorted(left)), pytrace=False)
