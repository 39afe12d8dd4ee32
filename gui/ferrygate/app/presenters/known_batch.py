"""One batch as the window knows it: what the engine tells of it and of its files."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from ferrygate.app.presenters.batch_outcome import (
    INTERRUPTS,
    MARKS,
    BatchOutcome,
    Tab,
    is_taken_back,
    outcome_of,
)
from ferrygate.common.display import display_name, display_text
from ferrygate.common.errors import Problem
from ferrygate.common.message import Message, message, sentences
from ferrygate.common.remedies import PERMANENT
from ferrygate.common.remote_path import basename
from ferrygate.engine.messages.transfers import ConflictQuestion
from ferrygate.sites.site import Site
from ferrygate.transfers.views import BatchView, ConflictScope, Direction, FileView, TransferState
from ferrygate.transfers.words import confirmation_words, left_words, skipped_words

_MAX_FAILURES = 100  # of a batch that are kept for support


class Batch(msgspec.Struct, kw_only=True):
    """Holds what is known of one batch.

    Attributes:
        view: as the engine told it.
        site: the one that was open when the batch began; ``None`` before any was.
        is_set_aside: it has ended, was seen, and stands no more among those of now.
        question: about files whose names are taken.
        answered: number of the last question that has an answer.
        scope: the files that the next answer is to hold for.
        file_problem: of a file that a person has to see to: the first, but a file that the end of
            the session ended only where there is no other.
        failures: the files that a person has to see to, with why; the first of them.
        unconfirmed: why the size of a delivered file is not confirmed; of the first.
        skipped: why a file was skipped though nothing of its name may be there; of the last.
        left: what an upload that was not delivered may have left on the server, and what to do
            about it; the first of them.
        fetched: where files were fetched to: the path of the only one, or the folder that they
            share; empty before there is one.
        fetched_files: how many.
    """

    view: BatchView
    site: Site | None = None
    is_set_aside: bool = False
    question: ConflictQuestion | None = None
    answered: int = 0
    scope: ConflictScope = ConflictScope.ALL
    file_problem: Problem | None = None
    failures: dict[int, tuple[str, Problem]] = {}
    unconfirmed: Message | None = None
    skipped: Message | None = None
    left: Message | None = None
    fetched: str = ""
    fetched_files: int = 0

    def follow(self, view: BatchView) -> None:
        """Note how the batch stands now; where files are retried, what was said of them is over.

        Each is told anew then. What was delivered stays so.
        """
        if self.view.finished and not view.finished:
            self.file_problem = self.left = None
            self.failures.clear()
            self.is_set_aside = False
        self.view = view
        if view.finished or not view.files_asked:
            self.question = None

    def ask(self, question: ConflictQuestion) -> bool:
        """Take a question, unless that has an answer; true where it is another than before."""
        if question.question <= self.answered:
            return False
        is_new = self.question is None or self.question.question != question.question
        self.question = question
        return is_new

    def take(self, file: FileView) -> None:
        """Note what is to be said of one file."""
        if file.state is TransferState.DELIVERED and self.view.direction is Direction.DOWNLOAD:
            self._take_fetched(file.local)
        match file.state:
            case TransferState.DELIVERED if not file.confirmed:
                words = confirmation_words(file, self.view.direction)
                self.unconfirmed = self.unconfirmed or words
            case TransferState.SKIPPED:
                self.skipped = skipped_words(file, self.view.direction) or self.skipped
            case TransferState.NEEDS_ATTENTION:
                self._take_problem(file)
                self.left = self.left or _left(file)
            case TransferState.CANCELLED:
                self.left = self.left or _left(file)
            case _:
                pass

    def _take_fetched(self, path: str) -> None:
        folder = str(Path(path).parent)
        match self.fetched_files:
            case 0:
                self.fetched = path
            case 1:
                self.fetched = os.path.commonpath([str(Path(self.fetched).parent), folder])
            case _ if folder != self.fetched:
                self.fetched = os.path.commonpath([self.fetched, folder])
        self.fetched_files += 1

    def _take_problem(self, file: FileView) -> None:
        if file.problem is None:
            return
        known = self.file_problem
        if known is None or (known.kind in INTERRUPTS and file.problem.kind not in INTERRUPTS):
            self.file_problem = file.problem
        if len(self.failures) < _MAX_FAILURES:
            self.failures[file.number] = (self._name(file), file.problem)

    def _name(self, file: FileView) -> str:
        """Return the name that a file has where it comes from."""
        upload = self.view.direction is Direction.UPLOAD
        return (
            display_text(Path(file.local).name) if upload else display_name(basename(file.remote))
        )

    @property
    def problem(self) -> Problem | None:
        """Return the problem that a person has to see to: a file's, or that of its walk."""
        return self.file_problem or (None if is_taken_back(self.view) else self.view.problem)

    @property
    def outcome(self) -> BatchOutcome:
        """Return what has become of it."""
        return outcome_of(self.view, self.problem)

    @property
    def is_under_way(self) -> bool:
        """Tell whether it has not ended, whatever it waits for."""
        return not self.view.finished

    @property
    def tab(self) -> Tab:
        """Return the tab where it stays; what may be left on the server is to be seen to."""
        if self.is_under_way:
            return Tab.NOW
        return Tab.ATTENTION if self.left is not None else MARKS[self.outcome].tab

    @property
    def lines(self) -> int:
        """Count the lines that its row has once it has ended, beside the two that each has."""
        if self.is_under_way or self.problem is None:
            return int(not self.is_under_way and self.left is not None)
        return 1 + bool(self.problem.server_said.strip()) + (self.left is not None)

    def is_in(self, tab: Tab) -> bool:
        """Tell whether a tab shows it; that of now keeps what has ended until it was seen."""
        if tab is Tab.NOW:
            return self.is_under_way or not self.is_set_aside
        return self.tab is tab


def _left(file: FileView) -> Message | None:
    """Say what is left of a file on the server, and to send it again where that can help."""
    left = left_words(file)
    if left is None or (file.problem is not None and file.problem.kind in PERMANENT):
        return left
    return sentences(left, message("Send it again."))
