"""An access check as the window shows it: a row for each stage that has ended, and the verdict."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap

import msgspec

from ferrygate.access_check.stages import CheckVerdict, Party, Stage, StageOutcome, StageResult
from ferrygate.access_check.words import (
    CAUSES_TITLE,
    OUTCOME_WORDS,
    PARTY_WORDS,
    STAGE_TITLES,
    listed_causes,
)
from ferrygate.app.presenters.question_views import ConsentView
from ferrygate.common.display import display_text
from ferrygate.common.errors import Problem
from ferrygate.common.i18n import _, render
from ferrygate.common.message import message
from ferrygate.common.text import server_says
from ferrygate.sites.site import Site

_MARKS = {
    StageOutcome.PASSED: ("done", "ok"),
    StageOutcome.WARNED: ("warning", "amber"),
    StageOutcome.FAILED: ("failed", "red"),
    StageOutcome.NOT_REACHED: ("skipped", "faint"),
}
_MILLISECONDS_BELOW = 1000  # above, a tenth of a second is what people read
_MAX_LINE = 88  # characters of a detail without blanks that fit beside the marks


class MarkedWords(msgspec.Struct, frozen=True, kw_only=True):
    """Holds words with the mark of how something ended.

    Attributes:
        icon: the mark's name.
        tint: its colour's name.
        sentence: the meaning.
        move: whose move it is, and which; empty where there is none.
    """

    icon: str
    tint: str
    sentence: str
    move: str = ""


class StageRow(msgspec.Struct, frozen=True, kw_only=True):
    """Describes how one stage ended.

    Attributes:
        stage: the stage.
        title: its title.
        words: what it means.
        note: the time, after a word where the stage has not passed.
        causes: of a refusal, the likeliest first, one a line.
        said: the server's own words.
        details: for support, folded away at first.
        spoken: all of it but the details, for screen readers.
    """

    stage: Stage
    title: str
    words: MarkedWords
    note: str = ""
    causes: str = ""
    said: str = ""
    details: str = ""
    spoken: str = ""


class CheckView(msgspec.Struct, frozen=True, kw_only=True):
    """Describes the check at one moment.

    Attributes:
        rows: the stages that have ended, but for those that were not reached.
        skipped: the stages that were not reached, in one sentence.
        is_running: the check is under way.
        status: the stage that is checked now, or that the check was stopped; empty with a verdict.
        verdict: the verdict, once the check has ended.
        problem: why there is no verdict.
        can_sign_in: the sign-in itself can be tried.
        consent: the question before the sign-in, while it is asked.
        report: the text for support, once there is one.
        shortens: names of servers and users are shortened in the report.
    """

    rows: tuple[StageRow, ...] = ()
    skipped: str = ""
    is_running: bool = False
    status: str = ""
    verdict: MarkedWords | None = None
    problem: Problem | None = None
    can_sign_in: bool = False
    consent: ConsentView | None = None
    report: str = ""
    shortens: bool = False


def stage_row(result: StageResult, site: Site) -> StageRow:
    """Put the end of a stage into words."""
    title = render(STAGE_TITLES[result.stage])
    words = _marked(result.outcome, render(result.sentence), _move(result, site))
    causes = _causes(result)
    flat = display_text(" ".join(result.server_said.split()))
    said = server_says(flat) if flat else ""
    outcome = render(OUTCOME_WORDS[result.outcome])
    took = _took(result.milliseconds)
    has_passed = result.outcome is StageOutcome.PASSED
    spoken = (f"{title}: {outcome}.", words.sentence, words.move, causes, said)
    return StageRow(
        stage=result.stage,
        title=title,
        words=words,
        note=took if has_passed else " · ".join(part for part in (outcome, took) if part),
        causes=causes,
        said=said,
        details=_folded(result.detail),
        spoken="\n".join(part for part in spoken if part),
    )


def skipped_words(results: Iterable[StageResult]) -> str:
    """Name the stages that were not reached; empty where there are none."""
    titles = tuple(
        STAGE_TITLES[result.stage]
        for result in results
        if result.outcome is StageOutcome.NOT_REACHED
    )
    return render(message("Not checked: {stages}.", stages=titles)) if titles else ""


def doing_words(results: Iterable[StageResult]) -> str:
    """Name the stage that is checked now: the one after those that have ended."""
    ended = {result.stage for result in results}
    following = next((stage for stage in Stage if stage not in ended), Stage.SETTINGS)
    return _("Checking: {stage}…").format(stage=render(STAGE_TITLES[following]))


def verdict_words(verdict: CheckVerdict, site: Site) -> MarkedWords:
    """Put the verdict into words."""
    return _marked(verdict.outcome, render(verdict.sentence), _move(verdict, site))


def _marked(outcome: StageOutcome, sentence: str, move: str) -> MarkedWords:
    icon, tint = _MARKS[outcome]
    return MarkedWords(icon=icon, tint=tint, sentence=sentence, move=move)


def _move(ended: StageResult | CheckVerdict, site: Site) -> str:
    """Say whose move it is, and which; a contact is named as the site names it."""
    step = "" if ended.next_step is None else render(ended.next_step)
    if ended.who is None or ended.outcome is StageOutcome.PASSED:
        return step
    who = render(PARTY_WORDS[ended.who])
    contact = display_text(site.support.contact)
    if ended.who is Party.CONTACT and contact:
        who = _("{who} ({contact})").format(who=who, contact=contact)
    if not step:
        return _("Who can mend it: {who}").format(who=who)
    return _("{who}: {step}").format(who=who, step=step)


def _causes(result: StageResult) -> str:
    causes = listed_causes(result.causes)
    if not causes:
        return ""
    numbered = (f"{number}. {render(cause)}" for number, cause in enumerate(causes, start=1))
    return "\n".join([render(CAUSES_TITLE), *numbered])


def _took(milliseconds: int) -> str:
    if not milliseconds:
        return ""
    if milliseconds < _MILLISECONDS_BELOW:
        return _("{number} ms").format(number=milliseconds)
    return _("{number} s").format(number=f"{milliseconds / 1000:.1f}")


def _folded(detail: str) -> str:
    """Clean a detail line by line, and break what has no blanks to break at."""
    lines = (wrap(display_text(line), _MAX_LINE) for line in detail.splitlines())
    return "\n".join("\n".join(parts) for parts in lines)
