"""The window while the connection is lost, and is to come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ferrygate.app.presenters.workspace import Screen
from ferrygate.engine.messages.session import SessionChanged, SessionState, SignIn

if TYPE_CHECKING:
    from gui.conftest import Rig

pytestmark = pytest.mark.gui


def tries(rig: Rig) -> int:
    return len([sent for sent in rig.engine.commands if isinstance(sent, SignIn)])


def test_losing_the_connection_keeps_the_files_in_sight(signed_in: Rig) -> None:
    state = SessionState.RECONNECTING
    until = signed_in.desktop._options.clock.now() + 7
    signed_in.engine.tell(SessionChanged(state=state, until=until, can_try_now=True))
    words = "Reconnecting in 7 s"
    signed_in.driver.wait_for("words", lambda: signed_in.workspace.state.text == words)
    assert signed_in.workspace.screen is Screen.FILES


def test_a_folder_opened_while_the_connection_is_away_says_what_it_waits_for(
    signed_in: Rig,
) -> None:
    signed_in.engine.tell(SessionChanged(state=SessionState.RECONNECTING))
    signed_in.driver.wait_for("words", lambda: signed_in.workspace.folder.view.is_away)
    signed_in.engine.holds_listings = True
    signed_in.driver.open_folder(b"inbox")
    signed_in.driver.wait_for(
        "reason", lambda: signed_in.driver.shows("Shown once the connection is back")
    )
    signed_in.engine.tell(SessionChanged(state=SessionState.SIGNED_IN))
    signed_in.driver.wait_for("list", lambda: signed_in.driver.shows("Loading…"))


def test_while_reconnecting_nothing_stale_is_said_and_the_list_stays(signed_in: Rig) -> None:
    signed_in.engine.holds_transfers = True
    signed_in.workspace.transfers.upload(["report.csv"], signed_in.workspace.folder.view.path)
    signed_in.driver.wait_for("speed", lambda: signed_in.driver.shows("100 bytes/s"))
    assert signed_in.driver.shows("about 6 s left")
    until = signed_in.desktop._options.clock.now() + 7
    state = SessionChanged(state=SessionState.RECONNECTING, until=until)
    signed_in.engine.tell(state)
    words = "Begins again with a new code in 7 s."
    signed_in.driver.wait_for("words", lambda: signed_in.driver.shows(words))
    assert not signed_in.driver.shows("bytes/s")
    assert not signed_in.driver.shows("about 6 s left")
    files = signed_in.window.files.files
    middle = files.visualRect(signed_in.desktop.model.index(0, 0)).center()
    assert files.viewport().childAt(middle) is None  # nothing covers the rows
    assert files.isEnabled()
    signed_in.driver.select(b"a.csv")
    assert files.selected_names() == [b"a.csv"]


def test_a_lost_connection_is_tried_at_once_where_a_person_wants_it(signed_in: Rig) -> None:
    state = SessionState.RECONNECTING
    before = tries(signed_in)
    until = signed_in.desktop._options.clock.now() + 28
    signed_in.engine.tell(SessionChanged(state=state, until=until, can_try_now=True))
    signed_in.driver.wait_for("button", lambda: signed_in.driver.shows("Try now"))
    signed_in.driver.click("Try now")
    assert tries(signed_in) == before + 1
    signed_in.engine.tell(SessionChanged(state=state))  # the try is under way
    signed_in.driver.wait_for("no button", lambda: not signed_in.driver.shows("Try now"))
