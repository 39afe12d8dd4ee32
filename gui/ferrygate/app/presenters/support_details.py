"""Makes what support is sent from the window, by the maker that the command line uses too.

The maker of whole reports is loaded when one is made: the first paint would wait for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ferrygate.access_check.stages import CheckVerdict, StageResult
from ferrygate.access_check.support_context import context_text
from ferrygate.common.i18n import render
from ferrygate.common.logs import LogFile, log_in_use
from ferrygate.common.program_facts import program_lines
from ferrygate.sites.site import Site

if TYPE_CHECKING:
    from ferrygate.access_check.report_files import ReportForms


def details_text(words: str) -> str:
    """Complete the details of a problem by what runs, and the end of the log; never a secret."""
    log = log_in_use()
    own = words if log is None else "\n".join(map(log.redact, words.split("\n")))
    return f"{own}\n\n{context_text(program_lines(), _lines(log))}"


def check_report(
    site: Site,
    results: Sequence[StageResult],
    verdict: CheckVerdict | None,
    made_at: float,
    *,
    shorten: bool,
) -> ReportForms:
    """Make the report of a check, while its secrets are in use and so can be told from words.

    Args:
        site: the site that was checked.
        results: of the stages so far.
        verdict: none where the check was stopped.
        made_at: the time, seconds since the epoch.
        shorten: shorten the names of servers and users.
    """
    from ferrygate.access_check.report import ReportSource  # noqa: PLC0415  as above
    from ferrygate.access_check.report_files import report_forms  # noqa: PLC0415  as above

    log = log_in_use()
    source = ReportSource(
        made_at=made_at,
        name=site.name,
        site=site,
        results=tuple(results),
        verdict=verdict,
        log=_lines(log),
    )
    redact = str if log is None else log.redact
    return report_forms(source, render=render, redact=redact, shorten=shorten)


def save_report(path: Path, report: ReportForms) -> Path:
    """Write a report's page and its JSON, as :func:`ferrygate.access_check.report_files` does."""
    from ferrygate.access_check.report_files import write_report  # noqa: PLC0415  as above

    return write_report(path, report)


def _lines(log: LogFile | None) -> tuple[str, ...]:
    return () if log is None else log.recent_lines()
