"""One batch as a row: words, progress, what can be done."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

import msgspec

from ferrygate.app.presenters.conflict_view import ConflictView, conflict_view
from ferrygate.app.presenters.problem_text import problem_text, said_text, support_text
from ferrygate.common.display import display_name, display_text
from ferrygate.common.errors import AGAIN_IS_NO_HELP, Kind, Problem
from ferrygate.common.i18n import _, ngettext, render
from ferrygate.common.message import Message, message, sentences
from ferrygate.common.remote_path import basename
from ferrygate.common.text import size_text, time_text
from ferrygate.engine.messages import (
    BatchId,
    BatchView,
    ConflictQuestion,
    Direction,
    FileView,
    TransferState,
)
from ferrygate.transfers.words import (
    batch_title,
    confirmation_words,
    late_words,
    left_words,
    skipped_words,
)

_MOST_FAILURES = 100  # of a batch that are kept for support
_MOST_LINES = 20  # of them that a tool tip shows


class Outcome(Enum):
    """Where a batch belongs."""

    RUNNING = "running"
    DELIVERED = "delivered"
    ATTENTION = "attention"
    DROPPED = "dropped"


class RowTone(Enum):
    """The colour of a row's icon, words and bar; always beside words."""

    ACCENT = "accent"
    OK = "ok"
    AMBER = "amber"
    DIM = "dim"


class Batch(msgspec.Struct, kw_only=True):
    """Holds what is known of one batch.

    Attributes:
        view: as the engine told it.
        question: about a name that is taken.
        file_problem: the first of a file that a person has to see to.
        failures: the files that a person has to see to, with why; the first of them.
        note: about a file that was delivered, or skipped though it is another.
        left: what an upload that was not delivered may have left on the server, and what to do
            about it; the first of them.
    """

    view: BatchView
    question: ConflictQuestion | None = None
    file_problem: Problem | None = None
    failures: dict[int, tuple[str, Problem]] = {}
    note: Message | None = None
    left: Message | None = None

    def follow(self, view: BatchView) -> None:
        """Note how the batch stands now; what was said of its files is over where they are retried.

        Each is told anew then.
        """
        if self.view.finished and not view.finished:
            self.file_problem = self.note = self.left = None
            self.failures.clear()
        self.view = view
        if view.finished:
            self.question = None

    def take(self, file: FileView) -> None:
        """Note what is to be said of one file."""
        if file.state is TransferState.DELIVERED:
            self.note = confirmation_words(file, self.view.direction)
        elif file.state is TransferState.SKIPPED:
            self.note = skipped_words(file, self.view.direction) or self.note
        elif file.state is TransferState.NEEDS_ATTENTION:
            self.file_problem = self.file_problem or file.problem
            if file.problem is not None and len(self.failures) < _MOST_FAILURES:
                self.failures[file.number] = (self._name(file), file.problem)
            self.left = self.left or _left(file)
        elif file.state is TransferState.CANCELLED:
            self.left = self.left or _left(file)

    def _name(self, file: FileView) -> str:
        """Return the name that a file has where it comes from."""
        upload = self.view.direction is Direction.UPLOAD
        return (
            display_text(Path(file.local).name) if upload else display_name(basename(file.remote))
        )

    @property
    def problem(self) -> Problem | None:
        """Return the first problem that a person has to see to: a file's, or that of its walk."""
        return self.file_problem or (None if self._is_walk_cancelled else self.view.problem)

    @property
    def _is_cancelled(self) -> bool:
        """Tell whether a person took it back, or some of it."""
        return self._is_walk_cancelled or self.view.files_cancelled > 0

    @property
    def _is_walk_cancelled(self) -> bool:
        problem = self.view.problem
        return problem is not None and problem.kind is Kind.CANCELLED

    @property
    def outcome(self) -> Outcome:
        """Where it belongs now."""
        if not self.view.finished:
            return Outcome.RUNNING
        if self.problem is not None or self.left is not None:
            return Outcome.ATTENTION
        delivered = self.view.files_delivered or not self._is_cancelled
        return Outcome.DELIVERED if delivered else Outcome.DROPPED


class RowView(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the transfers panel.

    Attributes:
        batch: its name towards the engine.
        icon: name of the icon.
        tone: colour of icon, status and bar.
        title: what is moved.
        sub: the smaller line under it.
        about: a sentence over the whole width: what went wrong and what to do, or when files are
            asked about again; may be empty.
        left: what is left on the server of an upload, and what to do about it; may be empty.
        fraction: progress from 0 to 1; ``None`` where no bar is shown.
        status: the words beside the bar.
        can_cancel: there is something to stop.
        can_retry: there is something to try again.
        conflict: what is asked about names that are taken; ``None`` where nothing is.
        said: what the server itself said of the problem; may be empty.
        each: the same of each file, one a line.
        details: offered to copy for support.
    """

    batch: BatchId
    icon: str
    tone: RowTone
    title: str
    sub: str
    about: str = ""
    left: str = ""
    fraction: float | None = None
    status: str = ""
    can_cancel: bool = False
    can_retry: bool = False
    conflict: ConflictView | None = None
    said: str = ""
    each: str = ""
    details: str = ""


def row_view(batch: Batch, *, waiting: str, can_retry: bool) -> RowView:
    """The row of a batch.

    Args:
        batch: what is known of it.
        waiting: why nothing moves at all now, such as a lost connection; empty where it does.
        can_retry: what is to be tried again could be, just now.
    """
    if batch.outcome is Outcome.RUNNING:
        return _running(batch, waiting)
    row = _ended(batch)
    return msgspec.structs.replace(row, can_retry=can_retry and batch.view.can_retry)


def _ended(batch: Batch) -> RowView:
    view = batch.view
    where = _where(view)
    if batch.outcome is Outcome.ATTENTION:
        return _troubled(batch, where)
    if batch.outcome is Outcome.DROPPED:
        return RowView(
            batch=view.batch,
            icon="skipped",
            tone=RowTone.DIM,
            title=render(batch_title(view)),
            sub=where,
            status=_("Cancelled"),
        )
    return _delivered(batch, where)


def _troubled(batch: Batch, where: str) -> RowView:
    view, problem = batch.view, batch.problem
    status = _("Cancelled") if problem is None else _("Not delivered")
    return RowView(
        batch=view.batch,
        icon="warning",
        tone=RowTone.AMBER,
        title=render(batch_title(view)),
        sub=where,
        about=problem_text(problem) if problem else "",
        left=render(batch.left) if batch.left is not None else "",
        status=_of_total(view) if view.files_delivered else status,
        said=said_text(problem) if problem else "",
        each=_each(batch),
        details=_details(batch),
    )


def _left(file: FileView) -> Message | None:
    """Say what is left of a file on the server, and to send it again where that can help."""
    left = left_words(file)
    if left is None or (file.problem is not None and file.problem.kind in AGAIN_IS_NO_HELP):
        return left
    return sentences(left, message("Send it again."))


def _each(batch: Batch) -> str:
    """List what the server said of each file, one a line."""
    said = [(name, said_text(problem)) for name, problem in batch.failures.values()]
    lines = [f"{name}: {words}" for name, words in said if words]
    return "\n".join(lines[:_MOST_LINES] + ["…"] * (len(lines) > _MOST_LINES))


def _details(batch: Batch) -> str:
    """Make the text of "Copy details for support": the problem, or that of each file."""
    if batch.problem is None or len(batch.failures) <= 1:
        return support_text(batch.problem) if batch.problem else ""
    return "\n\n".join(
        f"{name}\n{support_text(problem)}" for name, problem in batch.failures.values()
    )


def _delivered(batch: Batch, where: str) -> RowView:
    view = batch.view
    time = time_text(view.finished_at) if view.finished_at is not None else ""
    if not view.files_delivered and view.files_skipped:
        left_out = view.files_left_out == view.files_skipped  # links, devices: nothing is there
        status = _("Left out") if left_out else _("Skipped, it is already there")
        icon, tone = "skipped", RowTone.DIM
    elif view.files_delivered < view.files_total:
        status, icon, tone = _of_total(view), "done", RowTone.OK
    else:
        status, icon, tone = _("Delivered {time}").format(time=time).strip(), "done", RowTone.OK
    return RowView(
        batch=view.batch,
        icon=icon,
        tone=tone,
        title=render(batch_title(view)),
        sub=f"{where} · {render(batch.note)}" if batch.note is not None else where,
        status=status,
    )


def _running(batch: Batch, waiting: str) -> RowView:
    view = batch.view
    conflict = None if batch.question is None else conflict_view(batch.question)
    upload = view.direction is Direction.UPLOAD
    return RowView(
        batch=view.batch,
        icon="upload" if upload else "download",
        tone=RowTone.AMBER if waiting or conflict else RowTone.ACCENT,
        title=render(batch_title(view)),
        sub=waiting or _where(view),
        about="" if waiting or conflict else _late(view),
        fraction=min(1.0, view.bytes_moved / view.bytes_total) if view.bytes_total else 0.0,
        status=_status(view, waiting, asks=conflict is not None),
        can_cancel=not view.stopping,
        conflict=conflict,
    )


def _status(view: BatchView, waiting: str, *, asks: bool) -> str:
    if view.stopping:
        return _("Cancelling")
    if asks:
        return _("Waiting for your answer")
    if waiting:
        return _("Reconnecting")
    if _late(view):
        return _("Checking")
    return _progress(view)


def _late(view: BatchView) -> str:
    """Say when files are asked about again, once nothing else is left to do; else nothing."""
    if view.stopping or view.late_until is None:
        return ""
    if view.files_finished + view.files_late < view.files_total:
        return ""
    delivered = not view.files_interrupted
    return render(late_words(view.files_late, view.late_until, delivered=delivered))


def _progress(view: BatchView) -> str:
    if view.walking and not view.bytes_moved:
        return ngettext(
            "Looking through folders, {count} file",
            "Looking through folders, {count} files",
            view.files_total,
        ).format(count=view.files_total)
    if not view.bytes_total:
        return _("Waiting")
    share = min(100, view.bytes_moved * 100 // view.bytes_total)
    moved, total = size_text(view.bytes_moved), size_text(view.bytes_total)
    if moved.split()[-1] == total.split()[-1]:
        moved = moved.split()[0]
    return _("{share} % · {moved} of {total}").format(share=share, moved=moved, total=total)


def _of_total(view: BatchView) -> str:
    return _("{done} of {total} delivered").format(
        done=view.files_delivered, total=view.files_total
    )


def _where(view: BatchView) -> str:
    place = _("to {folder}").format(folder=view.target)
    if view.files_total > 1:
        files = ngettext("{count} file", "{count} files", view.files_total)
        return files.format(count=view.files_total) + f" · {place}"
    return place
