"""Writes a sign-in's steps to the log, and keeps them for the details of a problem."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from ferrygate.common.display import display_text
from ferrygate.common.errors import Cancelled, FerrygateError
from ferrygate.sign_in.step_line import StepLine, lines_text
from ferrygate.sign_in.step_text import step_line, step_text
from ferrygate.sign_in.steps import ReportStep, Step, StepFailed, failed_step

_LOG = logging.getLogger("ferrygate.sign_in")
_MAX_WORDS = 1000  # characters of what was found, and of a banner; a server chooses both
# Steps that are kept: a sign-in that waits for several codes connects anew for each, and a server
# may ask sixteen rounds of prompts.
_MAX_STEPS = 100


def log_step(step: Step) -> None:
    """Write a step to the log."""
    _LOG.info("%s", step_text(step))


class StepRecord:
    """Keeps the steps of one attempt, as lines, and passes each of them on."""

    def __init__(self, redact: Callable[[str], str], report: ReportStep = log_step) -> None:
        """Begin with no step.

        Args:
            redact: takes the secrets in use out of a text: a server may say what it was sent.
            report: takes each step as well.
        """
        self._redact = redact
        self._report = report
        self._last: Step | None = None
        self._lines: list[StepLine] = []

    def add(self, step: Step) -> None:
        """Take a step that was done."""
        self._last = step
        if len(self._lines) < _MAX_STEPS:
            line = step_line(step)
            found, banner = self._cleaned(line.found), self._cleaned(line.banner)
            self._lines.append(StepLine(line.name, found, banner))
        self._report(step)

    def _cleaned(self, words: str) -> str:
        return display_text(self._redact(words))[:_MAX_WORDS]

    @property
    def lines(self) -> tuple[StepLine, ...]:
        """Return the steps so far."""
        return tuple(self._lines)

    @property
    def text(self) -> str:
        """Return the steps so far, one a line."""
        return lines_text(self._lines)

    @contextmanager
    def failing(self) -> Iterator[None]:
        """Add the step that an error has ended, and give the error's problem the steps so far."""
        try:
            yield
        except Cancelled:
            raise
        except FerrygateError as error:
            problem = error.problem
            name = failed_step(self._last, problem.kind)
            self.add(StepFailed(name, problem.kind, problem.detail))
            error.problem = msgspec.structs.replace(problem, steps=self.text)
            raise
