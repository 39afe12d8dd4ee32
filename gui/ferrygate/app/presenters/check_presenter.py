"""Checks the access of the site's account, stage by stage, and makes the report for support."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ferrygate.access_check.stages import CheckVerdict, StageOutcome, StageResult
from ferrygate.app.presenters.check_view import (
    CheckView,
    doing_words,
    skipped_words,
    stage_row,
    verdict_words,
)
from ferrygate.app.presenters.notice_presenter import NoticePresenter
from ferrygate.app.presenters.observable import Observable
from ferrygate.app.presenters.outbox import Outbox
from ferrygate.app.presenters.question_views import ConsentView
from ferrygate.app.presenters.run_in_background import RunInBackground
from ferrygate.app.presenters.session_words import code_wait_words, seconds_until
from ferrygate.app.presenters.support_details import check_report, save_report
from ferrygate.common.clock import Clock
from ferrygate.common.display import display_text
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.i18n import _
from ferrygate.engine.messages.checks import CheckAccess, CheckEnded, CheckStageEnded
from ferrygate.engine.messages.codes import CodeAwaited
from ferrygate.engine.messages.command import CancelRequest
from ferrygate.engine.messages.event import Done, Event, Failed
from ferrygate.engine.messages.session import SecretsChanged
from ferrygate.sites.site import Site
from ferrygate.sites.without_code import may_need_code

if TYPE_CHECKING:
    from ferrygate.access_check.report_files import ReportForms


class CheckPresenter(Observable):
    """Runs one check at a time, for the site that the card is about.

    A check without a sign-in reads no secret and spends no code, so it starts at a click. The
    sign-in is tried once the person has agreed to that.
    """

    def __init__(
        self,
        outbox: Outbox,
        clock: Clock,
        notices: NoticePresenter,
        background: RunInBackground,
    ) -> None:
        """Begin without a check.

        Args:
            outbox: the way to the engine.
            clock: the time.
            notices: say that a report was saved, or was not.
            background: saves it.
        """
        super().__init__()
        self._outbox = outbox
        self._clock = clock
        self._notices = notices
        self._background = background
        self._site: Site | None = None
        self._secrets: SecretsChanged | None = None
        self._has_typed_password = False
        self._awaits_site = False  # until the engine has opened the site
        self._request: int | None = None
        self._signs_in = False
        self._asks_consent = False
        self._forget()

    def _forget(self) -> None:
        self._results: list[StageResult] = []
        self._verdict: CheckVerdict | None = None
        self._problem: Problem | None = None
        self._ended_at = 0.0
        self._was_stopped = False
        self._code_at: float | None = None  # epoch; when the sign-in has a code that it may send
        self._shortens = False
        self._report: ReportForms | None = None

    @property
    def is_running(self) -> bool:
        """Tell whether a check is under way."""
        return self._awaits_site or self._request is not None

    @property
    def view(self) -> CheckView:
        """Describe the check at this moment."""
        site = self._site
        if site is None:
            return CheckView()
        reached = (each for each in self._results if each.outcome is not StageOutcome.NOT_REACHED)
        return CheckView(
            rows=tuple(stage_row(result, site) for result in reached),
            skipped=skipped_words(self._results),
            is_running=self.is_running,
            status=self._status(),
            verdict=None if self._verdict is None else verdict_words(self._verdict, site),
            problem=self._problem,
            can_sign_in=self._can_sign_in,
            consent=self._consent() if self._asks_consent else None,
            report="" if self._report is None else self._report.text,
            shortens=self._shortens,
        )

    @property
    def report_name(self) -> str:
        """Suggest a name for the report's file."""
        name = "" if self._site is None else self._site.name
        safe = "".join(each if each.isalnum() else "-" for each in name).strip("-").lower()
        return f"{safe or 'ferrygate'}-access-check.html"

    def turn_to(self, site: Site) -> None:
        """Forget what concerned another site, and stop a check of it."""
        self.stop()
        self._site, self._secrets, self._awaits_site, self._request = site, None, False, None
        self._asks_consent = self._has_typed_password = False
        self._forget()
        self._changed()

    def start(self, site: Site, *, has_typed_password: bool = False) -> None:
        """Check all that needs no secret, as soon as the engine has opened the site.

        Args:
            site: the site, with the user name that the person has typed.
            has_typed_password: the engine holds a password that was typed.
        """
        if not self.is_running:
            self._site, self._has_typed_password = site, has_typed_password
            self._begin(signs_in=False)

    def check_again(self) -> None:
        """Check the same once more; the sign-in is not tried."""
        if not self.is_running:
            self._begin(signs_in=False)

    def ask_for_sign_in(self) -> None:
        """Ask before the sign-in is tried, which spends a code."""
        self._asks_consent = self._can_sign_in
        self._changed()

    def decline(self) -> None:
        """Drop the question: the person does not agree."""
        self._asks_consent = False
        self._changed()

    def agree(self) -> None:
        """Try the sign-in as well."""
        if self._asks_consent and not self.is_running:
            self._begin(signs_in=True)

    def stop(self) -> None:
        """Stop the check; the engine answers for it."""
        if self._awaits_site:
            self._awaits_site = False
            self._end(None)
            self._changed()
        elif self._request is not None:
            self._outbox.send(CancelRequest(target=self._request))

    def shorten(self, *, wanted: bool) -> None:
        """Shorten the names of servers and users in the report, or leave them whole."""
        if wanted != self._shortens:
            self._shortens = wanted
            self._make_report()
            self._changed()

    def save(self, path: str) -> None:
        """Write the report to a file, with JSON beside it."""
        if self._report is not None:
            save = partial(save_report, Path(path), self._report)
            self._background(save, self._tell_saved, self._notices.show)

    def tick(self) -> None:
        """Count down to the next code, as the wall clock has entered another second."""
        if self._code_at is not None:
            self._changed()

    def handle(self, event: Event) -> None:
        """Take in what the engine says of the check."""
        match event:
            case SecretsChanged():
                self._secrets = event
                if self._awaits_site and self._is_open:
                    self._send()
            case CheckStageEnded(request=request, result=result) if request == self._request:
                self._results.append(result)
                self._code_at = None
            case CodeAwaited(request=request, until=until) if request == self._request:
                self._code_at = until
            case CheckEnded(request=request, verdict=verdict) if request == self._request:
                self._verdict = verdict
            case Done(request=request) if request == self._request:
                self._end(None)
            case Failed(request=request, problem=problem) if request == self._request:
                self._end(problem)
            case _:
                return
        self._changed()

    def _begin(self, *, signs_in: bool) -> None:
        shortens = self._shortens
        self._forget()
        self._shortens, self._signs_in = shortens, signs_in
        self._asks_consent, self._awaits_site = False, True
        if self._is_open:
            self._send()
        self._changed()

    @property
    def _is_open(self) -> bool:
        """Tell whether the engine has opened the site, of which it tells the secrets at hand."""
        return self._secrets is not None and self._secrets.site == self._site

    def _send(self) -> None:
        self._awaits_site = False
        signs_in = self._signs_in
        self._request = self._outbox.ask(
            lambda number: CheckAccess(request=number, sign_in=signs_in)
        )

    def _end(self, problem: Problem | None) -> None:
        self._request = self._code_at = None
        self._ended_at = self._clock.now()
        self._was_stopped = self._verdict is None
        self._problem = None if problem is None or problem.kind is Kind.CANCELLED else problem
        self._make_report()

    def _make_report(self) -> None:
        if self._site is None or self.is_running or not self._results:
            return
        self._report = check_report(
            self._site, self._results, self._verdict, self._ended_at, shorten=self._shortens
        )

    def _status(self) -> str:
        if not self.is_running:
            is_over = self._verdict is not None or self._problem is not None
            return "" if is_over or not self._was_stopped else _("The check was stopped.")
        left = seconds_until(self._code_at, self._clock.now())
        return code_wait_words(left) if left else doing_words(self._results)

    @property
    def _can_sign_in(self) -> bool:
        """Tell whether nothing stands in the way of a sign-in, as far as the check has found."""
        site, secrets, verdict = self._site, self._secrets, self._verdict
        if self.is_running or site is None or secrets is None or verdict is None:
            return False
        if secrets.site != site:
            return False
        has_password = secrets.has_password or self._has_typed_password
        lacks_secret = site.sends_password and not (
            has_password and (secrets.has_code_secret or not may_need_code(site))
        )
        return not lacks_secret and verdict.first_failed is None

    def _consent(self) -> ConsentView:
        site = self._site
        if site is not None and may_need_code(site):
            words = _(
                "This signs in once, with your password and your next code, which is used up. If"
                " it is refused, that counts as one refusal."
            )
        else:
            words = _("This signs in once. If it is refused, that counts as one refusal.")
        return ConsentView(words, _("Try the sign-in"))

    def _tell_saved(self, page: Path) -> None:
        self._notices.say(_("Saved as “{name}”.").format(name=display_text(page.name)))
