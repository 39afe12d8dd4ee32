"""Keeps the files of one batch whose names are taken, and a person's answers about them.

They wait outside of the batch's queue, so that the others go on. A question is about all that wait;
it grows until it is answered, and has another number then. An answer names the number, so that one
that comes late, such as the second click of two, does not hold for files that were not shown.
"""

from __future__ import annotations

from itertools import islice

from ferrygate.transfers.name_conflict import NameConflict
from ferrygate.transfers.views import ConflictChoice, ConflictScope, SkipReason

EXAMPLES = 3  # files that a question shows; more would fill the window
_OVERWRITING = frozenset({ConflictChoice.REPLACE, ConflictChoice.CHANGED})

Decision = ConflictChoice | SkipReason
"""Tells how one file is settled: moved with that choice, or skipped without another look."""


class Conflicts:
    """Keeps the files that wait, and the answers; owned by the thread that owns the batch.

    Attributes:
        question: number of the question about those that wait now, or of the next one.
        same_size: how many of those that wait have the size of what has their name.
        same_time: how many have its size and its time.
        replaceable: how many can take the place of what has their name.
    """

    def __init__(self) -> None:
        self.question = 1
        self.same_size = self.same_time = self.replaceable = 0
        self._waiting: dict[int, NameConflict] = {}  # in the order in which they were met
        self._for_all: ConflictChoice | None = None  # the answer for those still to come

    def __len__(self) -> int:
        """Count those that wait."""
        return len(self._waiting)

    @property
    def for_all(self) -> ConflictChoice | None:
        """Return the answer for files still to come, once there is one."""
        return self._for_all

    @property
    def examples(self) -> tuple[NameConflict, ...]:
        """Return the first three that wait."""
        return tuple(islice(self._waiting.values(), EXAMPLES))

    def meet(self, conflict: NameConflict) -> Decision | None:
        """Return what is done with a file by the answer there is; ``None`` where the file waits."""
        choice = self._for_all
        if choice is not None and _fits(choice, conflict):
            return _decision(choice, conflict)
        self._waiting[conflict.number] = conflict
        self._count(conflict, 1)
        return None

    def answer(
        self, question: int, choice: ConflictChoice, scope: ConflictScope, shown: int | None
    ) -> list[tuple[int, Decision]]:
        """Return the files that an answer settles, in the order met, with what is done with each.

        A choice to replace settles none over a folder: that one goes on waiting.

        Args:
            question: its number; nothing is settled by an answer to another one.
            choice: what to do; to ask again means to fail.
            scope: which files it holds for.
            shown: how many of the files that wait were shown, and are meant.
        """
        if question != self.question or not self._waiting:
            return []
        if choice is ConflictChoice.ASK:  # the question would come for ever
            choice = ConflictChoice.FAIL
        if scope is ConflictScope.ALL:
            self._for_all, shown = choice, None
        elif scope is ConflictScope.THIS_ONE:
            shown = 1
        meant = [one for one in islice(self._waiting.values(), shown) if _fits(choice, one)]
        for conflict in meant:
            del self._waiting[conflict.number]
            self._count(conflict, -1)
        self.question += 1
        return [(conflict.number, _decision(choice, conflict)) for conflict in meant]

    def take_all(self) -> list[int]:
        """Let all go that wait, in the order met; the answer for those to come stays."""
        waiting, self._waiting = list(self._waiting), {}
        self.same_size = self.same_time = self.replaceable = 0
        self.question += 1
        return waiting

    def _count(self, conflict: NameConflict, change: int) -> None:
        self.replaceable += change * conflict.can_replace
        self.same_size += change * conflict.is_same_size
        self.same_time += change * (conflict.is_same_size and conflict.is_same_time)


def _fits(choice: ConflictChoice, conflict: NameConflict) -> bool:
    return conflict.can_replace or choice not in _OVERWRITING


def _decision(choice: ConflictChoice, conflict: NameConflict) -> Decision:
    if choice is not ConflictChoice.SKIP:
        return choice
    sizes = conflict.new.size, conflict.existing.size
    is_known = conflict.can_replace and None not in sizes
    if is_known and not conflict.is_same_size:
        return SkipReason.OTHER_SIZE_THERE
    return SkipReason.NAME_TAKEN
