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
from ferrygate.engine import messages as m
from ferrygate.engine.client import EngineClient
from support.conflicts import question
from support.fake_clock import ManualClock
from support.unheard_signal import unheard_signal

UPLOAD = m.Upload(1, ("a.csv",), b"/", m.ConflictChoice.ASK)
BATCH = m.BatchId("5f0c6a1e9b7d2384")
STARTED = m.BatchStarted(UPLOAD.request, BATCH)


def over(problem: Problem | None = None) -> m.BatchChanged:
    """The end of the batch."""
    direction = m.Direction.UPLOAD
    return m.BatchChanged(
        m.BatchView(
            batch=BATCH,
            direction=direction,
            name="a.csv",
            sources=1,
            target="/",
            finished=True,
            problem=problem,
        )
    )


def view(state: m.TransferState) -> m.FileChanged:
    return m.FileChanged(BATCH, m.FileView(number=0, local="a.csv", remote=b"/a.csv", state=state))


Answers = dict[type, tuple[m.Event, ...]]


class AnsweringEngine:
    """Answers each command as a test says."""

    def __init__(self, listener: m.Listener, answers: Answers) -> None:
        self._listener = listener
        self._answers = answers
        self.sent: list[m.Command] = []
        self.cancelled = threading.Event()
        self.on_send: Callable[[], None] = lambda: None  # called once, with the first command
        self.tell_after: tuple[m.Event, ...] = ()  # that

    def close(self) -> None:
        """Nothing to end."""

    def send(self, command: m.Command) -> None:
        self.sent.append(command)
        then, self.on_send = self.on_send, lambda: None
        then()
        later, self.tell_after = self.tell_after, ()
        if isinstance(command, m.CancelRequest | m.CancelBatch):
            self.cancelled.set()
        for event in (*later, *self._answers.get(type(command), ())):
            self._listener(event)


ClientOf = Callable[..., tuple[EngineClient, AnsweringEngine]]


@pytest.fixture
def client_of() -> Iterator[ClientOf]:
    """A client of an engine that gives these answers; closed when the test ends."""
    with ExitStack() as clients:

        def make(answers: Answers, **options: Any) -> tuple[EngineClient, AnsweringEngine]:
            made: list[AnsweringEngine] = []

            def make_engine(listener: m.Listener) -> Any:
                made.append(AnsweringEngine(listener, answers))
                return made[0]

            options = {"prompter": Unattended(), "clock": ManualClock(), **options}
            client = EngineClient(make_engine, **options)
            clients.callback(client.close)
            return client, made[0]

        yield make


def test_what_is_cancelled_tells_how_it_ended(client_of: ClientOf) -> None:
    sending, cancelled = view(m.TransferState.SENDING), view(m.TransferState.CANCELLED)
    client, engine = client_of({m.Upload: (STARTED, sending), m.CancelBatch: (cancelled, over())})
    events = client.ask(UPLOAD)
    assert next(events) == sending
    client.cancel()
    assert list(events) == [cancelled, over()]
    assert engine.sent == [UPLOAD, m.CancelBatch(BATCH)]


def test_news_for_everybody_is_no_word_of_what_was_cancelled(client_of: ClientOf) -> None:
    clock = ManualClock()

    class Slow(Unattended):
        def notice(self, notice: m.Notice) -> None:  # noqa: ARG002  the protocol's
            clock.time += 6

    news = 2 * (m.Notice(KeychainError(message("Locked.")).problem),)
    answers: Answers = {
        m.Upload: (STARTED, view(m.TransferState.SENDING)),
        m.CancelBatch: news,
    }
    client, _engine = client_of(answers, prompter=Slow(), clock=clock)
    events = client.ask(UPLOAD)
    next(events)
    client.cancel()
    with pytest.raises(Cancelled):
        list(events)


def test_to_cancel_what_is_over_does_nothing_to_what_comes_next(client_of: ClientOf) -> None:
    client, engine = client_of({m.SignIn: (m.Done(2),), m.Upload: (STARTED, over())})
    events = client.ask(UPLOAD)
    client.cancel()  # nothing is asked before the first event is wanted
    assert list(events) == [over()]
    client.cancel()
    client.do(m.SignIn(2))
    assert engine.sent == [UPLOAD, m.SignIn(2)]


def test_a_cancel_that_comes_too_late_is_not_kept_for_the_next_request(client_of: ClientOf) -> None:
    last = view(m.TransferState.DELIVERED)
    client, engine = client_of({m.Upload: (STARTED, last, over()), m.SignIn: (m.Done(2),)})
    events = client.ask(UPLOAD)
    assert next(events) == last
    client.cancel()  # the end is waiting before it
    assert list(events) == [over()]
    client.do(m.SignIn(2))
    assert m.CancelRequest(2) not in engine.sent


def test_who_is_held_up_is_cancelled_all_the_same(client_of: ClientOf) -> None:
    """By an output that nobody reads, for one."""
    client, engine = client_of({m.Upload: (STARTED, view(m.TransferState.SENDING))})
    events = client.ask(UPLOAD)
    next(events)
    client.cancel()
    assert engine.cancelled.wait(10)
    del events
    assert engine.sent == [UPLOAD, m.CancelBatch(BATCH)]


def test_nobody_is_asked_about_what_was_taken_back(client_of: ClientOf) -> None:
    asked = question(BATCH)
    sending, cancelled = view(m.TransferState.SENDING), view(m.TransferState.CANCELLED)
    client, engine = client_of(
        {m.Upload: (STARTED, sending, asked), m.CancelBatch: (cancelled, over())}
    )
    events = client.ask(UPLOAD)
    next(events)
    client.cancel()
    assert list(events) == [cancelled, over()]
    assert engine.sent == [UPLOAD, m.CancelBatch(BATCH)]


def test_a_person_who_leaves_a_question_cancels_the_batch(client_of: ClientOf) -> None:
    class Leaving(Unattended):
        def resolve_conflict(
            self,
            question: m.ConflictQuestion,  # noqa: ARG002  the protocol's
        ) -> tuple[m.ConflictChoice, m.ConflictScope]:
            raise Cancelled

    asked = question(BATCH)
    cancelled = view(m.TransferState.CANCELLED)
    client, engine = client_of(
        {m.Upload: (STARTED, asked), m.CancelBatch: (cancelled, over())}, prompter=Leaving()
    )
    assert list(client.ask(UPLOAD)) == [cancelled, over()]
    assert engine.sent == [UPLOAD, m.CancelBatch(BATCH)]


def test_a_question_that_grows_is_answered_once(client_of: ClientOf) -> None:
    grown = (question(BATCH), question(BATCH, count=2), question(BATCH, count=5, number=2))
    client, engine = client_of({m.Upload: (STARTED, *grown, over())})
    assert list(client.ask(UPLOAD)) == [over()]
    fail, everything = m.ConflictChoice.FAIL, m.ConflictScope.ALL
    assert engine.sent[1:] == [
        m.AnswerConflict(BATCH, 1, fail, everything, 1),
        m.AnswerConflict(BATCH, 2, fail, everything, 5),
    ]


def test_an_interrupt_that_wakes_nobody_is_dealt_with(client_of: ClientOf) -> None:
    client, _engine = client_of({m.CancelRequest: (m.Done(1),)})
    before = signal.signal(signal.SIGINT, lambda *_signal: client.cancel())
    try:
        with unheard_signal(signal.SIGINT, asleep_in="_wait"):
            assert list(client.ask(UPLOAD)) == []
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_batch_is_asked_for_until_it_is_finished(client_of: ClientOf) -> None:
    sending = view(m.TransferState.SENDING)
    running = m.BatchChanged(msgspec.structs.replace(over().view, finished=False))
    client, _engine = client_of({m.Upload: (STARTED, running, sending, over())})
    assert list(client.ask(UPLOAD)) == [running, sending, over()]


def test_a_batch_that_is_not_whole_says_so_after_its_end(client_of: ClientOf) -> None:
    problem = LocalFileError(message("Gone.")).problem
    client, _engine = client_of({m.Upload: (STARTED, over(problem))})
    events = client.ask(UPLOAD)
    assert next(events) == over(problem)
    with pytest.raises(LocalFileError):
        next(events)


def test_a_cancel_that_comes_before_the_batch_has_a_name_reaches_it(client_of: ClientOf) -> None:
    """The engine has answered the request by then, so that it is not there to be cancelled."""
    client, engine = client_of({m.CancelBatch: (over(),)})
    events = client.ask(UPLOAD)
    engine.on_send = client.cancel
    engine.tell_after = (STARTED,)
    assert list(events) == [over()]
    assert engine.sent[0] == UPLOAD
    assert engine.sent[-1] == m.CancelBatch(BATCH)


def test_who_stops_half_way_cancels_the_batch(client_of: ClientOf) -> None:
    client, engine = client_of(
        {m.Upload: (STARTED, view(m.TransferState.SENDING)), m.CancelBatch: (over(),)}
    )
    for _event in client.ask(UPLOAD):
        break
    assert engine.sent == [UPLOAD, m.CancelBatch(BATCH)]
