"""One command, timed: ``python -m bench.timed``, with a task on standard input.

A process of its own, because it takes over whatever the command leaves behind (lftp does not wait
for its ssh processes), so that their processor time is counted too and nothing outlives a run.
It imports little: a new process counts its parent's memory as its own first peak.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import sys
import time
from dataclasses import dataclass

from support.process_tree import descendants

_PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
_GRACE_SECONDS = 2.0
_READ, _WRITE = os.O_RDONLY, os.O_WRONLY | os.O_CREAT | os.O_TRUNC
_ENDING = (signal.SIGINT, signal.SIGTERM)
_AWAITED = (signal.SIGCHLD, *_ENDING)


@dataclass
class Usage:
    """Holds the processor time and the memory of a command and everything it started.

    Attributes:
        user_seconds: of processor time.
        system_seconds: of processor time in the kernel.
        peak_rss_bytes: of the largest process.
    """

    user_seconds: float = 0.0
    system_seconds: float = 0.0
    peak_rss_bytes: int = 0


class Family:
    """A command and its descendants, who all come to us when their parents end."""

    def __init__(self) -> None:
        self.usage = Usage()
        self.ends: dict[int, int] = {}

    def reap(self) -> bool:
        """Take in those that have ended; false when nobody is left."""
        while True:
            try:
                process, status, used = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if process == 0:
                return True
            self.ends[process] = os.waitstatus_to_exitcode(status)
            self.usage.user_seconds += used.ru_utime
            self.usage.system_seconds += used.ru_stime
            self.usage.peak_rss_bytes = max(self.usage.peak_rss_bytes, used.ru_maxrss * 1024)

    def end(self) -> None:
        """Give those that are left a moment, then end them."""
        until = time.monotonic() + _GRACE_SECONDS
        while self.reap():
            left = until - time.monotonic()
            if left <= 0 or signal.sigtimedwait(_AWAITED, left) is None:
                break
        while self.reap():
            kill_descendants()
            signal.sigtimedwait(_AWAITED, _GRACE_SECONDS)


def kill_descendants() -> None:
    """End the command and all it started."""
    for process in descendants(os.getpid()):
        with contextlib.suppress(ProcessLookupError):  # it ended by itself
            os.kill(process, signal.SIGKILL)


def main() -> None:
    """Run the task on standard input, and say on standard output how it went."""
    task = json.load(sys.stdin)
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.pthread_sigmask(signal.SIG_BLOCK, _AWAITED)
    family = Family()
    started = time.monotonic()
    process = os.posix_spawn(
        task["arguments"][0],
        task["arguments"],
        task["environment"],
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, _READ, 0),
            (os.POSIX_SPAWN_OPEN, 1, task["output"], _WRITE, 0o600),
            (os.POSIX_SPAWN_OPEN, 2, task["errors"], _WRITE, 0o600),
        ],
        setsigmask=[],
    )
    limit = started + task["limit_seconds"]
    stopped = False
    while family.reap() and process not in family.ends:
        left = limit - time.monotonic()
        if left <= 0:
            stopped = True
            break
        # An interrupted wait may give nonsense, so only the two that are meant end us.
        event = signal.sigtimedwait(_AWAITED, left)
        if event is not None and event.si_signo in _ENDING:
            kill_descendants()
            family.end()
            sys.exit(f"ended by {signal.Signals(event.si_signo).name}")
    seconds = time.monotonic() - started
    if stopped:
        kill_descendants()
    family.end()
    outcome = {
        "seconds": seconds,
        "status": family.ends[process],
        "stopped": stopped,
        **vars(family.usage),
    }
    sys.stdout.write(json.dumps(outcome))


if __name__ == "__main__":
    main()
