"""Run pytest so that nothing it started outlives it, even when it is stopped half-way.

An aborted run would leave its Xvfb and its servers behind; they share pytest's process group.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from types import FrameType


def main(arguments: list[str]) -> int:
    """Run pytest with ``arguments`` and give its exit status."""
    run = subprocess.Popen(  # noqa: S603  our own interpreter
        [sys.executable, "-m", "pytest", *arguments],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )

    def pass_on(number: int, _frame: FrameType | None) -> None:
        run.send_signal(number)

    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, pass_on)
    try:
        return run.wait()
    finally:
        end_group(run.pid)


def end_group(group: int) -> None:
    """Stop what is left of a process group."""
    try:
        os.killpg(group, signal.SIGTERM)
    except ProcessLookupError:
        return  # nothing was left


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
