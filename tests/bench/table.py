"""The report as Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from bench.clients import OURS, PEERS
from bench.judge import Verdict, good_runs, judge, outlasted, typical
from bench.report import LinkReport, Machine, Measured, Report, RowReport
from bench.schedule import HOPELESS, Patience

_GIB = 1 << 30


def full_table(report: Report) -> str:
    """Everything, for people who work on the speed."""
    lines = [
        f"Measured {report.date[:10]} at {report.commit}.",
        *machine_lines(report.machine),
        ", ".join(f"{name} {version}" for name, version in report.versions.items()) + ".",
        "",
    ]
    for link in report.links:
        lines += [link_line(link), "", *_link_table(report, link), ""]
    return "\n".join([*lines, *_notes(report), ""])


def short_table(report: Report) -> str:
    """For the README."""
    lines = [
        f"Measured on {report.date[:10]}: whole commands, signed in by key, OpenSSH's server,",
        f"{report.machine.cores} cores for both sides, the median of at least {report.rounds}.",
        "",
        "| | link | Ferrygate | best other | Ferrygate's share of its time |",
        "|---|---|---|---|---|",
    ]
    for row in report.rows:
        verdict = judge(row)
        best = row.clients.get(verdict.best_peer)
        other = f"{verdict.best_peer} {time_cell(best)}" if best else "none finished"
        lines.append(
            f"| {row.title} | {row.link} | {time_cell(row.clients[OURS])} | {other} "
            f"| {_number(verdict)} |"
        )
    slow = [link_line(link) for link in report.links if len(link.settings) > 0]
    return "\n".join([*lines, "", *slow, ""])


def machine_lines(machine: Machine) -> list[str]:
    """Say in a sentence what was measured on."""
    return [
        f"{machine.cores} cores for client and server ({machine.processor}),",
        f"{machine.memory_bytes / _GIB:.0f} GiB, Linux {machine.kernel}, Python {machine.python}.",
    ]


def link_line(link: LinkReport) -> str:
    """Say in a sentence what lay between client and server."""
    settings = ", ".join(f"{name} {value}" for name, value in link.settings.items())
    return f"**{link.name}**: {link.kind}{': ' if settings else ''}{settings}."


def _link_table(report: Report, link: LinkReport) -> list[str]:
    rows = [row for row in report.rows if row.link == link.name]
    names = [OURS, *PEERS]
    lines = [
        f"| | {' | '.join(names)} | ours ÷ best | floor | aim |",
        f"|{'---|' * (len(names) + 4)}",
    ]
    for row in rows:
        verdict = judge(row)
        cells = [_cell(row, name, report.rounds) for name in names]
        lines.append(
            f"| {row.title} | {' | '.join(cells)} | {_ratio(verdict)}"
            f" | {_bound(row.most, verdict.kept, ('pass', '**FAIL**'))}"
            f" | {_bound(row.aim, verdict.reached, ('reached', 'not yet'))} |"
        )
    return lines


def _cell(row: RowReport, name: str, rounds: int) -> str:
    if name not in row.clients:
        return "-"
    measured = row.clients[name]
    once = " ×1" if len(good_runs(measured)) == 1 and rounds > 1 else ""
    return time_cell(measured) + once


def time_cell(measured: Measured) -> str:
    """Write the median of the runs, or why there is none."""
    seconds = typical(measured)
    if seconds is not None:
        return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"
    limit = outlasted(measured)
    return "**failed**" if limit is None else f"> {limit:.0f} s"


def _ratio(verdict: Verdict) -> str:
    by_whom = f" ({verdict.best_peer})" if verdict.best_peer else ""
    return f"{_number(verdict)}{by_whom}"


def _number(verdict: Verdict) -> str:
    if verdict.ratio is None:
        return "-"
    digits = 2 if verdict.ratio >= 0.1 else 3
    return f"{'< ' if verdict.is_bound else ''}{verdict.ratio:.{digits}f}"


def _bound(bound: float | None, kept: bool | None, words: tuple[str, str]) -> str:  # noqa: FBT001
    if bound is None:
        return "-"
    verdict = "" if kept is None else f" {words[0] if kept else words[1]}"
    return f"≤ {bound:.2f}{verdict}"


def _notes(report: Report) -> Iterable[str]:
    patience = Patience()
    yield (
        f"Seconds of whole commands, the median of {report.rounds} rounds in which the clients take"
        " turns; after each, all bytes are compared. ×1: run once, because it took more than"
        f" {HOPELESS:.0f} times as long as the fastest. > N s: stopped after N seconds, which is"
        f" {patience.factor:.0f} times the fastest peer so far, but at least {patience.least:.0f}"
        f" and at most {patience.most:.0f} (or half as long again as that peer, if that is more)."
        " Processor time, memory and the commands are in the JSON."
    )
    if report.missing:
        yield f"Not there: {', '.join(report.missing)}."
