"""A process with many threads makes as few malloc arenas as it was told to."""

from __future__ import annotations

import platform
import re
import subprocess
import sys

import pytest

from ferrygate.common.malloc_arenas import MAX_ARENAS

THREADS = """
import ctypes, threading
from ferrygate.common.malloc_arenas import bound_arenas
{first}
together, over = threading.Barrier(9), threading.Event()
def hold():
    held = bytes(50_000)
    together.wait()
    over.wait()
threads = [threading.Thread(target=hold) for _ in range(8)]
for thread in threads:
    thread.start()
together.wait()
ctypes.CDLL(None).malloc_stats()
over.set()
"""


def arenas(first: str) -> int:
    """Count those of a process with eight threads that have something allocated."""
    command = [sys.executable, "-c", THREADS.format(first=first)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    return len(re.findall(r"^Arena \d+:", told, re.MULTILINE))


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="Other C libraries have no arenas.")
def test_threads_share_a_few_arenas() -> None:
    assert arenas("") > MAX_ARENAS
    assert arenas("assert bound_arenas()") <= MAX_ARENAS
