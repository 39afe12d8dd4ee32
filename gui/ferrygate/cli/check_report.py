"""Writes the report of an access check, for ``ferrygate check --report``."""

from __future__ import annotations

from pathlib import Path

from ferrygate.access_check.stages import CheckedAccess
from ferrygate.cli.command_context import CommandContext
from ferrygate.common.display import display_text
from ferrygate.common.i18n import _, render
from ferrygate.common.logs import log_in_use
from ferrygate.sites.site import Site


class CheckReport:
    """Writes the report if one is wanted; its maker is loaded then."""

    def __init__(self, context: CommandContext, path: Path | None, *, shorten: bool) -> None:
        """Make sure, before anything is checked, that a report would replace nothing else.

        Args:
            context: the command's.
            path: the page's; none if no report is wanted.
            shorten: shorten the names of servers and users.

        Raises:
            LocalFileError, UsageError: as :mod:`ferrygate.access_check.report_files` says.
        """
        self._context = context
        self._path = path
        self._shorten = shorten
        if path is not None:
            from ferrygate.access_check import report_files  # noqa: PLC0415  slow, seldom wanted

            report_files.check_report_place(path)

    def write(self, name: str, site: Site | None, checked: CheckedAccess) -> None:
        """Write page and JSON, and say where they are; called while secrets are in use.

        Args:
            name: the name of the site, or the path of the file, that was checked.
            site: the site; none where its file could not be read.
            checked: the check.

        Raises:
            LocalFileError: a file cannot be written.
        """
        if self._path is None:
            return
        from ferrygate.access_check import report_files  # noqa: PLC0415  as above
        from ferrygate.access_check.report import ReportSource  # noqa: PLC0415  as above

        context, log = self._context, log_in_use()
        source = ReportSource(
            made_at=context.clock.now(),
            name=name,
            site=site,
            results=checked.results,
            verdict=checked.verdict,
            log=() if log is None else log.recent_lines(),
        )
        redact = context.live_secrets.redact
        forms = report_files.report_forms(
            source, render=render, redact=redact, shorten=self._shorten
        )
        report_files.write_report(self._path, forms)
        page, beside = map(display_text, map(str, report_files.report_paths(self._path)))
        context.terminal.say(
            _("The report is in “{page}”, for programs in “{json}”.").format(page=page, json=beside)
        )
