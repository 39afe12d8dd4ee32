"""Commands and events about uploads and downloads, which go in batches."""

from __future__ import annotations

import msgspec

from ferrygate.transfers.name_conflict import NameConflict
from ferrygate.transfers.views import (
    BatchId,
    BatchView,
    ConflictChoice,
    ConflictScope,
    Direction,
    FileView,
    LinkChoice,
)


class Upload(msgspec.Struct, frozen=True):
    """Send files and folders into a remote folder, which is made when missing.

    Answered by BatchStarted, which ends the request; the batch has ended once a BatchChanged says
    so, be its files delivered or not.

    Attributes:
        late_check: where the line was lost, wait until no part can come over what was sent again,
            and ask about it once more.
        name: what the one file of ``sources`` is called on the server; its own name where none.
    """

    request: int
    sources: tuple[str, ...]
    folder: bytes
    on_conflict: ConflictChoice = ConflictChoice.FAIL
    links: LinkChoice = LinkChoice.SKIP
    late_check: bool = True
    name: bytes | None = None


class Download(msgspec.Struct, frozen=True):
    """Fetch files and folders into a local folder, which is made when missing.

    Answered as :class:`Upload`.
    """

    request: int
    sources: tuple[bytes, ...]
    folder: str
    on_conflict: ConflictChoice = ConflictChoice.FAIL
    links: LinkChoice = LinkChoice.SKIP


class AnswerConflict(msgspec.Struct, frozen=True):
    """Answer ConflictQuestion; an answer to an earlier question of the batch has no effect.

    Attributes:
        batch: the batch that asks.
        question: its question's number.
        choice: what to do.
        scope: the files that it holds for.
        count: how many of those met it holds for, where the scope is those: as many as the person
            was told of, from the first.
    """

    batch: BatchId
    question: int
    choice: ConflictChoice
    scope: ConflictScope = ConflictScope.ALL
    count: int | None = None


class CancelBatch(msgspec.Struct, frozen=True):
    """Stop a batch: what is under way comes to its end, and BatchChanged tells the batch's."""

    batch: BatchId


class RetryBatch(msgspec.Struct, frozen=True):
    """Begin again what a batch that has ended did not deliver, over the session that there is.

    Answered by Done once that waits for its turn. Fails where nobody is signed in, and where
    nothing of that batch is kept to be tried again (:attr:`BatchView.can_retry`).
    """

    request: int
    batch: BatchId


class LimitRate(msgspec.Struct, frozen=True):
    """Move no more than so many bytes a second, both ways together; ``None`` ends the limit.

    Holds for the session that is there or comes next. Less than 1 is an error.
    """

    request: int
    bytes_per_second: int | None


class BatchStarted(msgspec.Struct, frozen=True):
    """Tells that the request became a batch, which goes on under that name; ends the request."""

    request: int
    batch: BatchId


class BatchChanged(msgspec.Struct, frozen=True, gc=False):
    """Tells how far a batch is; at most ten a second, and at its end."""

    view: BatchView


class FileChanged(msgspec.Struct, frozen=True, gc=False):
    """Tells that one file of a batch entered another state."""

    batch: BatchId
    view: FileView


class ConflictQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """Asks what to do with files whose names are taken; the other files of the batch go on.

    Told anew, at most ten times a second, while more are met, until :class:`AnswerConflict` has
    come for each. Then :attr:`BatchView.files_asked` is 0.

    Attributes:
        batch: the batch that asks.
        direction: the way it goes.
        question: number to answer with; another one after each answer.
        count: how many files wait for the answer.
        examples: the first three of them.
        replaceable: how many of them could replace what has their name: it is no folder, say.
        same_size: how many have the size of what has their name.
        same_time: how many have its size and its time.
        more_may_come: other files of the batch have not ended yet.
    """

    batch: BatchId
    direction: Direction
    question: int
    count: int
    examples: tuple[NameConflict, ...]
    replaceable: int
    same_size: int = 0
    same_time: int = 0
    more_may_come: bool = True


TransferRequest = Upload | Download | RetryBatch | LimitRate
TransferCommand = TransferRequest | AnswerConflict | CancelBatch
