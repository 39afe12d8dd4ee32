"""An engine in questions and answers, for callers that wait."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from math import inf
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Protocol

from ferrygate.common.clock import Clock
from ferrygate.common.errors import Cancelled, error_for
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.engine import messages as m

if TYPE_CHECKING:  # slow; whoever makes one loads it
    from ferrygate.engine.engine import Engine

_PATIENCE = 10.0  # seconds for which a cancelled request may say nothing
# Seconds. A signal that comes in the instant before the wait begins wakes nobody, and on Windows
# none does: without another look its handler would not run before the next event.
_LOOK = 0.5

MakeEngine = Callable[[m.Listener], "Engine"]


class Prompter(Protocol):
    """Answers what only a person can, and is told what there is to wait for."""

    def confirm_host_key(self, question: m.HostKeyQuestion) -> bool:
        """Decide whether this is the right server."""
        ...

    def answer_prompt(self, question: m.PromptQuestion) -> Secret | None:
        """Answer what the server asks for beside password and code; none to refuse."""
        ...

    def resolve_conflict(self, question: m.ConflictQuestion) -> m.ConflictChoice:
        """Choose what to do with files that are already there.

        Raises:
            Cancelled: the person would rather not do it at all.
        """
        ...

    def waiting_for_code(self, until: float) -> None:
        """The next code comes at ``until``, seconds since the epoch."""

    def connection_changed(self, change: m.SessionChanged) -> None:
        """The connection was lost and is tried again at ``until``, is there (again), or is over."""

    def server_said(self, message: m.ServerSaid) -> None:
        """Show the server's words to the person at once; they may say what to do on a phone."""

    def notice(self, notice: m.Notice) -> None:
        """Something worth knowing that nothing failed over."""


class EngineClient:
    """Speaks to an engine in questions and answers."""

    def __init__(
        self,
        make_engine: MakeEngine,
        prompter: Prompter,
        clock: Clock,
    ) -> None:
        self._events: SimpleQueue[m.Event | m.CancelRequest] = SimpleQueue()
        self._engine = make_engine(self._events.put)
        self._prompter = prompter
        self._clock = clock
        self._last = 0
        self._closed = False
        self._waiting: dict[int, deque[m.Event]] = {}  # events of requests that are being asked
        self._taken_back: set[int] = set()  # those of them that :meth:`cancel` was told of
        self._give_up_at: dict[int, float] = {}  # and those whose end is being waited for
        self._cancels: SimpleQueue[int | None] = SimpleQueue()
        self._canceller = threading.Thread(target=self._pass_on, name="cancel", daemon=True)
        self._canceller.start()

    def number(self) -> int:
        """A request number not used before."""
        self._last += 1
        return self._last

    def ask(self, command: m.Request) -> Iterator[m.Event]:
        """Send a request and give its events as they come, until it is done.

        When the caller stops half-way, the request is cancelled and its events are lost; after
        :meth:`cancel` they are not.

        Raises:
            Cancelled: the request was taken back; also where the engine has gone silent since.
            FerrygateError: the request failed.
        """
        request = command.request
        waiting = self._waiting[request] = deque()
        self._engine.send(command)
        over = False
        try:
            while True:
                event = waiting.popleft() if waiting else self._next(request)
                if event is None or self._answered(event):
                    continue
                if isinstance(event, m.Done | m.Failed):
                    over = True
                    if isinstance(event, m.Failed):
                        raise error_for(event.problem)
                    return
                yield event
        finally:
            if not (over or self._closed or request in self._taken_back):
                self._clear_away(request)
            self._taken_back.discard(request)
            self._give_up_at.pop(request, None)
            del self._waiting[request]

    def cancel(self) -> None:
        """Have what is being asked cancelled; it goes on until its end, or ten seconds of silence.

        For a signal's handler, or another thread than the one that asks: nothing is waited for.
        """
        for request in tuple(self._waiting):
            self._taken_back.add(request)
            self._events.put(m.CancelRequest(request))  # wakes who waits for an event
            self._cancels.put(request)

    def _pass_on(self) -> None:
        """On a thread of its own: whoever asks may be held up by what it prints to."""
        for request in iter(self._cancels.get, None):
            self._engine.send(m.CancelRequest(request))

    def _next(self, request: int) -> m.Event | None:
        """The next event, if it is this request's or nobody's; another's is kept for it.

        None where it was another's, or nothing came for half a second.
        A caller may ask something while it goes through the answers to something else.
        """
        left = self._give_up_at.get(request, inf) - self._clock.monotonic()
        try:
            event = self._events.get(timeout=max(0.0, min(left, _LOOK)))
        except Empty:
            if left > _LOOK:
                return None
            raise Cancelled(
                message("Cancelled."), detail="the engine has not told its end"
            ) from None
        if isinstance(event, m.CancelRequest):
            if event.target in self._waiting:
                self._put_off_end(event.target)
            return None
        if isinstance(event, m.FolderBlock):
            self._engine.send(m.TakeMore(event.request))
        owner = _owner(event)
        if owner in self._give_up_at:
            self._put_off_end(owner)
        if owner is not None and owner != request:
            if owner in self._waiting:
                self._waiting[owner].append(event)
            return None
        return event

    def do(self, command: m.Request) -> None:
        """Send a request and wait for its end."""
        for _event in self.ask(command):
            continue

    def close(self) -> None:
        """End the engine; what is still asked has no end to wait for."""
        self._closed = True
        self._cancels.put(None)
        self._canceller.join()
        self._engine.close()

    def _answered(self, event: m.Event) -> bool:
        """Deal with what is for the prompter."""
        match event:
            case m.HostKeyQuestion():
                accept = self._prompter.confirm_host_key(event)
                self._engine.send(m.AnswerHostKey(event.question, accept))
            case m.PromptQuestion():
                answer = self._prompter.answer_prompt(event)
                self._engine.send(m.AnswerPrompt(event.question, answer))
            case m.ConflictQuestion():
                self._resolve_conflict(event)
            case m.SessionChanged(state=m.SessionState.WAITING_FOR_CODE, until=float(until)):
                self._prompter.waiting_for_code(until)
            case m.SessionChanged(
                state=m.SessionState.RECONNECTING
                | m.SessionState.SIGNED_IN
                | m.SessionState.OFFLINE
            ):
                self._prompter.connection_changed(event)
            case m.CodeAwaited(until=until):
                self._prompter.waiting_for_code(until)
            case m.ServerSaid():
                self._prompter.server_said(event)
            case m.Notice():
                self._prompter.notice(event)
            case _:
                return False
        return True

    def _resolve_conflict(self, question: m.ConflictQuestion) -> None:
        if question.batch in self._taken_back:
            return
        try:
            choice = self._prompter.resolve_conflict(question)
        except Cancelled:
            self.cancel()
        else:
            self._engine.send(m.AnswerConflict(question.batch, choice))

    def _put_off_end(self, request: int) -> None:
        self._give_up_at[request] = self._clock.monotonic() + _PATIENCE

    def _clear_away(self, request: int) -> None:
        """Give the engine time to clear away what a request has begun, unheard."""
        self._engine.send(m.CancelRequest(request))
        self._put_off_end(request)
        waiting = self._waiting[request]
        with suppress(Cancelled):
            while True:
                event = waiting.popleft() if waiting else self._next(request)
                if isinstance(event, m.Done | m.Failed):
                    return


def _owner(event: m.Event) -> int | None:
    """The request an event belongs to; none for what is for everybody."""
    match event:
        case m.BatchChanged(view=view):
            return view.batch
        case m.FileChanged(batch=batch) | m.ConflictQuestion(batch=batch):
            return batch
        case _:
            return getattr(event, "request", None)
