"""Reports on a transfer, to a person and to a program."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ferrygate.cli.ended_files import EndedFiles
from ferrygate.cli.exit_codes import Exit
from ferrygate.cli.json_lines import JsonEvent, local_fields, name_fields
from ferrygate.cli.progress_bar import make_bar
from ferrygate.cli.terminal import Terminal, server_words
from ferrygate.common.clock import Clock
from ferrygate.common.display import display_name, display_text
from ferrygate.common.errors import Cancelled, Kind, Problem
from ferrygate.common.i18n import _, ngettext, render
from ferrygate.common.message import Message, message, sentences
from ferrygate.common.text import number_text, size_text
from ferrygate.engine.messages.transfers import BatchChanged, FileChanged
from ferrygate.transfers.views import (
    BatchView,
    ConflictChoice,
    Direction,
    FileView,
    LateCheck,
    LeftBehind,
    TransferState,
)
from ferrygate.transfers.words import (
    batch_title,
    confirmation_words,
    late_words,
    left_words,
    skipped_words,
)

if TYPE_CHECKING:
    from rich.progress import Progress

# Between two lines of progress without a terminal: a log of hours stays short.
_REPORT_SECONDS = 10.0
# With these choices the name was free when the upload began, so that a part on the server has the
# reported name. With the others the part, or the file of that name, may be another one.
_NAME_WAS_FREE = frozenset({ConflictChoice.FAIL, ConflictChoice.SKIP})
_ENDS = tuple(state for state in TransferState if state.has_ended)
_UNDER_WAY = frozenset({TransferState.SENDING, TransferState.RECEIVING, TransferState.CHECKING})


class TransferReport:
    """Reports the events of one batch: on a terminal by a bar, elsewhere by a line now and then."""

    def __init__(
        self,
        terminal: Terminal,
        clock: Clock,
        direction: Direction,
        folder: str,
        on_conflict: ConflictChoice,
    ) -> None:
        """Draw nothing yet; ``folder`` is the one that the files go into."""
        self._folder = folder
        self._on_conflict = on_conflict
        self._steps: dict[str, None] = {}  # in the order they were met
        self._direction = direction
        self._terminal = terminal
        self._clock = clock
        self._told_at = clock.monotonic()
        self._bar: Progress | None = None  # made when there is something to draw
        self._under_way: dict[int, FileView] = {}  # by number, in the last reported state
        self._ended = EndedFiles()
        self._is_stopping = False
        self._late_told: Message | None = None

    @property
    def complete(self) -> bool:
        """Tell whether every file was delivered, or skipped as asked."""
        return not self._under_way and self._ended.are_complete

    @property
    def has_files(self) -> bool:
        """Tell whether a file was reported."""
        return bool(self._under_way or self._ended)

    @property
    def was_cancelled(self) -> bool:
        """Tell whether a file was taken back before it was done."""
        return self._ended.by_state[TransferState.CANCELLED] > 0

    @property
    def was_cut_short(self) -> bool:
        """Tell whether the transfer ended before a file had all that it needs to be delivered."""
        return self.was_cancelled or (self._is_stopping and self._ended.has_unchecked)

    def __call__(self, event: BatchChanged | FileChanged) -> None:
        """Tell what an event says."""
        match event:
            case BatchChanged(view=view):
                self._progress(view)
            case FileChanged(view=file):
                self._take(file)

    def end(self) -> None:
        """Print the sums, and before them the files whose end was not waited for."""
        unknown, self._under_way = list(self._under_way.values()), {}
        for file in unknown:
            left = _left_to_itself(file)
            self._count(left)
            self._record(left)
            if file.state is not TransferState.WAITING:
                self._say(left)
        self._terminal.clear_status_line()
        ended = self._ended
        sentence = ngettext(
            "{count} file delivered, {size}.", "{count} files delivered, {size}.", ended.delivered
        ).format(count=number_text(ended.delivered), size=size_text(ended.bytes_delivered))
        ends = ended.by_state - Counter({TransferState.SKIPPED: ended.left_out})
        for state, text in (
            (TransferState.SKIPPED, _("Skipped: {count}.")),
            (TransferState.NEEDS_ATTENTION, _("Not delivered: {count}.")),
            (TransferState.CANCELLED, _("Cancelled: {count}.")),
        ):
            if ends[state]:
                sentence += " " + text.format(count=number_text(ends[state]))
        if ended.left_out:
            sentence += " " + _("Left out: {count}.").format(count=number_text(ended.left_out))
        self._terminal.say(sentence)
        if ended.renamed:
            self._terminal.say(
                ngettext(
                    "{count} file has another name here than on the server.",
                    "{count} files have another name here than on the server.",
                    ended.renamed,
                ).format(count=number_text(ended.renamed))
            )
        if unknown:  # some may be whole by now, some a part: no step is right for all
            self._terminal.say(_("It is not known what is left of the files that were under way."))
        else:
            self._note_rest()
        for step in self._steps:
            self._terminal.say(step)

    def summarise(self, status: Exit) -> None:
        """Print the last line for a program: files by their end, and the exit status."""
        ended = self._ended
        self._terminal.record(
            JsonEvent.SUMMARY,
            counts={state.value: ended.by_state[state] for state in _ENDS},
            left_out=ended.left_out,
            size_differs=ended.size_differs,
            bytes=ended.bytes_delivered,
            exit=int(status),
        )

    def _is_renamed(self, file: FileView) -> bool:
        """Tell whether a fetched file, or a folder above, was given another name on this disk."""
        if self._direction is Direction.UPLOAD or file.state is not TransferState.DELIVERED:
            return False
        below = file.local.removeprefix(self._folder).removeprefix(os.sep)
        if below.isascii() and file.remote.endswith(b"/" + below.encode()):  # nearly all
            return False
        here = Path(file.local).relative_to(self._folder).parts
        there = file.remote.decode("utf-8", "surrogateescape").split("/")[-len(here) :]
        return [_composed(name) for name in here] != [_composed(name) for name in there]

    def _progress(self, view: BatchView) -> None:
        if view.stopping and not self._is_stopping:
            self._is_stopping = True
            moving = [file for file in self._under_way.values() if file.state in _UNDER_WAY]
            if any(file.late_check is not LateCheck.DUE for file in moving):
                self._terminal.say(_("Stopping. What is under way is being cleared away."))
        self._note_late(view)
        can_draw = self._terminal.can_draw
        if can_draw:
            self._draw(view)
        now = self._clock.monotonic()
        if view.finished or now - self._told_at < _REPORT_SECONDS:
            return
        self._told_at = now
        self._terminal.record(
            JsonEvent.PROGRESS,
            bytes_moved=view.bytes_moved,
            bytes_total=view.bytes_total,
            bytes_per_second=round(view.bytes_per_second),
            files_finished=view.files_finished,
            files_total=view.files_total,
            walking=view.walking,
        )
        if not can_draw:
            self._terminal.say(
                _("{moved} of {total}, {done} of {files} files").format(
                    moved=size_text(view.bytes_moved),
                    total=size_text(view.bytes_total),
                    done=number_text(view.files_finished),
                    files=number_text(view.files_total),
                )
            )

    def _note_late(self, view: BatchView) -> None:
        """Say what is waited for, once nothing else is left to do."""
        until = view.late_until
        if (
            until is None
            or view.walking
            or view.files_finished + view.files_late < view.files_total
        ):
            return
        words = late_words(view.files_late, until, delivered=not self._has_files_held_back)
        if words != self._late_told:
            self._late_told = words
            problem = Problem(
                kind=Kind.CONNECTION_LOST,
                sentence=words,
                next_step=message("With --no-late-check, put ends without that."),
            )
            self._terminal.warn("late-check", problem, files=view.files_late, until=round(until))

    @property
    def _has_files_held_back(self) -> bool:
        files = self._under_way.values()
        return any(file.state is TransferState.INTERRUPTED for file in files)

    def _draw(self, view: BatchView) -> None:
        if view.finished or self._terminal.is_away:  # the bar is about to go, or has given way
            return
        if self._bar is None:
            self._bar = make_bar(self._terminal.screen)
        (task,) = self._bar.task_ids
        title = render(batch_title(view))
        total = None if view.walking else view.bytes_total
        self._bar.update(task, description=title, completed=view.bytes_moved, total=total)
        self._terminal.show(self._bar)

    def _take(self, file: FileView) -> None:
        if not file.state.has_ended:
            self._under_way[file.number] = file
            return
        self._under_way.pop(file.number, None)
        self._count(file)
        self._record(file)
        self._say(file)

    def _count(self, file: FileView) -> None:
        self._ended.add(file, is_renamed=self._is_renamed(file))

    def _record(self, file: FileView) -> None:
        if not self._terminal.as_json:  # what follows takes its time for many files
            return
        problem = self._terminal.problem_record(file.problem) if file.problem else None
        self._terminal.record(
            JsonEvent.FILE,
            **local_fields("local", file.local),
            **name_fields("remote", file.remote),
            state=file.state.value,
            size=file.size,
            sha256=file.sha256,
            confirmed=file.confirmed,
            confirmation=file.confirmation.value,
            left_behind=file.left_behind.value,
            skip_reason=file.skip_reason.value if file.skip_reason else None,
            renamed=self._is_renamed(file),
            late_check=file.late_check.value,
            size_differs=file.size_differs,
            problem=problem,
        )

    def _say(self, file: FileView) -> None:
        source = (
            display_text(file.local)
            if self._direction is Direction.UPLOAD
            else display_name(file.remote)
        )
        left = left_words(file)
        if file.problem is None:
            words = _remark(file, self._direction)
            if words is not None:
                self._terminal.say(f"{source}: {render(words)}")
            return
        if file.state is TransferState.CANCELLED and left is None:
            return  # the sum has it
        # The cause is printed once for all files; their names, without --json, here alone.
        is_told = file.problem == self._terminal.given_up
        words = message("not delivered.") if is_told else file.problem.sentence
        self._terminal.say(f"{source}: {render(sentences(words, left))}")
        if is_told:
            return
        if file.problem.server_said:
            self._terminal.say(f"  {server_words(file.problem)}")
        if file.problem.detail and self._terminal.verbose:
            self._terminal.say("  " + _("Details: {detail}").format(detail=file.problem.detail))
        self._note_step(file.problem)

    def _note_step(self, problem: Problem) -> None:
        """Keep what to do, which is said once, at the end, for however many files."""
        if problem.kind is Kind.CONFLICT:
            self._steps[_("Use --on-conflict replace, keep-both, skip or changed.")] = None
        elif problem.next_step is not None:
            self._steps[render(problem.next_step)] = None

    def _note_rest(self) -> None:
        """Say how to do the rest. Skip goes by the name, so it would take a part for the whole."""
        is_upload = self._direction is Direction.UPLOAD
        if is_upload and self._on_conflict in _NAME_WAS_FREE and self._ended.has_parts:
            step = _("Send the files named above again, with --on-conflict replace.")
            self._steps[step] = None
        if self.was_cancelled:
            self._steps[self._rest()] = None
        if self._ended.size_differs:
            step = _("What has another size is moved with --on-conflict changed or replace.")
            self._steps[step] = None

    def _rest(self) -> str:
        match self._on_conflict:
            case ConflictChoice.ASK:
                return _(
                    "The same command does the rest, and asks again about files already there."
                )
            case ConflictChoice.CHANGED:
                return _("The same command does the rest.")
            case ConflictChoice.KEEP_BOTH:
                return _("The same command would make second copies of what is done.")
            case ConflictChoice.REPLACE:
                return _("With --on-conflict replace, the same command does the rest.")
            case ConflictChoice.FAIL | ConflictChoice.SKIP:
                return _("With --on-conflict skip, the same command does the rest.")


def _remark(file: FileView, direction: Direction) -> Message | None:
    """Say what is not as it was asked for of a file with which nothing is wrong."""
    if file.confirmed:
        return None
    return confirmation_words(file, direction) or skipped_words(file, direction)


def _left_to_itself(file: FileView) -> FileView:
    """Describe a file whose end was not waited for; it may have been begun since."""
    return msgspec.structs.replace(
        file,
        state=TransferState.CANCELLED,
        left_behind=LeftBehind.UNKNOWN,
        problem=Cancelled().problem,
    )


def _composed(name: str) -> str:
    """Return a name in normal form C, so that names that look the same are equal."""
    return unicodedata.normalize("NFC", name)
