"""Replays one seed, and prints its log: ``PYTHONPATH=tests python -m simulation SEED [SCENARIO]``.

Without a scenario all of them are run. The last line of each is the hash of its log.
"""

from __future__ import annotations

import sys

from simulation.scenarios import SCENARIOS
from simulation.world import replay


def main(seed: str, *names: str) -> int:
    """Run scenarios of a seed; returns the exit status."""
    failed = 0
    for name in names or SCENARIOS:
        log, error = replay(SCENARIOS[name], int(seed))
        print(*log.lines, f"{name} {seed} {log.digest}", sep="\n")  # noqa: T201  a program's output
        if error is not None:
            failed = 1
            print(f"{type(error).__name__}: {error}")  # noqa: T201  as above
    return failed


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
