"""Prints the stages of an access check, and its verdict, for people and for programs."""

from __future__ import annotations

from ferrygate.access_check.stages import (
    CheckVerdict,
    Party,
    Stage,
    StageOutcome,
    StageResult,
    value_or_empty,
)
from ferrygate.access_check.words import (
    CAUSES_TITLE,
    OUTCOME_WORDS,
    PARTY_STEPS,
    PARTY_WORDS,
    STAGE_TITLES,
    listed_causes,
)
from ferrygate.cli.exit_codes import Exit, exit_for
from ferrygate.cli.json_lines import JsonEvent, message_fields
from ferrygate.cli.terminal import Terminal
from ferrygate.common.display import display_text
from ferrygate.common.i18n import _, render
from ferrygate.common.text import server_says

_GAP = 2  # blanks between two columns


class CheckPrinter:
    """Prints each stage as it ends; those that were not reached are named together at the end.

    Attributes:
        has_begun: the line that says what is checked was printed.
    """

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._not_reached: list[Stage] = []
        self.has_begun = False

    def begin(self, name: str) -> None:
        """Say what is checked: a site's name, or what was typed for it."""
        self._not_reached = []
        self.has_begun = True
        self._line(_("Checking the access to “{name}”").format(name=display_text(name)))

    def stage(self, result: StageResult) -> None:
        """Print a stage."""
        self._terminal.clear_status_line()
        self._record(result)
        title = render(STAGE_TITLES[result.stage])
        if result.outcome is StageOutcome.NOT_REACHED:
            self._not_reached.append(result.stage)
            if not self._terminal.verbose:
                return
        took = f" ({result.milliseconds} ms)" if result.milliseconds else ""
        self._line(f"{self._outcome(result)}{title}: {render(result.sentence)}{took}")
        for line in self._more(result):
            self._line(" " * self._width + line)

    def end(self, verdict: CheckVerdict) -> None:
        """Print the verdict as four lines, the same after every check, to be read out on the phone.

        They are the stage that has failed, what was found, whose move it is, and the move.
        """
        exit_status = Exit.DONE if verdict.kind is None else exit_for(verdict.kind)
        self._terminal.record(
            JsonEvent.SUMMARY,
            result=verdict.outcome.value,
            first_failed=value_or_empty(verdict.first_failed),
            who=value_or_empty(verdict.who),
            **message_fields("sentence", verdict.sentence),
            **message_fields("next_step", verdict.next_step),
            kind=value_or_empty(verdict.kind),
            contact=self._terminal.contact,
            exit=int(exit_status),
        )
        if self._not_reached and not self._terminal.verbose:
            titles = ", ".join(render(STAGE_TITLES[stage]) for stage in self._not_reached)
            self._line(_("Not checked: {stages}").format(stages=titles))
        failed, who = verdict.first_failed, verdict.who
        stage = _("nothing") if failed is None else render(STAGE_TITLES[failed])
        party = _("nobody's") if who is None else self._party(who)
        self._line("")
        self._line(_("Failed at: {stage}").format(stage=stage))
        self._line(render(verdict.sentence))
        self._line(_("Whose move it is: {who}").format(who=party))
        self._line(_("What to do: {step}").format(step=self._step(verdict)))

    def _step(self, verdict: CheckVerdict) -> str:
        """Say what to do next; after a check that has found nothing, how to check further."""
        if verdict.next_step is not None:
            return render(verdict.next_step)
        if verdict.who is not None:
            return render(PARTY_STEPS[verdict.who])
        if Stage.SIGN_IN in self._not_reached:
            return _("If you cannot sign in, check again with --sign-in.")
        if Stage.WRITE_PROBE in self._not_reached:
            return _("If a file does not arrive, check again with --write and its folder.")
        return _("nothing")

    def _more(self, result: StageResult) -> list[str]:
        """List the lines below a stage: causes, next step, the server's words, who can mend it."""
        causes = listed_causes(result.causes)
        lines = [f"{number}. {render(cause)}" for number, cause in enumerate(causes, 1)]
        if lines:
            lines.insert(0, render(CAUSES_TITLE))
        if result.next_step is not None:
            lines.append(render(result.next_step))
        if result.server_said:
            lines.append(server_says(display_text(result.server_said)))
        if result.who is not None:
            lines.append(_("Who can mend it: {who}").format(who=self._party(result.who)))
        if self._terminal.verbose:
            lines += map(display_text, result.detail.splitlines())
        return lines

    def _outcome(self, result: StageResult) -> str:
        """Write a stage's outcome in a column of its own."""
        return render(OUTCOME_WORDS[result.outcome]).ljust(self._width)

    @property
    def _width(self) -> int:
        """Return the characters of that column."""
        return max(len(render(words)) for words in OUTCOME_WORDS.values()) + _GAP

    def _party(self, who: Party) -> str:
        contact = self._terminal.contact
        if who is Party.CONTACT and contact:
            return f"{render(PARTY_WORDS[who])} ({display_text(contact)})"
        return render(PARTY_WORDS[who])

    def _record(self, result: StageResult) -> None:
        self._terminal.record(
            JsonEvent.STAGE,
            stage=result.stage.value,
            result=result.outcome.value,
            milliseconds=result.milliseconds,
            **message_fields("sentence", result.sentence),
            **message_fields("next_step", result.next_step),
            who=value_or_empty(result.who),
            kind=value_or_empty(result.kind),
            causes=[cause.value for cause in result.causes],
            detail=result.detail,
            server_said=result.server_said,
        )

    def _line(self, text: str) -> None:
        if not self._terminal.as_json:
            self._terminal.line(text)
