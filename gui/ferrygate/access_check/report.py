"""Makes the report of an access check for support: stages, versions, and the end of the log.

Command line and window use this one maker. All texts of a :class:`Report` are fit to be sent: put
into words, secrets in use taken out, controls written out, and on request shortened. So the modules
that write a report as text, HTML or JSON only arrange them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

import msgspec

from ferrygate.access_check.shortening import shortener
from ferrygate.access_check.stages import CheckVerdict, StageResult, value_or_empty
from ferrygate.access_check.words import (
    CAUSES_TITLE,
    OUTCOME_WORDS,
    PARTY_WORDS,
    STAGE_TITLES,
    cause_words,
    listed_causes,
)
from ferrygate.common.display import display_text
from ferrygate.common.message import Message, Text, message
from ferrygate.common.program_facts import program_lines
from ferrygate.sites.site import Site

Render = Callable[[Message], str]
"""Puts a message into words; ``str`` gives English."""

_MAX_TEXT = 8000  # characters of one text; a server chooses how long its words are
_MAX_LINES = 200  # of a detail


class ReportSource(msgspec.Struct, frozen=True, kw_only=True):
    """Holds what a report is made from.

    Attributes:
        made_at: the time, seconds since the epoch.
        name: what was checked: a site's name, or the path of a file.
        site: the site; none where the file could not be read.
        results: of the stages, in order.
        verdict: none while the check goes on, or where it was stopped.
        log: the last lines of the log.
    """

    made_at: float
    name: str
    site: Site | None
    results: tuple[StageResult, ...] = ()
    verdict: CheckVerdict | None = None
    log: tuple[str, ...] = ()


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Holds one fact of the site, under a name for programs and a caption for people."""

    name: str
    caption: str
    value: str


class ReportedCause(msgspec.Struct, frozen=True, kw_only=True):
    """Names a cause that a refused sign-in may have."""

    cause: str
    sentence: str


class ReportedStage(msgspec.Struct, frozen=True, kw_only=True):
    """Tells how one stage ended; the names are those of the command's JSON lines."""

    stage: str
    title: str
    result: str
    result_words: str
    milliseconds: int
    sentence: str
    next_step: str = ""
    who: str = ""
    who_words: str = ""
    kind: str = ""
    causes_words: str = ""
    causes: tuple[ReportedCause, ...] = ()
    detail: tuple[str, ...] = ()
    server_said: str = ""


class ReportedVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """Sums up the check."""

    result: str
    result_words: str
    sentence: str
    next_step: str = ""
    who: str = ""
    who_words: str = ""
    first_failed: str = ""
    kind: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Holds the texts of a report; :func:`make_report` says what was done to them.

    Attributes:
        title: for people, with the site's name.
        made: the time in UTC, such as ``2026-11-30T17:02:04Z``.
        summary: the verdict; none while the check goes on, or where it was stopped.
        site: the site's facts.
        stages: those that have ended, in order.
        program: versions and platform.
        log: its last lines.
    """

    format: int = 1
    title: str
    made: str
    summary: ReportedVerdict | None
    site: tuple[Fact, ...]
    stages: tuple[ReportedStage, ...]
    program: tuple[str, ...]
    log: tuple[str, ...]


def make_report(
    source: ReportSource,
    *,
    render: Render = str,
    redact: Callable[[str], str],
    shorten: bool,
) -> Report:
    """Make a report.

    Args:
        source: the check, its site, and the log.
        render: puts sentences into words; programs read English.
        redact: takes secrets in use out of a text.
        shorten: shorten the names of hosts and users, and addresses.
    """
    maker = _Maker(render, redact, shortener(source.site) if shorten else str)
    return Report(
        title=maker.words(message("Access check: {site}", site=source.name)),
        made=datetime.fromtimestamp(source.made_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        summary=None if source.verdict is None else maker.verdict(source.verdict),
        site=() if source.site is None else tuple(maker.facts(source.site)),
        stages=tuple(map(maker.stage, source.results)),
        program=program_lines(),
        log=tuple(map(maker.text, source.log)),
    )


class _Maker:
    """Puts values into texts that are fit to be sent."""

    def __init__(
        self, render: Render, redact: Callable[[str], str], shorten: Callable[[str], str]
    ) -> None:
        self._render = render
        self._redact = redact
        self._shorten = shorten

    def text(self, text: str) -> str:
        """Take secrets out of a text, shorten what is to be, and write out controls."""
        return display_text(self._shorten(self._redact(text)))[:_MAX_TEXT]

    def words(self, text: Message | None) -> str:
        """Put a message into words; empty where there is none."""
        return "" if text is None else self.text(self._render(text))

    def lines(self, text: str) -> tuple[str, ...]:
        """Take a text line by line."""
        return tuple(self.text(line) for line in text.splitlines()[:_MAX_LINES] if line.strip())

    def stage(self, result: StageResult) -> ReportedStage:
        """Report one stage."""
        who = result.who
        return ReportedStage(
            stage=result.stage.value,
            title=self.words(STAGE_TITLES[result.stage]),
            result=result.outcome.value,
            result_words=self.words(OUTCOME_WORDS[result.outcome]),
            milliseconds=result.milliseconds,
            sentence=self.words(result.sentence),
            next_step=self.words(result.next_step),
            who=value_or_empty(who),
            who_words="" if who is None else self.words(PARTY_WORDS[who]),
            kind=value_or_empty(result.kind),
            causes_words=self.words(CAUSES_TITLE) if listed_causes(result.causes) else "",
            causes=tuple(
                ReportedCause(cause=cause.value, sentence=self.words(cause_words(cause)))
                for cause in result.causes
            ),
            detail=self.lines(result.detail),
            server_said=" ".join(self.lines(result.server_said)),
        )

    def verdict(self, verdict: CheckVerdict) -> ReportedVerdict:
        """Report the verdict."""
        who = verdict.who
        return ReportedVerdict(
            result=verdict.outcome.value,
            result_words=self.words(OUTCOME_WORDS[verdict.outcome]),
            sentence=self.words(verdict.sentence),
            next_step=self.words(verdict.next_step),
            who=value_or_empty(who),
            who_words="" if who is None else self.words(PARTY_WORDS[who]),
            first_failed=value_or_empty(verdict.first_failed),
            kind=value_or_empty(verdict.kind),
        )

    def facts(self, site: Site) -> Iterator[Fact]:
        """Report the facts of the site; one that it leaves out is not named."""
        for name, caption, value in _facts(site):
            if value:
                made = self.text(value) if isinstance(value, str) else self.words(value)
                yield Fact(name=name, caption=self.words(caption), value=made)


def _facts(site: Site) -> Iterable[tuple[str, Message, Text]]:
    how = site.sign_in
    codes = message(
        "{digits} digits, {period} s, {algorithm}",
        digits=how.digits,
        period=how.period,
        algorithm=how.algorithm,
    )
    return (
        ("name", message("Site"), site.name),
        ("server", message("Server"), f"{site.host}:{site.port}"),
        ("username", message("User name"), site.username),
        ("start_folder", message("Start folder"), site.start_folder),
        ("steps", message("Ways to sign in"), ", ".join(how.steps)),
        ("join", message("Sent as the password"), how.join),
        ("code", message("Codes"), codes),
        ("okta_address", message("Okta address"), how.okta_address),
        ("pins", message("Pinned host keys"), ", ".join(site.host_key_fingerprints)),
        ("contact", message("Contact"), site.support.contact),
    )
