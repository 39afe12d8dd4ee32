"""Reports for tests, made of figures alone."""

from __future__ import annotations

from bench.clients import OURS
from bench.report import LinkReport, Machine, Measured, Report, RowReport, Run
from bench.rows import LOOPBACK


def run(seconds: float, problem: str = "", *, stopped: bool = False) -> Run:
    return Run(
        seconds=seconds,
        user_seconds=0.5,
        system_seconds=0.25,
        peak_rss_bytes=1 << 20,
        problem=problem or ("stopped" if stopped else ""),
        stopped=stopped,
    )


def measured(*runs: Run | float) -> Measured:
    made = [each if isinstance(each, Run) else run(each) for each in runs]
    return Measured(command=("client", "put"), scripts=(), runs=tuple(made))


def row(
    ours: Measured, *, most: float | None = None, aim: float | None = None, **peers: Measured
) -> RowReport:
    return RowReport(
        name="many-up",
        title="many up",
        link=LOOPBACK,
        most=most,
        aim=aim,
        clients={OURS: ours, **peers},
    )


def report(
    *rows: RowReport, rounds: int = 3, missing: tuple[str, ...] = (), against: str = ""
) -> Report:
    return Report(
        date="2026-11-25T10:00:00+00:00",
        commit="0123456789ab",
        against=against,
        rounds=rounds,
        machine=Machine(
            cores=2, memory_bytes=8 << 30, processor="Some CPU", kernel="6.1", python="3.11.2"
        ),
        versions={OURS: "0.1.0", "sftp": "9.2p1"},
        missing=missing,
        links=(LinkReport(name=LOOPBACK, kind="one machine", settings={"MTU": "9000"}),),
        rows=rows,
    )
