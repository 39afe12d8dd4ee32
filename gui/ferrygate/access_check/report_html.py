"""Writes a report as a page that can be mailed: no script, no picture, no link, nothing loaded."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import msgspec

from ferrygate.access_check.report import Render, Report, ReportedStage, ReportedVerdict
from ferrygate.common.message import message

MARK = "<!doctype html><!-- Ferrygate's access check -->"
"""Begins each such page, by which a file is known that may be replaced."""

_STYLE = """
body { margin: 2em auto; max-width: 60em; padding: 0 1em; color: #1b2220; background: #ffffff;
  font: 15px/1.45 system-ui, "Segoe UI", "Noto Sans", sans-serif; }
h1 { font-size: 20px; } h2 { font-size: 15px; margin: 2em 0 0.5em; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #dfe3e0; padding: 0.5em 1em 0.5em 0; text-align: left;
  vertical-align: top; }
th { font-weight: 600; white-space: nowrap; }
td.took { text-align: right; white-space: nowrap; color: #5d6864; }
.quiet { color: #5d6864; font-size: 12px; font-weight: 400; }
.passed { color: #1c7843; } .warned { color: #9a5b00; } .failed { color: #b3261e; }
.not-reached { color: #5d6864; }
b { font-weight: 600; white-space: nowrap; }
p { margin: 0.2em 0; } ol { margin: 0.2em 0; padding-left: 1.5em; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0.5em 0;
  font: 12px/1.4 ui-monospace, "Noto Sans Mono", monospace; }
summary { color: #5d6864; font-size: 12px; }
@media (prefers-color-scheme: dark) {
  body { color: #e7ecea; background: #1d2223; } th, td { border-color: #2b3233; }
  td.took, .quiet, summary, .not-reached { color: #a0aaa6; }
  .passed { color: #67c48c; } .warned { color: #e0a24a; } .failed { color: #f0857d; }
}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


class _Words(msgspec.Struct, frozen=True):
    """Holds the page's own words, in the language of the report."""

    site: str
    stages: str
    details: str
    program: str
    log: str


def report_html(report: Report, render: Render) -> str:
    """Write a report as a page.

    Args:
        report: the report, in words.
        render: puts the page's own words into the language of the report.
    """
    words = _Words(
        *map(
            render,
            (
                message("Site"),
                message("Stages"),
                message("Details"),
                message("Program and computer"),
                message("End of the log"),
            ),
        )
    )
    return "\n".join([MARK, "<html>", *_head(report), "<body>", *_body(report, words), "</html>\n"])


def _head(report: Report) -> Iterator[str]:
    yield '<head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield f"<title>{escape(report.title)}</title>"
    yield f"<style>{_STYLE}</style></head>"


def _body(report: Report, words: _Words) -> Iterator[str]:
    yield f"<h1>{escape(report.title)}</h1>"
    if report.summary is not None:
        yield from _verdict(report.summary)
    yield f'<p class="quiet">{escape(report.made)}</p>'
    yield f"<h2>{escape(words.stages)}</h2><table>"
    for stage in report.stages:
        yield from _stage(stage, words)
    yield f"</table><h2>{escape(words.site)}</h2><table>"
    for fact in report.site:
        yield f"<tr><th>{escape(fact.caption)}</th><td>{escape(fact.value)}</td></tr>"
    yield f"</table><h2>{escape(words.program)}</h2>"
    yield from (f"<p>{escape(line)}</p>" for line in report.program)
    yield f"<h2>{escape(words.log)}</h2>{_lines(report.log)}</body>"


def _verdict(summary: ReportedVerdict) -> Iterator[str]:
    yield f"<p>{_result(summary.result, summary.result_words)}: {escape(summary.sentence)}</p>"
    yield from _move(summary.who_words, summary.next_step)


def _stage(stage: ReportedStage, words: _Words) -> Iterator[str]:
    took = f"{stage.milliseconds} ms" if stage.milliseconds else ""
    name = f'<br><span class="quiet">{escape(stage.stage)}</span>'
    yield f"<tr><th>{escape(stage.title)}{name}</th>"
    yield f"<td>{_result(stage.result, stage.result_words)}</td>"
    yield f'<td class="took">{took}</td><td><p>{escape(stage.sentence)}</p>'
    yield from _move(stage.who_words, stage.next_step)
    if stage.causes_words:
        causes = "".join(f"<li>{escape(cause.sentence)}</li>" for cause in stage.causes)
        yield f"<p>{escape(stage.causes_words)}</p><ol>{causes}</ol>"
    if stage.server_said:
        yield f"<p>“{escape(stage.server_said)}”</p>"
    if stage.detail:
        yield f"<details><summary>{escape(words.details)}</summary>{_lines(stage.detail)}</details>"
    yield "</td></tr>"


def _move(who: str, next_step: str) -> Iterator[str]:
    """Say whose move is next, and which."""
    if who or next_step:
        named = f"<b>{escape(who)}</b>" if who else ""
        yield f"<p>{': '.join(part for part in (named, escape(next_step)) if part)}</p>"


def _result(result: str, words: str) -> str:
    return f'<b class="{escape(result)}">{escape(words)}</b>'


def _lines(lines: tuple[str, ...]) -> str:
    text = "\n".join(map(escape, lines))
    return f"<pre>{text}</pre>"
