"""Uploads whose connection is cut, and cut again while it comes back.

``PYTHONPATH=tests .venv/bin/python -m faults.double_cuts`` makes all 132, of which three in eleven
send a folder, and says of each what was wrong at its end: a file that is not delivered, not whole,
or beside which there is something else. Three numbers share the work out: ``132 0 2`` makes every
second one of the first 132, from the first on.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import msgspec

from e2e.program import wait_until
from ferrygate.common.clock import SystemClock
from ferrygate.sandbox.sandbox import Sandbox, SandboxOptions
from ferrygate.transfers.views import ConflictChoice, TransferState
from support.silent_lines import silent_line, tree

Choice = ConflictChoice
DELIVERED = TransferState.DELIVERED
CHOICES = (Choice.REPLACE, Choice.KEEP_BOTH, Choice.SKIP, Choice.FAIL)
OLD = b"what stood there"
ONE = (1, 300_000)  # files, bytes in each
MANY = (36, 8_000)
SIGNED_IN = 1_470  # bytes sent; then come the channel, INIT, LSTAT, OPEN, in 68 each
AGAIN = (SIGNED_IN, *range(SIGNED_IN + 60, SIGNED_IN + 700, 70))  # where the second cut is


class DoubleCut(msgspec.Struct, frozen=True):
    """One upload.

    Attributes:
        shape: how many files, and bytes in each.
        first: bytes sent over the first connection.
        second: bytes sent over the second.
        choice: what is to be done with names that are taken.
    """

    shape: tuple[int, int]
    first: int
    second: int
    choice: ConflictChoice

    @property
    def stands(self) -> bool:
        """Tell whether old files have the names; they are skipped or refused, as they should be."""
        return self.choice in {Choice.REPLACE, Choice.KEEP_BOTH}


def double_cuts() -> Iterator[DoubleCut]:
    """132 of them: 96 of one file, 36 of a folder."""
    for number, (place, twice, choice) in enumerate(product(range(12), range(2), CHOICES)):
        first = SIGNED_IN + 100 + place * ONE[1] // 11
        yield DoubleCut(ONE, first, AGAIN[(5 * number + twice) % len(AGAIN)], choice)
    for number, (place, twice, choice) in enumerate(product(range(3), range(3), CHOICES)):
        first = SIGNED_IN + 300 + place * MANY[0] * MANY[1] // 3
        yield DoubleCut(MANY, first, AGAIN[(3 * number + twice) % len(AGAIN)], choice)


def carry_out(cut: DoubleCut, folder: Path) -> list[str]:
    """Make one in an empty folder; returns what is wrong at its end."""
    options = SandboxOptions(state=folder / "s", root=folder / "r", period=1)
    source = tree(folder / "plates", *cut.shape)
    contents = {path.name: path.read_bytes() for path in source.iterdir()}
    with (
        Sandbox(options, SystemClock()) as box,
        silent_line(box, folder / "home", [cut.first, cut.second], silent=False) as line,
    ):
        target = line.inbox / "plates"
        expected = dict(contents)
        if cut.stands:
            target.mkdir()
            for name in contents:
                (target / name).write_bytes(OLD)
        if cut.choice is Choice.KEEP_BOTH:
            expected = dict.fromkeys(contents, OLD)
            expected |= {name.replace(".", " (2)."): text for name, text in contents.items()}
        line.put(source, on_conflict=cut.choice)
        wait_until(lambda: not box.counters.open_uploads)
        found = {path.name: path.read_bytes() for path in target.iterdir()}
        return [
            *(f"not delivered: {view}" for view in line.files if view.state is not DELIVERED),
            *(f"not as it should be: {name}" for name in differing(found, expected)),
            *(["not cut twice"] if line.proxy.cuts_left else []),
        ]


def differing(found: dict[str, bytes], expected: dict[str, bytes]) -> list[str]:
    """Give the names under which there is something else, or nothing."""
    names = sorted(found.keys() | expected.keys())
    return [name for name in names if found.get(name) != expected.get(name)]


def main(count: int, part: int, parts: int) -> int:
    """Make every ``parts``-th of so many, and print each; returns how many ended wrong."""
    wrong = 0
    for cut in list(double_cuts())[:count][part::parts]:
        with tempfile.TemporaryDirectory() as folder:
            faults = carry_out(cut, Path(folder))
        wrong += bool(faults)
        print(cut, faults, flush=True)  # noqa: T201  a program's output
    print(f"{wrong} ended wrong")  # noqa: T201  as above
    return wrong


if __name__ == "__main__":
    count, part, parts = map(int, sys.argv[1:]) if sys.argv[1:] else (132, 0, 1)
    sys.exit(bool(main(count, part, parts)))
