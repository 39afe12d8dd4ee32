from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ferrygate.app.presenters.code_presenter import CodePresenter, Level, grouped
from ferrygate.app.presenters.outbox import Outbox
from ferrygate.app.presenters.session_words import Mood, StateWords, state_words
from ferrygate.codes.totp import LiveCode
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.engine.messages.codes import CodeAwaited, CodeChanged, CodeGivenOut, ShowCode
from ferrygate.engine.messages.command import Command
from ferrygate.engine.messages.event import Done
from ferrygate.engine.messages.session import SessionChanged, SessionState

if TYPE_CHECKING:
    from gui.conftest import StillClock


@pytest.fixture
def sent() -> list[Command]:
    return []


@pytest.fixture
def presenter(clock: StillClock, sent: list[Command]) -> CodePresenter:
    made = CodePresenter(Outbox(sent.append), clock)
    made.handle(CodeChanged(code=LiveCode("482916", "037551", clock.now() + 30, 30)))
    return made


@pytest.mark.parametrize(
    ("digits", "shown"),
    [("482916", "482 916"), ("0482916", "0482 916"), ("00482916", "0048 2916")],
)
def test_codes_are_grouped_as_people_read_them(digits: str, shown: str) -> None:
    assert grouped(digits) == shown


@pytest.mark.parametrize(
    ("gone", "seconds", "level"),
    [
        (0, 30, Level.CALM),
        (22.5, 8, Level.CALM),
        (23, 7, Level.SOON),
        (26.5, 4, Level.SOON),
        (27, 3, Level.LAST),
        (29.9, 1, Level.LAST),
        (31, 0, Level.LAST),
    ],
)
def test_the_ring_follows_the_clock_and_counts_no_ticks(
    presenter: CodePresenter, clock: StillClock, gone: float, seconds: int, level: Level
) -> None:
    clock.time += gone
    view = presenter.view
    assert (view.seconds, view.level) == (seconds, level)
    assert view.fraction == pytest.approx(max(0.0, 30 - gone) / 30, abs=1e-6)


def test_without_a_code_nothing_is_shown(clock: StillClock, sent: list[Command]) -> None:
    presenter = CodePresenter(Outbox(sent.append), clock)
    assert presenter.view.digits == ""
    presenter.copy()
    assert sent == []


def test_a_copy_is_claimed_from_the_engine_once(
    presenter: CodePresenter, sent: list[Command], clock: StillClock
) -> None:
    presenter.copy()
    presenter.copy()
    assert sent == [ShowCode(request=1)]
    code = LiveCode("037551", "111222", clock.now() + 30, 30)
    presenter.handle(CodeGivenOut(request=1, code=code))
    presenter.handle(Done(request=1))
    assert presenter.given_out is not None
    assert presenter.given_out.digits == "037551"
    assert presenter.view.caption == "Copied"
    assert presenter.toast == "Copied. Cleared in 30 s"
    clock.time += 5
    assert presenter.toast == ""
    clock.time += 25
    presenter.tick()
    assert presenter.given_out is None


def test_a_copy_that_waits_for_a_fresh_code_says_how_long(
    presenter: CodePresenter, clock: StillClock
) -> None:
    presenter.copy()
    assert presenter.view.caption == "Copying"
    presenter.handle(CodeAwaited(request=1, until=clock.now() + 7))
    assert presenter.view.caption == "New code in 7 s"


def test_no_repr_shows_a_code(presenter: CodePresenter, clock: StillClock) -> None:
    presenter.copy()
    code = LiveCode("037551", "111222", clock.now() + 30, 30)
    presenter.handle(CodeGivenOut(request=1, code=code))
    assert "037551" not in repr(presenter.given_out)


def test_a_spent_code_says_so(presenter: CodePresenter, clock: StillClock) -> None:
    code = LiveCode("482916", "037551", clock.now() + 30, 30)
    presenter.handle(CodeChanged(code=code, spent=True))
    assert (presenter.view.spent, presenter.view.caption) == (True, "Already used")


@pytest.mark.parametrize(
    ("state", "until", "words", "mood"),
    [
        (SessionState.SIGNED_IN, None, "Signed in as vendor7", Mood.GOOD),
        (SessionState.OFFLINE, None, "Offline", Mood.OFF),
        (SessionState.CONNECTING, None, "Connecting…", Mood.WAITING),
        (SessionState.SIGNING_IN, None, "Signing in…", Mood.WAITING),
        (SessionState.WAITING_FOR_CODE, 107.0, "Waiting for a new code, 7 s", Mood.WAITING),
        (SessionState.WAITING_FOR_CODE, None, "Waiting for a new code", Mood.WAITING),
        (SessionState.RECONNECTING, 106.1, "Waiting for a new code, 7 s", Mood.WAITING),
        (SessionState.RECONNECTING, 99.0, "Reconnecting…", Mood.WAITING),
    ],
)
def test_every_state_has_words(
    state: SessionState, until: float | None, words: str, mood: Mood
) -> None:
    session = SessionChanged(state=state, until=until)
    assert state_words(session, "vendor7", 100.0) == StateWords(words, mood)


def test_a_wait_for_the_next_try_is_not_one_for_a_code(clock: StillClock) -> None:
    session = SessionChanged(
        state=SessionState.RECONNECTING, until=clock.now() + 7, can_try_now=True
    )
    assert state_words(session, "vendor7", clock.now()).text == "Reconnecting in 7 s"
    assert state_words(session, "vendor7", clock.now() + 7).text == "Reconnecting…"


def test_a_wait_has_its_reason_and_asks_nothing_of_the_person(clock: StillClock) -> None:
    lost = Problem(kind=Kind.CONNECTION_LOST, sentence=message("Lost."), next_step=message("Wait."))
    state = SessionState.RECONNECTING
    session = SessionChanged(state=state, until=clock.now() + 7, problem=lost)
    expected = StateWords("Waiting for a new code, 7 s", Mood.WAITING, "Lost.")
    assert state_words(session, "vendor7", clock.now()) == expected
