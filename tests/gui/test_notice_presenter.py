"""Problems to dismiss and passing words, which belong to no screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ferrygate.app.presenters.notice_presenter import NoticePresenter
from ferrygate.common.errors import KeychainError
from ferrygate.common.message import message
from ferrygate.engine.messages.session import Notice, ServerSaid, SessionChanged, SessionState

if TYPE_CHECKING:
    from gui.conftest import StillClock

RECONNECTING = SessionChanged(SessionState.RECONNECTING)
SIGNED_IN = SessionChanged(SessionState.SIGNED_IN)


@pytest.fixture
def presenter(clock: StillClock) -> NoticePresenter:
    return NoticePresenter(clock)


def said(presenter: NoticePresenter) -> str:
    return presenter.problem.server_said if presenter.problem is not None else ""


def test_what_a_server_says_while_a_session_comes_back_is_shown_until_it_is_back(
    presenter: NoticePresenter,
) -> None:
    presenter.handle(ServerSaid("Welcome."))
    assert presenter.problem is None  # the sign-in's card shows it
    presenter.handle(RECONNECTING)
    presenter.handle(ServerSaid("Welcome."))
    assert presenter.problem is None
    presenter.handle(ServerSaid("Enter the number 42 in your app."))
    assert said(presenter) == "Enter the number 42 in your app."
    presenter.handle(RECONNECTING)
    assert said(presenter) == "Enter the number 42 in your app."
    presenter.handle(SIGNED_IN)
    assert presenter.problem is None


def test_another_problem_stays(presenter: NoticePresenter) -> None:
    presenter.handle(RECONNECTING)
    presenter.handle(ServerSaid("Enter the number 42 in your app."))
    problem = KeychainError(message("The keychain is locked.")).problem
    presenter.handle(Notice(problem))
    presenter.handle(SIGNED_IN)
    assert presenter.problem is problem
