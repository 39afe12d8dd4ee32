"""An engine in questions and answers, for callers that wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Protocol

from ferrygate.common.errors import error_for
from ferrygate.common.secret import Secret
from ferrygate.engine import messages as m

if TYPE_CHECKING:  # slow; whoever makes one loads it
    from ferrygate.engine.engine import Engine

_CANCEL = 10.0  # seconds a cancelled request may take to say so


MakeEngine = Callable[[m.Listener], "Engine"]


class Prompter(Protocol):
    """Answers what only a person can, and is told what there is to wait for."""

    def confirm_host_key(self, question: m.HostKeyQuestion) -> bool:
        """Whether this is the right server."""
        ...

    def answer_prompt(self, question: m.PromptQuestion) -> Secret | None:
        """What the server asks for beside password and code; none to refuse."""
        ...

    def resolve_conflict(self, question: m.ConflictQuestion) -> m.ConflictChoice:
        """What to do with files that are already there."""
        ...

    def waiting_for_code(self, until: float) -> None:
        """The next code comes at ``until``, seconds since the epoch."""

    def notice(self, notice: m.Notice) -> None:
        """Something worth knowing that nothing failed over."""


class EngineClient:
    """Speaks to an engine in questions and answers."""

    def __init__(
        self,
        make_engine: MakeEngine,
        prompter: Prompter,
    ) -> None:
        self._events: SimpleQueue[m.Event] = SimpleQueue()
        self._engine = make_engine(self._events.put)
        self._prompter = prompter
        self._last = 0
        self._waiting: dict[int, deque[m.Event]] = {}  # events of requests that are being asked

    def number(self) -> int:
        """A request number not used before."""
        self._last += 1
        return self._last

    def ask(self, command: m.Request) -> Iterator[m.Event]:
        """Send a request and give its events as they come, until it is done.

        When the caller stops half-way, or is interrupted, the request is cancelled.

        Raises:
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
            if not over:
                self._cancel(request)
            del self._waiting[request]

    def _next(self, request: int) -> m.Event | None:
        """The next event, if it is this request's or nobody's; another's is kept for it.

        A caller may ask something while it goes through the answers to something else.
        """
        event = self._events.get()
        if isinstance(event, m.FolderBlock):
            self._engine.send(m.TakeMore(event.request))
        owner = _owner(event)
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
        """End the engine."""
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
                choice = self._prompter.resolve_conflict(event)
                self._engine.send(m.AnswerConflict(event.batch, choice))
            case m.SessionChanged(state=m.SessionState.WAITING_FOR_CODE, until=float(until)):
                self._prompter.waiting_for_code(until)
            case m.CodeAwaited(until=until):
                self._prompter.waiting_for_code(until)
            case m.Notice():
                self._prompter.notice(event)
            case _:
                return False
        return True

    def _cancel(self, request: int) -> None:
        """Give the engine time to clear away what the request has begun."""
        self._engine.send(m.CancelRequest(request))
        try:
            while True:
                event = self._events.get(timeout=_CANCEL)
                owner = _owner(event)
                if isinstance(event, m.Done | m.Failed) and owner == request:
                    return
                if owner is not None and owner != request and owner in self._waiting:
                    self._waiting[owner].append(event)
        except Empty:
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
