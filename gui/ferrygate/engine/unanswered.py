"""Knows which requests wait for their answer, and which batches for their end."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ferrygate.common.errors import Problem
from ferrygate.engine.messages.event import Answer, Event, Failed
from ferrygate.engine.messages.transfers import BatchChanged
from ferrygate.transfers.views import BatchId, BatchView


class Unanswered:
    """Sees that each request has one answer and each batch an end. Owned by the engine's thread."""

    def __init__(self) -> None:
        self._requests: set[int] = set()
        self._batches: dict[BatchId, BatchView] = {}  # as each was last told
        self._given_up: set[BatchId] = set()  # told as finished, which the queue need not know

    def add(self, request: int) -> None:
        """Note that a request came, and wants an answer."""
        self._requests.add(request)

    def takes(self, event: Event) -> bool:
        """Note an event; false where it may not be told, since that was answered before."""
        if isinstance(event, Answer):
            is_due = event.request in self._requests
            self._requests.discard(event.request)
            return is_due
        if isinstance(event, BatchChanged):
            return self._takes(event.view)
        return True

    def _takes(self, view: BatchView) -> bool:
        if view.finished:
            self._batches.pop(view.batch, None)
            self._given_up.discard(view.batch)
            return True
        if view.batch in self._given_up:
            return False
        self._batches[view.batch] = view
        return True

    def ends(self, problem: Problem, now: float | None) -> Iterator[Event]:
        """Give the end of everything, for this reason: to be told, and not to be noted here.

        ``now`` is in seconds since the epoch, where it is known.
        """
        requests, self._requests = self._requests, set()
        for request in sorted(requests):
            yield Failed(request, problem)
        batches, self._batches = self._batches, {}
        self._given_up |= batches.keys()
        for view in batches.values():
            yield BatchChanged(
                msgspec.structs.replace(
                    view,
                    walking=False,
                    bytes_per_second=0.0,
                    finished=True,
                    finished_at=now,
                    problem=problem,
                )
            )
