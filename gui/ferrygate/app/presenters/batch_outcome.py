"""Decides from the sums of a batch what has become of it, and the mark and the tab for that."""

from __future__ import annotations

from enum import Enum

import msgspec

from ferrygate.common.errors import Kind, Problem
from ferrygate.common.remedies import TRANSIENT
from ferrygate.transfers.views import BatchView

INTERRUPTS = TRANSIENT | {Kind.CANCELLED}
"""Kinds of problems that end files when the session ends: CANCELLED is a person's sign-out."""


class BatchOutcome(Enum):
    """Names what has become of a batch; each has a mark, a tone and words of its own."""

    UNDER_WAY = "under-way"
    DELIVERED = "delivered"  # every file, and the other side confirms every size
    UNCONFIRMED = "unconfirmed"  # every file, but not every size is confirmed
    REST_SKIPPED = "rest-skipped"  # every file but those that were skipped
    SKIPPED = "skipped"  # every file was skipped
    EMPTY = "empty"  # there was no file
    PARTLY = "partly"  # taken back by a person when some files were delivered
    CANCELLED = "cancelled"  # taken back before any was
    INTERRUPTED = "interrupted"  # the session has ended before the batch
    ATTENTION = "attention"  # a person has to see to some file, or to the walk


class Tab(Enum):
    """The tabs of the panel, in their order.

    "Done" rather than "Delivered": fetched files are not delivered, and neither are batches that
    were skipped, empty, or taken back before anything was moved.
    """

    NOW = "now"
    DONE = "done"
    ATTENTION = "attention"


class RowTone(Enum):
    """The colour of a row's icon, words and bar; always beside words."""

    ACCENT = "accent"
    OK = "ok"
    AMBER = "amber"
    TEXT = "text"
    DIM = "dim"


class Mark(msgspec.Struct, frozen=True):
    """The icon of an outcome, its colour, and the tab where it stays."""

    icon: str
    tone: RowTone
    tab: Tab


MARKS = {
    BatchOutcome.DELIVERED: Mark("done", RowTone.OK, Tab.DONE),
    BatchOutcome.UNCONFIRMED: Mark("done", RowTone.TEXT, Tab.DONE),
    BatchOutcome.REST_SKIPPED: Mark("rest-skipped", RowTone.TEXT, Tab.DONE),
    BatchOutcome.SKIPPED: Mark("skipped", RowTone.DIM, Tab.DONE),
    BatchOutcome.EMPTY: Mark("empty", RowTone.DIM, Tab.DONE),
    BatchOutcome.PARTLY: Mark("partly", RowTone.AMBER, Tab.ATTENTION),
    BatchOutcome.CANCELLED: Mark("cancelled", RowTone.DIM, Tab.DONE),
    BatchOutcome.INTERRUPTED: Mark("interrupted", RowTone.AMBER, Tab.ATTENTION),
    BatchOutcome.ATTENTION: Mark("warning", RowTone.AMBER, Tab.ATTENTION),
}
"""Of every outcome but UNDER_WAY, whose mark is its direction and whose tab is Now."""

ALL_THERE = frozenset({BatchOutcome.DELIVERED, BatchOutcome.UNCONFIRMED, BatchOutcome.REST_SKIPPED})
"""Something was delivered, and nothing is left to deliver."""


class Sums(msgspec.Struct, frozen=True):
    """The files of a batch that has ended, by how they did; together they are all of them.

    Attributes:
        delivered: files delivered.
        there: files skipped, since they are there already as far as names and sizes tell.
        size_differs: files skipped for a file of another size.
        left_out: skipped for what they are, such as links to folders.
        cancelled: files that were taken back.
        failed: files that a person has to see to.
    """

    delivered: int
    there: int
    size_differs: int
    left_out: int
    cancelled: int
    failed: int

    @property
    def skipped(self) -> int:
        """Count the files that were skipped, for whatever reason."""
        return self.there + self.size_differs + self.left_out

    @property
    def missing(self) -> int:
        """Count the files that were neither delivered nor skipped."""
        return self.cancelled + self.failed


def sums_of(view: BatchView) -> Sums:
    """Sort the files of a batch that has ended."""
    ended_otherwise = view.files_delivered + view.files_skipped + view.files_cancelled
    return Sums(
        delivered=view.files_delivered,
        there=view.files_skipped - view.files_left_out - view.files_size_differs,
        size_differs=view.files_size_differs,
        left_out=view.files_left_out,
        cancelled=view.files_cancelled,
        failed=view.files_total - ended_otherwise,
    )


def is_taken_back(view: BatchView) -> bool:
    """Tell whether the walk was ended by a person's wish, so that more files may be missing."""
    return view.problem is not None and view.problem.kind is Kind.CANCELLED


def outcome_of(view: BatchView, problem: Problem | None) -> BatchOutcome:
    """Decide what has become of a batch.

    Args:
        view: the batch as the engine tells it.
        problem: what a person has to see to: of a file, else of the walk.
    """
    if not view.finished:
        return BatchOutcome.UNDER_WAY
    sums = sums_of(view)
    taken_back = is_taken_back(view)
    if sums.failed or (view.problem is not None and not taken_back):
        interrupts = problem is not None and problem.kind in INTERRUPTS
        return BatchOutcome.INTERRUPTED if interrupts else BatchOutcome.ATTENTION
    if sums.cancelled or taken_back:
        return BatchOutcome.PARTLY if sums.delivered else BatchOutcome.CANCELLED
    if not sums.delivered:
        return BatchOutcome.SKIPPED if sums.skipped else BatchOutcome.EMPTY
    if sums.skipped:
        return BatchOutcome.REST_SKIPPED
    all_confirmed = view.files_confirmed == view.files_delivered
    return BatchOutcome.DELIVERED if all_confirmed else BatchOutcome.UNCONFIRMED
