"""Questions about files whose names are taken, for tests."""

from __future__ import annotations

from ferrygate.common.entry import EntryKind
from ferrygate.engine.messages.transfers import ConflictQuestion
from ferrygate.transfers.conflict import NameTakenError
from ferrygate.transfers.name_conflict import FileFacts, NameConflict
from ferrygate.transfers.views import BatchId, Direction

NEW = FileFacts(EntryKind.FILE, 4_100_000, 1_795_420_000.0)
EXISTING = FileFacts(EntryKind.FILE, 4_000_000, 1_795_000_000)


def taken(name: str = "a.csv", existing: FileFacts = EXISTING) -> NameTakenError:
    """Make the error of a transfer whose name is taken."""
    return NameTakenError(name, NEW, existing)


def conflict(
    name: str = "a.csv", *, number: int = 0, existing: FileFacts = EXISTING
) -> NameConflict:
    """Describe one file whose name is taken."""
    return NameConflict(number, name, NEW, existing)


def question(
    batch: BatchId,
    *examples: NameConflict,
    number: int = 1,
    count: int | None = None,
    direction: Direction = Direction.UPLOAD,
    more_may_come: bool = True,
    same_size: int = 0,
    same_time: int = 0,
) -> ConflictQuestion:
    """Make the engine's question about these, which are the first of ``count``."""
    examples = examples or (conflict(),)
    count = len(examples) if count is None else count
    return ConflictQuestion(
        batch=batch,
        direction=direction,
        question=number,
        count=count,
        examples=examples[:3],
        replaceable=count - sum(not example.can_replace for example in examples),
        same_size=same_size,
        same_time=same_time,
        more_may_come=more_may_come,
    )
