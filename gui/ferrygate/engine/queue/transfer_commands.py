"""Carries out commands about transfers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ferrygate.common.errors import UsageError
from ferrygate.common.message import message
from ferrygate.engine.messages.transfers import (
    AnswerConflict,
    CancelBatch,
    Download,
    LimitRate,
    RetryBatch,
    TransferCommand,
    Upload,
)
from ferrygate.engine.queue.transfer_queue import TransferQueue
from ferrygate.engine.reply import Answered, Reply
from ferrygate.transfers.schedule.rate_limiter import RateLimiter


class QueueingSession(Protocol):
    """Describes a session as far as transfers are concerned."""

    @property
    def queue(self) -> TransferQueue:
        """Return its queue."""
        ...


class TransferCommands:
    """Hands commands to the queue of the session that there is. Owned by the engine's thread."""

    def __init__(
        self,
        session: Callable[[], QueueingSession | None],
        required: Callable[[], QueueingSession],
        limiter: RateLimiter,
    ) -> None:
        """Take what is needed.

        Args:
            session: gives the session, if there is one.
            required: gives the session; raises where there is none.
            limiter: limits the rate of all sessions.
        """
        self._session = session
        self._required = required
        self._limiter = limiter

    def obey(self, command: TransferCommand) -> Reply:
        """Carry out a command.

        Raises:
            FerrygateError: there is no session, or what is asked makes no sense.
        """
        match command:
            case Upload() | Download():
                self._required().queue.take(command)
                return Answered.BY_BATCH_STARTED
            case RetryBatch():
                self._required().queue.retry(command.batch)
            case LimitRate():
                self._limit(command.bytes_per_second)
            case AnswerConflict() | CancelBatch():
                self._tell_queue(command)
        return None

    def _tell_queue(self, command: AnswerConflict | CancelBatch) -> None:
        session = self._session()
        if session is None:  # the batch has ended with it
            return
        if isinstance(command, AnswerConflict):
            session.queue.answer_conflict(command)
        else:
            session.queue.cancel(command.batch)

    def _limit(self, bytes_per_second: int | None) -> None:
        if bytes_per_second is not None and bytes_per_second < 1:
            raise UsageError(message("A rate is at least one byte a second."))
        self._limiter.limit(bytes_per_second)
