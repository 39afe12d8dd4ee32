"""``python -m bench``: measure, write the table and the JSON, and say what fell short.

With ``--against`` the others are not other clients, but another checkout of ours.
"""

from __future__ import annotations

import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import msgspec

from bench.clients import OTHER, Ferrygate, find_peers, find_program
from bench.comparison import comparison_failures, comparison_table, in_enough_rounds
from bench.jobs import Access, Client
from bench.judge import failures
from bench.links import Link, Slowness, delay_proxy, loopback, probed
from bench.machine import commit_of, this_machine, versions
from bench.measure import Bench
from bench.namespaces import can_make_namespaces, slow_namespaces
from bench.options import Options, read_options
from bench.report import LinkReport, Report, RowReport
from bench.rows import LOOPBACK, Row
from bench.schedule import Patience
from bench.server import running_server
from bench.table import full_table
from ferrygate.common.clock import SystemClock

BUILD = Path(__file__).parents[2] / "build"
WORK = BUILD / "bench"
_PEERS = BUILD / "peers"


def measured(chosen: Options, attic: Path) -> Iterator[Report]:
    """Measure everything that was asked for; gives the report so far after every row."""
    peers = _others(chosen)
    clients = (Ferrygate(chosen.program), *(peer for peer in peers.values() if peer))
    bench = Bench(
        clients=clients,
        rounds=chosen.rounds,
        patience=Patience(),
        work=WORK,
        attic=attic,
        tell=_tell,
    )
    report = Report(
        date=datetime.fromtimestamp(SystemClock().now(), UTC).isoformat(timespec="seconds"),
        commit=commit_of(chosen.program),
        against=commit_of(chosen.against) if chosen.against else "",
        rounds=chosen.rounds,
        machine=this_machine(),
        versions=versions(clients),
        missing=tuple(name for name, peer in peers.items() if peer is None),
        links=(),
        rows=(),
    )
    for name in chosen.links:
        for link, row in _rows_on(name, chosen, bench):
            links = {each.name: each for each in (*report.links, link)}
            report = msgspec.structs.replace(
                report, links=tuple(links.values()), rows=(*report.rows, row)
            )
            yield report


def _others(chosen: Options) -> dict[str, Client | None]:
    if chosen.against:
        return {OTHER: Ferrygate(chosen.against, OTHER)}
    return find_peers(_PEERS)


def _rows_on(name: str, chosen: Options, bench: Bench) -> Iterator[tuple[LinkReport, RowReport]]:
    puttygen = find_program("puttygen", [_PEERS / "usr" / "bin"])
    with (
        _link(name, chosen.slowness) as found,
        tempfile.TemporaryDirectory(prefix="fg-bench-") as state,
    ):
        link = found if name == LOOPBACK else probed(found, chosen.slowness)
        with running_server(link, Path(state), puttygen) as access:
            for row in chosen.rows:
                yield link.report, _row_on(link, row, access, chosen, bench)


def _row_on(link: Link, row: Row, access: Access, chosen: Options, bench: Bench) -> RowReport:
    if not chosen.against:
        return bench.measure(row, link, access)
    return in_enough_rounds(
        lambda rounds: replace(bench, rounds=rounds).measure(row, link, access), bench.rounds
    )


def _link(name: str, slowness: Slowness) -> AbstractContextManager[Link]:
    if name == LOOPBACK:
        return loopback()
    emulator = WORK / "tundelay"
    if can_make_namespaces() and emulator.exists():
        return slow_namespaces(emulator, slowness)
    return delay_proxy(slowness)


def write(report: Report, folder: Path) -> tuple[str, list[str]]:
    """Leave JSON and table in a folder; gives the table, and what fell short.

    A comparison of two checkouts has files of its own: ``make bench-readme`` reads the others.
    """
    if report.against:
        name, table, found = "against", comparison_table(report), comparison_failures(report.rows)
    else:
        name, table, found = "latest", full_table(report), failures(report.rows)
    json = msgspec.json.format(msgspec.json.encode(report))
    (folder / f"{name}.json").write_bytes(json + b"\n")
    (folder / f"{name}.md").write_text(table, encoding="utf-8")
    return table, found


def main(arguments: list[str]) -> int:
    """Measure, and give the exit status."""
    chosen = read_options(arguments, Path(sys.executable).with_name("ferrygate"))
    WORK.mkdir(parents=True, exist_ok=True)
    table, found = "", list[str]()
    with tempfile.TemporaryDirectory(dir=WORK, prefix="attic-") as attic:
        for report in measured(chosen, Path(attic)):
            table, found = write(report, WORK)
    sys.stdout.write(table)
    sys.stdout.flush()
    for each in found:
        _tell(each)
    return 1 if found else 0


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _end(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    # Whatever was set up is taken down again, also when the run is stopped.
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGHUP, _end)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
