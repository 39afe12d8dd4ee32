"""Reads the bench's command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.checkout import program_of
from bench.links import Slowness
from bench.namespaces import BUFFERS
from bench.rows import LINKS, Row, select


@dataclass(frozen=True, kw_only=True)
class Options:
    """Holds the choices of the command line.

    Attributes:
        rows: to be measured.
        links: their names.
        rounds: how often each client is to be run.
        program: the ferrygate to measure.
        against: that of another checkout, to be compared with; None to measure other clients.
        slowness: of the slow link.
    """

    rows: tuple[Row, ...]
    links: tuple[str, ...]
    rounds: int
    program: Path
    against: Path | None
    slowness: Slowness


def read_options(arguments: Sequence[str], program: Path) -> Options:
    """Read the command line; a mistake in it ends the program.

    Args:
        arguments: without the program's name.
        program: the ferrygate to measure when none is named.
    """
    slowness = Slowness()
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure speed.")
    add = parser.add_argument
    add("--rows", default="", help="beginnings of their names, such as '1gib *-up' (default: all)")
    add("--links", default=" ".join(LINKS), help="of these (default: %(default)s)")
    add("--rounds", type=int, default=3, help="of each row, at least (default: %(default)s)")
    add("--program", type=Path, default=program, help="in .venv/bin of its checkout")
    add("--against", type=Path, help="another checkout to compare with, instead of other clients")
    add("--mtu", type=int, default=slowness.mtu, help="of the slow link (default: %(default)s)")
    add("--buffers", choices=BUFFERS, default=slowness.buffers, help="of sockets on the slow link")
    given = parser.parse_args(arguments)
    links = tuple(given.links.split())
    if not links or not set(links) <= set(LINKS):
        parser.error(f"links are {' and '.join(LINKS)}")
    if given.rounds < 1:
        parser.error("there is at least one round")
    try:
        rows = select(given.rows.split())
        against = given.against and program_of(given.against.absolute())
    except ValueError as error:
        parser.error(str(error))
    return Options(
        rows=rows,
        links=links,
        rounds=given.rounds,
        program=given.program.absolute(),
        against=against,
        slowness=Slowness(mtu=given.mtu, buffers=given.buffers),
    )
