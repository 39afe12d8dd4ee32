"""Uploads to the sandbox whose line falls silent somewhere, and handles that are given up later.

``PYTHONPATH=tests .venv/bin/python -m faults.silent_uploads 100`` makes so many runs, and says of
each where its line fell silent, when the server gave the old handles up, and which files were told
as delivered and are parts at the end. Half of them send one file, half a folder of 200.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import msgspec

from e2e.program import wait_until
from ferrygate.common.clock import SystemClock
from ferrygate.sandbox.sandbox import Sandbox, SandboxOptions
from ferrygate.sandbox.settings import Settings
from ferrygate.transfers.views import ConflictChoice
from support.silent_lines import SPEED, silent_line, tree

NOTICED = 25.0  # seconds after which the engine gives up a silent line, by its own clock
LATE_PART = 100  # seconds, by the engine's clock, that the site says
SHAPES = {"one file": (1, 2_000_000), "a folder of 200": (200, 5_000)}
FIRST = 3_000  # bytes of a sign-in, at least


class Run(msgspec.Struct, frozen=True):
    """One upload.

    Attributes:
        shape: a key of ``SHAPES``.
        place: bytes after which the line falls silent.
        given_up: seconds, by the engine's clock, from when the engine has noticed until the server
            gives up the old handles.
        comes_back: the old line passes on again what the client has to say, such as its end.
        choice: what is to be done with names that are taken.
    """

    shape: str
    place: int
    given_up: float
    comes_back: bool
    choice: ConflictChoice


class Ended(msgspec.Struct, frozen=True):
    """Holds the result of one try.

    Attributes:
        states: how many files ended how.
        checks: how many were asked about again.
        wrong: those that were told as delivered and are no whole files at the end.
        seconds: how long it took.
    """

    states: Counter[str]
    checks: Counter[str]
    wrong: list[str]
    seconds: float


def runs(count: int, seed: int) -> list[Run]:
    """So many runs, at places spread evenly over an upload of each shape."""
    chance = random.Random(seed)  # noqa: S311  places, and no secrets
    made = []
    for number in range(count):
        shape = list(SHAPES)[number % 2]
        files, size = SHAPES[shape]
        step = (files * (size + 250)) // max(1, count // 2)
        made.append(
            Run(
                shape,
                FIRST + step * (number // 2) + chance.randrange(step),
                chance.uniform(5, 60),
                comes_back=not number % 5,
                choice=chance.choice(list(ConflictChoice)[1:]),
            )
        )
    return made


def carry_out(run: Run, folder: Path) -> Ended:
    """Make a run in an empty folder."""
    idle_seconds = (NOTICED + run.given_up) / SPEED
    options = SandboxOptions(
        state=folder / "s",
        root=folder / "r",
        period=1,
        settings=Settings(unresponsive_seconds=idle_seconds),
    )
    files, size = SHAPES[run.shape]
    source = tree(folder / "plates", files, size)
    with (
        Sandbox(options, SystemClock()) as box,
        silent_line(box, folder / "home", [run.place], late_part=LATE_PART) as line,
    ):
        began = time.monotonic()
        if run.comes_back:
            line.bring_back_when_signed_in()
        line.put(source, on_conflict=run.choice)
        seconds = time.monotonic() - began
        line.proxy.end_stalled()
        wait_until(lambda: not box.counters.open_uploads)
        views = line.files
        return Ended(
            Counter(view.state.value for view in views),
            Counter(view.late_check.value for view in views),
            line.wrong(),
            seconds,
        )


def main(count: int, seed: int) -> int:
    """Make the runs, and print each; returns how many files were wrong."""
    wrong = 0
    for number, run in enumerate(runs(count, seed), start=1):
        with tempfile.TemporaryDirectory() as folder:
            ended = carry_out(run, Path(folder))
        wrong += len(ended.wrong)
        print(number, run, ended, flush=True)  # noqa: T201  a program's output
    print(f"{count} runs, {wrong} files wrong")  # noqa: T201  as above
    return wrong


if __name__ == "__main__":
    sys.exit(bool(main(int(sys.argv[1]), int((sys.argv[2:] or ["1"])[0]))))
