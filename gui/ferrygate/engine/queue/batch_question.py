"""Tells a person of the files of a batch that wait for an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeGuard

from ferrygate.engine.messages.event import Event
from ferrygate.engine.messages.transfers import ConflictQuestion, Download, Upload
from ferrygate.engine.queue.asked_for import wanted_name
from ferrygate.transfers.batch_files import BatchFiles
from ferrygate.transfers.conflict import NameTakenError, NotAFileError
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.name_conflict import FileFacts, NameConflict
from ferrygate.transfers.views import BatchId, ConflictChoice, Direction


class BatchQuestion:
    """Remembers the question as it was told last. Owned by the engine's thread."""

    def __init__(self, batch: BatchId, direction: Direction, files: BatchFiles) -> None:
        """Begin without a question."""
        self._batch = batch
        self._files = files
        self._direction = direction
        self._told: ConflictQuestion | None = None

    @property
    def is_new(self) -> bool:
        """Tell whether there is a question that was not told yet."""
        told, conflicts = self._told, self._files.conflicts
        return bool(conflicts) and (told is None or told.question != conflicts.question)

    def tell(self, emit: Callable[[Event], None]) -> None:
        """Tell ``emit`` of the question, where there is one and it has changed since."""
        conflicts = self._files.conflicts
        if not conflicts:
            return
        question = ConflictQuestion(
            batch=self._batch,
            direction=self._direction,
            question=conflicts.question,
            count=len(conflicts),
            examples=conflicts.examples,
            replaceable=conflicts.replaceable,
            same_size=conflicts.same_size,
            same_time=conflicts.same_time,
            more_may_come=not self._files.only_waits,
        )
        if question != self._told:
            self._told = question
            emit(question)


def may_ask(
    cause: BaseException, command: Upload | Download, job: FileJob
) -> TypeGuard[NameTakenError | NotAFileError]:
    """Tell whether a person is to say what to do; anew where a folder is to be replaced."""
    if not isinstance(cause, NameTakenError | NotAFileError):
        return False
    is_new = job.on_conflict is ConflictChoice.ASK or isinstance(cause, NotAFileError)
    return command.on_conflict is ConflictChoice.ASK and is_new


def name_conflict(
    command: Upload | Download, job: FileJob, cause: NameTakenError | NotAFileError
) -> NameConflict:
    """Describe a file and what has its name, for the person who is asked."""
    planned = FileFacts(size=job.size, modified=job.modified)
    new = cause.new if isinstance(cause, NameTakenError) else planned
    return NameConflict(job.number, wanted_name(command, job), new, cause.existing)
