from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import msgspec
import pytest

from ferrygate.api.unattended import Unattended
from ferrygate.common.errors import Cancelled, KeychainError, LocalFileError, Problem
from ferrygate.common.message import message
from ferrygate.common.threads import SystemThreads
from ferrygate.engine.client import EngineClient
from ferrygate.engine.messages.command import CancelRequest, Command
from ferrygate.engine.messages.event import Done, Event, Listener
from ferrygate.engine.messages.session import Notice, SignIn
from ferrygate.engine.messages.transfers import (
    AnswerConflict,
    BatchChanged,
    BatchStarted,
    CancelBatch,
    ConflictQuestion,
    FileChanged,
    Upload,
)
from ferrygate.transfers.views import (
    BatchId,
    BatchView,
    ConflictChoice,
    ConflictScope,
    Direction,
    FileView,
    TransferState,
)
from support.conflicts import question
from support.fake_clock import ManualClock
from support.unheard_signal import unheard_signal

UPLOAD = Upload(1, ("a.csv",), b"/", ConflictChoice.ASK)
BATCH = BatchId("5f0c6a1e9b7d2384")
STARTED = BatchStarted(UPLOAD.request, BATCH)


def over(problem: Problem | None = None) -> BatchChanged:
    """Tell the end of the batch."""
    direction = Direction.UPLOAD
    return BatchChanged(
        BatchView(
            batch=BATCH,
            direction=direction,
            name="a.csv",
            sources=1,
            target="/",
            finished=True,
            problem=problem,
        )
    )


def view(state: TransferState) -> FileChanged:
    return FileChanged(BATCH, FileView(number=0, local="a.csv", remote=b"/a.csv", state=state))


Answers = dict[type, tuple[Event, ...]]


class AnsweringEngine:
    """Answers each command as a test says."""

    def __init__(self, listener: Listener, answers: Answers) -> None:
        self._listener = listener
        self._answers = answers
        self.sent: list[Command] = []
        self.cancelled = threading.Event()
        self.on_send: Callable[[], None] = lambda: None  # called once, with the first command
        self.tell_after: tuple[Event, ...] = ()  # that

    def close(self) -> None:
        """Nothing to end."""

    def send(self, command: Command) -> None:
        self.sent.append(command)
        then, self.on_send = self.on_send, lambda: None
        then()
        later, self.tell_after = self.tell_after, ()
        if isinstance(command, CancelRequest | CancelBatch):
            self.cancelled.set()
        for event in (*later, *self._answers.get(type(command), ())):
            self._listener(event)


ClientOf = Callable[..., tuple[EngineClient, AnsweringEngine]]


@pytest.fixture
def client_of() -> Iterator[ClientOf]:
    """Make a client of an engine that gives these answers; closed when the test ends."""
    with ExitStack() as clients:

        def make(answers: Answers, **options: Any) -> tuple[EngineClient, AnsweringEngine]:
            made: list[AnsweringEngine] = []

            def make_engine(listener: Listener) -> Any:
                made.append(AnsweringEngine(listener, answers))
                return made[0]

            options = {"prompter": Unattended(), "clock": ManualClock(), **options}
            client = EngineClient(make_engine, **options, threads=SystemThreads())
            clients.callback(client.close)
            return client, made[0]

        yield make


def test_what_is_cancelled_tells_how_it_ended(client_of: ClientOf) -> None:
    sending, cancelled = view(TransferState.SENDING), view(TransferState.CANCELLED)
    client, engine = client_of({Upload: (STARTED, sending), CancelBatch: (cancelled, over())})
    events = client.ask(UPLOAD)
    assert next(events) == sending
    client.cancel()
    assert list(events) == [cancelled, over()]
    assert engine.sent == [UPLOAD, CancelBatch(BATCH)]


def test_news_for_everybody_is_no_word_of_what_was_cancelled(client_of: ClientOf) -> None:
    clock = ManualClock()

    class Slow(Unattended):
        def notice(self, notice: Notice) -> None:  # noqa: ARG002  the protocol's
            clock.time += 6

    news = 2 * (Notice(KeychainError(message("Locked.")).problem),)
    answers: Answers = {
        Upload: (STARTED, view(TransferState.SENDING)),
        CancelBatch: news,
    }
    client, _engine = client_of(answers, prompter=Slow(), clock=clock)
    events = client.ask(UPLOAD)
    next(events)
    client.cancel()
    with pytest.raises(Cancelled):
        list(events)


def test_to_cancel_what_is_over_does_nothing_to_what_comes_next(client_of: ClientOf) -> None:
    client, engine = client_of({SignIn: (Done(2),), Upload: (STARTED, over())})
    events = client.ask(UPLOAD)
    client.cancel()  # nothing is asked before the first event is wanted
    assert list(events) == [over()]
    client.cancel()
    client.do(SignIn(2))
    assert engine.sent == [UPLOAD, SignIn(2)]


def test_a_cancel_that_comes_too_late_is_not_kept_for_the_next_request(client_of: ClientOf) -> None:
    last = view(TransferState.DELIVERED)
    client, engine = client_of({Upload: (STARTED, last, over()), SignIn: (Done(2),)})
    events = client.ask(UPLOAD)
    assert next(events) == last
    client.cancel()  # the end is waiting before it
    assert list(events) == [over()]
    client.do(SignIn(2))
    assert CancelRequest(2) not in engine.sent


def test_who_is_held_up_is_cancelled_all_the_same(client_of: ClientOf) -> None:
    """By an output that nobody reads, for one."""
    client, engine = client_of({Upload: (STARTED, view(TransferState.SENDING))})
    events = client.ask(UPLOAD)
    next(events)
    client.cancel()
    assert engine.cancelled.wait(10)
    del events
    assert engine.sent == [UPLOAD, CancelBatch(BATCH)]


def test_nobody_is_asked_about_what_was_taken_back(client_of: ClientOf) -> None:
    asked = question(BATCH)
    sending, cancelled = view(TransferState.SENDING), view(TransferState.CANCELLED)
    client, engine = client_of(
        {Upload: (STARTED, sending, asked), CancelBatch: (cancelled, over())}
    )
    events = client.ask(UPLOAD)
    next(events)
    client.cancel()
    assert list(events) == [cancelled, over()]
    assert engine.sent == [UPLOAD, CancelBatch(BATCH)]


def test_a_person_who_leaves_a_question_cancels_the_batch(client_of: ClientOf) -> None:
    class Leaving(Unattended):
        def resolve_conflict(
            self,
            question: ConflictQuestion,  # noqa: ARG002  the protocol's
        ) -> tuple[ConflictChoice, ConflictScope]:
            raise Cancelled

    asked = question(BATCH)
    cancelled = view(TransferState.CANCELLED)
    client, engine = client_of(
        {Upload: (STARTED, asked), CancelBatch: (cancelled, over())}, prompter=Leaving()
    )
    assert list(client.ask(UPLOAD)) == [cancelled, over()]
    assert engine.sent == [UPLOAD, CancelBatch(BATCH)]


def test_a_question_that_grows_is_answered_once(client_of: ClientOf) -> None:
    grown = (question(BATCH), question(BATCH, count=2), question(BATCH, count=5, number=2))
    client, engine = client_of({Upload: (STARTED, *grown, over())})
    assert list(client.ask(UPLOAD)) == [over()]
    fail, everything = ConflictChoice.FAIL, ConflictScope.ALL
    assert engine.sent[1:] == [
        AnswerConflict(BATCH, 1, fail, everything, 1),
        AnswerConflict(BATCH, 2, fail, everything, 5),
    ]


def test_an_interrupt_that_wakes_nobody_is_dealt_with(client_of: ClientOf) -> None:
    client, _engine = client_of({CancelRequest: (Done(1),)})
    before = signal.signal(signal.SIGINT, lambda *_signal: client.cancel())
    try:
        with unheard_signal(signal.SIGINT, asleep_in="take_within"):
            assert list(client.ask(UPLOAD)) == []
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_batch_is_asked_for_until_it_is_finished(client_of: ClientOf) -> None:
    sending = view(TransferState.SENDING)
    running = BatchChanged(msgspec.structs.replace(over().view, finished=False))
    client, _engine = client_of({Upload: (STARTED, running, sending, over())})
    assert list(client.ask(UPLOAD)) == [running, sending, over()]


def test_a_batch_that_is_not_whole_says_so_after_its_end(client_of: ClientOf) -> None:
    problem = LocalFileError(message("Gone.")).problem
    client, _engine = client_of({Upload: (STARTED, over(problem))})
    events = client.ask(UPLOAD)
    assert next(events) == over(problem)
    with pytest.raises(LocalFileError):
        next(events)


def test_a_cancel_that_comes_before_the_batch_has_a_name_reaches_it(client_of: ClientOf) -> None:
    """The engine has answered the request by then, so that it is not there to be cancelled."""
    client, engine = client_of({CancelBatch: (over(),)})
    events = client.ask(UPLOAD)
    engine.on_send = client.cancel
    engine.tell_after = (STARTED,)
    assert list(events) == [over()]
    assert engine.sent[0] == UPLOAD
    assert engine.sent[-1] == CancelBatch(BATCH)


def test_who_stops_half_way_cancels_the_batch(client_of: ClientOf) -> None:
    client, engine = client_of(
        {Upload: (STARTED, view(TransferState.SENDING)), CancelBatch: (over(),)}
    )
    for _event in client.ask(UPLOAD):
        break
    assert engine.sent == [UPLOAD, CancelBatch(BATCH)]
