"""Asks an engine in questions and answers, for callers that wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from math import inf
from typing import TYPE_CHECKING, Protocol

from ferrygate.common.clock import Clock
from ferrygate.common.errors import Cancelled, Problem, error_for
from ferrygate.common.secret import Secret
from ferrygate.common.threads import Mailbox, Threads
from ferrygate.engine.messages.codes import CodeAwaited
from ferrygate.engine.messages.command import CancelRequest, Request
from ferrygate.engine.messages.event import Done, Event, Failed, Listener
from ferrygate.engine.messages.files import FolderBlock, TakeMore
from ferrygate.engine.messages.session import (
    AnswerCode,
    AnswerHostKey,
    AnswerPrompt,
    CodeQuestion,
    HostKeyQuestion,
    Notice,
    PromptQuestion,
    SecretsChanged,
    ServerSaid,
    SessionChanged,
    SessionState,
)
from ferrygate.engine.messages.transfers import (
    AnswerConflict,
    BatchChanged,
    BatchStarted,
    CancelBatch,
    ConflictQuestion,
    FileChanged,
)
from ferrygate.transfers.views import BatchId, BatchView, ConflictChoice, ConflictScope

if TYPE_CHECKING:  # slow; whoever makes one loads it
    from ferrygate.engine.engine import Engine

_CANCEL_SECONDS = 10.0  # for which a cancelled request may say nothing
# A signal that comes in the instant before the wait begins does not end it, and on Windows none
# does: without another look its handler would not run before the next event.
_POLL_SECONDS = 0.5

_Cancel = CancelRequest | CancelBatch
MakeEngine = Callable[[Listener], "Engine"]


class Prompter(Protocol):
    """Answers what only a person can, and is told what there is to wait for."""

    def confirm_host_key(self, question: HostKeyQuestion) -> bool:
        """Decide whether this is the right server."""
        ...

    def answer_prompt(self, question: PromptQuestion) -> Secret | None:
        """Answer what the server asks for beside password and code; none to decline."""
        ...

    def answer_code(self, question: CodeQuestion) -> Secret | None:
        """Give the code that a phone or token shows; none where there is none.

        Raises:
            Cancelled: the person would rather not do it at all.
        """
        ...

    def resolve_conflict(self, question: ConflictQuestion) -> tuple[ConflictChoice, ConflictScope]:
        """Choose what to do with files that are already there, and for which of them.

        Raises:
            Cancelled: the person would rather not do it at all.
        """
        ...

    def waiting_for_code(self, until: float) -> None:
        """Say that the next code comes at ``until``, seconds since the epoch."""

    def connection_changed(self, change: SessionChanged) -> None:
        """Say that the connection was lost and is tried again at ``until``, is there, or is over.

        In between, a code may be asked for.
        """

    def server_said(self, message: ServerSaid) -> None:
        """Show the server's words to the person at once; they may say what to do on a phone."""

    def notice(self, notice: Notice) -> None:
        """Something worth knowing that nothing failed over."""


class _Asked:
    """Holds one request that is being asked, and the batch that it became."""

    def __init__(self, request: int) -> None:
        self.request = request
        self.batch: BatchId | None = None
        self.answered = 0  # the last of its questions that has an answer
        self.events: deque[Event] = deque()  # that came while another one was waited for
        self.is_taken_back = False  # :meth:`EngineClient.cancel` was told of it
        self.give_up_at = inf  # when its end is waited for no more, on the steady clock

    @property
    def cancel(self) -> _Cancel:
        """Return what takes it back."""
        if self.batch is not None:
            return CancelBatch(self.batch)
        return CancelRequest(self.request)

    def is_ended_by(self, event: Event) -> bool:
        """Tell whether this is its end: the answer, or the end of the batch that it became."""
        if isinstance(event, BatchChanged):
            return event.view.finished
        return isinstance(event, Done | Failed)


class EngineClient:
    """Speaks to an engine in questions and answers.

    Attributes:
        at_hand: which secrets are at hand for the open site, as was told last.
    """

    def __init__(
        self,
        make_engine: MakeEngine,
        prompter: Prompter,
        clock: Clock,
        threads: Threads,
    ) -> None:
        self._events: Mailbox[Event | _Cancel] = threads.mailbox()
        self._engine = make_engine(self._events.put)
        self._prompter = prompter
        self._clock = clock
        self._last = 0
        self._closed = False
        self.at_hand: SecretsChanged | None = None
        self._asked: dict[int | BatchId, _Asked] = {}  # by request, and by batch
        self._cancels: Mailbox[_Cancel | None] = threads.mailbox()
        self._canceller = threads.spawn(self._pass_on, "cancel")

    def number(self) -> int:
        """Return a request number not used before."""
        self._last += 1
        return self._last

    def ask(self, command: Request) -> Iterator[Event]:
        """Send a request and give its events as they come, until it is done.

        One that starts a batch is done when the batch is finished. When the caller stops half-way,
        the request is cancelled and its events are lost; after :meth:`cancel` they are not.

        Raises:
            Cancelled: the request was taken back; also where the engine has gone silent since.
            FerrygateError: the request failed, or its batch found not all of its files.
        """
        asked = self._asked[command.request] = _Asked(command.request)
        self._engine.send(command)
        over = False
        try:
            while not over:
                event = self._next(asked)
                if event is None or self._answered(event):
                    continue
                over = asked.is_ended_by(event)
                if not isinstance(event, Done | Failed):
                    yield event
                problem = _problem_of(event) if over else None
                if problem is not None:
                    raise error_for(problem)
        finally:
            if not (over or self._closed or asked.is_taken_back):
                self._clear_away(asked)
            del self._asked[asked.request]
            if asked.batch is not None:
                del self._asked[asked.batch]

    def cancel(self) -> None:
        """Have what is being asked cancelled; it goes on until its end, or ten seconds of silence.

        For a signal's handler, or another thread than the one that asks: nothing is waited for.
        """
        for asked in dict.fromkeys(self._asked.copy().values()):
            asked.is_taken_back = True
            self._events.put(asked.cancel)  # wakes who waits for an event
            self._cancels.put(asked.cancel)

    def _pass_on(self) -> None:
        """Pass cancels on, on a thread of its own: the asking thread may wait for its output."""
        while (cancel := self._cancels.take()) is not None:
            self._engine.send(cancel)

    def _next(self, asked: _Asked) -> Event | None:
        """Return the next event of this request, or of none; keep another's for that one.

        None where it was another's, or nothing came for half a second.
        A caller may ask something while it goes through the answers to something else.
        """
        if asked.events:
            return asked.events.popleft()
        event = self._wait(asked)
        if event is None:
            return None
        if isinstance(event, CancelRequest | CancelBatch):
            self._put_off_end(self._asked.get(_target(event)))
            return None
        if isinstance(event, FolderBlock):
            self._engine.send(TakeMore(event.request))
        name = _owner(event)
        owner = None if name is None else self._asked.get(name)
        if owner is not None and owner.give_up_at < inf:
            self._put_off_end(owner)
        if isinstance(event, BatchStarted):
            self._became_batch(owner, event.batch)
            return None
        if name is not None and owner is not asked:
            if owner is not None:
                owner.events.append(event)
            return None
        return event

    def _wait(self, asked: _Asked) -> Event | _Cancel | None:
        """Take the next that comes; none where nothing came for half a second."""
        if (event := self._events.take_within(0)) is not None:
            return event  # nearly always there, where there are many
        left = asked.give_up_at - self._clock.monotonic()
        event = self._events.take_within(max(0.0, min(left, _POLL_SECONDS)))
        if event is None and left <= _POLL_SECONDS:
            raise Cancelled(detail="the engine has not told its end")
        return event

    def _became_batch(self, asked: _Asked | None, batch: BatchId) -> None:
        if asked is None:
            return
        asked.batch = batch
        self._asked[batch] = asked
        if asked.is_taken_back:  # the engine was told to cancel a request that was over by then
            self._engine.send(asked.cancel)

    def do(self, command: Request) -> None:
        """Send a request and wait for its end."""
        for _event in self.ask(command):
            continue

    def close(self) -> None:
        """End the engine; what is still asked has no end to wait for."""
        self._closed = True
        self._cancels.put(None)
        self._canceller.join(None)
        self._engine.close()

    def _answered(self, event: Event) -> bool:
        """Deal with what is for the prompter, and with what is at hand."""
        match event:
            case HostKeyQuestion():
                accept = self._prompter.confirm_host_key(event)
                self._engine.send(AnswerHostKey(event.question, accept))
            case PromptQuestion():
                answer = self._prompter.answer_prompt(event)
                self._engine.send(AnswerPrompt(event.question, answer))
            case CodeQuestion():
                self._answer_code(event)
            case ConflictQuestion():
                self._resolve_conflict(event)
            case SecretsChanged():
                self.at_hand = event
            case _:
                return self._is_told(event)
        return True

    def _is_told(self, event: Event) -> bool:
        """Tell the prompter what it need not answer; false where that is not for it."""
        match event:
            case SessionChanged(state=SessionState.WAITING_FOR_CODE, until=float(until)):
                self._prompter.waiting_for_code(until)
            case SessionChanged(
                state=SessionState.RECONNECTING
                | SessionState.ASKING_FOR_CODE
                | SessionState.SIGNED_IN
                | SessionState.OFFLINE
            ):
                self._prompter.connection_changed(event)
            case CodeAwaited(until=until):
                self._prompter.waiting_for_code(until)
            case ServerSaid():
                self._prompter.server_said(event)
            case Notice():
                self._prompter.notice(event)
            case _:
                return False
        return True

    def _answer_code(self, question: CodeQuestion) -> None:
        if any(asked.is_taken_back for asked in self._asked.values()):
            return
        try:
            code = self._prompter.answer_code(question)
        except Cancelled:
            self.cancel()
        else:
            self._engine.send(AnswerCode(question.question, code))

    def _resolve_conflict(self, question: ConflictQuestion) -> None:
        """Have a question answered once: it is told anew while it waits for that."""
        asked = self._asked[question.batch]
        if asked.is_taken_back or question.question <= asked.answered:
            return
        asked.answered = question.question
        try:
            choice, scope = self._prompter.resolve_conflict(question)
        except Cancelled:
            self.cancel()
        else:
            answer = AnswerConflict(
                question.batch, question.question, choice, scope, question.count
            )
            self._engine.send(answer)

    def _put_off_end(self, asked: _Asked | None) -> None:
        if asked is not None:
            asked.give_up_at = self._clock.monotonic() + _CANCEL_SECONDS

    def _clear_away(self, asked: _Asked) -> None:
        """Give the engine time to clear away what a request has begun, unheard."""
        asked.is_taken_back = True
        self._engine.send(asked.cancel)
        self._put_off_end(asked)
        with suppress(Cancelled):
            while True:
                event = self._next(asked)
                if event is not None and asked.is_ended_by(event):
                    return


def _problem_of(end: Event) -> Problem | None:
    """Say why a request failed, or why its batch is not whole."""
    match end:
        case Failed(problem=problem) | BatchChanged(view=BatchView(problem=problem)):
            return problem
        case _:
            return None


def _target(cancel: _Cancel) -> int | BatchId:
    return cancel.batch if isinstance(cancel, CancelBatch) else cancel.target


def _owner(event: Event) -> int | BatchId | None:
    """Return the request or batch that an event belongs to; ``None`` if it belongs to none."""
    match event:
        case BatchStarted(request=request):
            return request
        case BatchChanged(view=view):
            return view.batch
        case FileChanged(batch=batch) | ConflictQuestion(batch=batch):
            return batch
        case _:
            return getattr(event, "request", None)
