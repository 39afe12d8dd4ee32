"""Keeps several requests under way, and hands out their answers in the order of the requests."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from itertools import islice
from typing import Any, Generic, TypeVar

from ferrygate.sftp.channel import SftpChannel
from ferrygate.sftp.tasks import Future

T = TypeVar("T")
Subject = TypeVar("Subject")


class RequestPipeline(Generic[Subject, T]):
    """Asks about the next subjects while the first is dealt with."""

    def __init__(
        self,
        channel: SftpChannel,
        subjects: Iterable[Subject],
        ask: Callable[[Subject], Coroutine[Any, Any, T]],
        *,
        max_in_flight: int,
    ) -> None:
        """Ask about the first ``max_in_flight`` of the subjects; and another when one is taken."""
        self._asked = ((subject, channel.spawn(ask(subject))) for subject in subjects)
        self._in_flight: deque[tuple[Subject, Future[T]]] = deque(
            islice(self._asked, max_in_flight)
        )

    async def next(self) -> tuple[Subject, T] | None:
        """Return the next subject with its answer, once that has come; none after the last."""
        if not self._in_flight:
            return None
        subject, answer = self._in_flight.popleft()
        result = await answer
        self._in_flight.extend(islice(self._asked, 1))
        return subject, result
