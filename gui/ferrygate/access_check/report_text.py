"""Writes a report as plain text, for the clipboard and a mail's body."""

from __future__ import annotations

from collections.abc import Iterator

from ferrygate.access_check.report import Report, ReportedStage
from ferrygate.access_check.support_context import context_text

_INDENT = "    "


def report_text(report: Report) -> str:
    """Write a report as text, the verdict first and the log last."""
    parts = [
        "\n".join(_head(report)),
        "\n".join(line for stage in report.stages for line in _stage(stage)),
        context_text(report.program, report.log),
    ]
    return "\n\n".join(part for part in parts if part)


def _head(report: Report) -> Iterator[str]:
    yield f"{report.title} ({report.made})"
    summary = report.summary
    if summary is not None:
        yield f"{summary.result_words}: {_joined(summary.sentence, summary.next_step)}"
        if summary.who_words:
            yield f"-> {summary.who_words}"
    yield ""
    yield from (f"{fact.caption}: {fact.value}" for fact in report.site)


def _stage(stage: ReportedStage) -> Iterator[str]:
    took = f", {stage.milliseconds} ms" if stage.milliseconds else ""
    yield f"[{stage.stage}] {stage.result_words}{took}: {_joined(stage.sentence, stage.next_step)}"
    if stage.who_words:
        yield f"{_INDENT}-> {stage.who_words}"
    if stage.causes_words:
        yield f"{_INDENT}{stage.causes_words}"
        yield from (f"{_INDENT}- {cause.sentence}" for cause in stage.causes)
    if stage.server_said:
        yield f"{_INDENT}> {stage.server_said}"
    yield from (f"{_INDENT}{line}" for line in stage.detail)


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
