"""Judges the figures of a row by its floor and by the other clients."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from bench.clients import OTHER, OURS
from bench.report import Measured, RowReport, Run


def good_runs(measured: Measured) -> list[Run]:
    """Give the runs that count."""
    return [run for run in measured.runs if not run.problem]


def typical(measured: Measured) -> float | None:
    """Give the median of the runs that count, in seconds; None without any."""
    seconds = [run.seconds for run in good_runs(measured)]
    return statistics.median(seconds) if seconds else None


def outlasted(measured: Measured) -> float | None:
    """Count the seconds that a client ran before it was stopped; None when it was not."""
    stopped = [run.seconds for run in measured.runs if run.stopped]
    return max(stopped) if stopped and not good_runs(measured) else None


@dataclass(frozen=True)
class Verdict:
    """Our time against the best peer's.

    Attributes:
        best_peer: its name; empty when no peer finished.
        ratio: ours divided by the best peer's time; None without either.
        is_bound: no peer finished, so that the ratio is at most this.
        kept: whether the floor is kept; None without a floor or without peers.
        reached: whether the aim is; None likewise.
    """

    best_peer: str = ""
    ratio: float | None = None
    is_bound: bool = False
    kept: bool | None = None
    reached: bool | None = None


def judge(row: RowReport) -> Verdict:
    """Judge a row; the best peer is the fastest of them on this row."""
    ours = typical(row.clients[OURS]) if OURS in row.clients else None
    peers = {name: measured for name, measured in row.clients.items() if name != OURS}
    times = {name: time for name, each in peers.items() if (time := typical(each)) is not None}
    limits = [limit for each in peers.values() if (limit := outlasted(each)) is not None]
    if ours is None or not (times or limits):
        return Verdict(kept=False if ours is None and row.most is not None else None)
    best = min(times, key=times.__getitem__, default="")
    ratio = ours / (times[best] if best else min(limits))
    return Verdict(
        best_peer=best,
        ratio=ratio,
        is_bound=not best,
        kept=None if row.most is None else ratio <= row.most,
        reached=None if row.aim is None else ratio <= row.aim,
    )


def problems(row: RowReport) -> list[str]:
    """Name what went wrong in a row, a sentence each; a peer that was stopped is only slow."""
    found = []
    for name, measured in row.clients.items():
        may_be_stopped = name not in {OURS, OTHER}
        each = {run.problem for run in measured.runs if not (run.stopped and may_be_stopped)}
        found += [f"{row.link}, {row.title}, {name}: {problem}" for problem in sorted(each - {""})]
    return found


def failures(rows: tuple[RowReport, ...]) -> list[str]:
    """Everything that makes a run of the bench fail, a sentence each."""
    found = []
    for row in rows:
        found += problems(row)
        verdict = judge(row)
        if verdict.kept is False and verdict.ratio is not None and row.most is not None:
            found.append(
                f"{row.link}, {row.title}: {verdict.ratio:.2f} of the best peer's time,"
                f" and {row.most:.2f} is the most"
            )
    return found
