"""Leaving while something is under way asks first, with what would be lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest

from ferrygate.app.plain_text import PlainLabel
from ferrygate.app.presenters.leaving_presenter import Leaving, LeavingPresenter, LeavingView
from ferrygate.app.presenters.workspace import Screen
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.engine.messages.session import PromptQuestion, SessionChanged, SessionState, SignOut
from ferrygate.engine.messages.transfers import BatchChanged, Upload
from ferrygate.sites.site import Site
from ferrygate.transfers.views import BatchId, BatchView, Direction
from gui.conftest import KEY
from gui.scripted_engine import batch_of, finished

if TYPE_CHECKING:
    from gui.conftest import MakeRig, Rig

pytestmark = pytest.mark.gui

PLATES = BatchView(
    batch=BatchId("plates"),
    direction=Direction.UPLOAD,
    name="plate-scans",
    sources=1,
    target="/inbox",
    files_total=25,
    files_finished=5,
    bytes_total=3_600_000_000,
    bytes_moved=500_000_000,
)
REPORT = BatchView(
    batch=BatchId("report"),
    direction=Direction.DOWNLOAD,
    name="report.pdf",
    sources=1,
    target="Downloads",
    files_total=1,
    bytes_total=2_000_000,
)
SMALL = msgspec.structs.replace(PLATES, batch=BatchId("b"), bytes_total=600_000_000)
CHECKED = msgspec.structs.replace(
    PLATES, batch=BatchId("checked"), files_finished=23, files_late=2, bytes_moved=3_600_000_000
)


def asked(*views: BatchView, leaving: Leaving = Leaving.CLOSE) -> LeavingView | None:
    """Give the question that is asked while these are under way."""
    presenter = LeavingPresenter()
    for view in views:
        presenter.handle(BatchChanged(view))
    presenter.may_go(leaving, never)
    return presenter.view


def never() -> None:
    raise AssertionError


@pytest.mark.parametrize(
    ("views", "title", "words"),
    [
        ([PLATES], "1 transfer is under way.", "3.10 GB of plate-scans would not be sent."),
        (
            [PLATES, REPORT],
            "2 transfers are under way.",
            "3.10 GB of plate-scans would not be sent. 2.0 MB of report.pdf would not be fetched.",
        ),
        (
            [
                PLATES,
                msgspec.structs.replace(PLATES, batch=BatchId("b"), bytes_total=600_000_000),
            ],
            "2 transfers are under way.",
            "3.20 GB of plate-scans and 1 other transfer would not be sent.",
        ),
        (
            [msgspec.structs.replace(PLATES, walking=True)],
            "1 transfer is under way.",
            "More than 3.10 GB of plate-scans would not be sent.",
        ),
        (
            [msgspec.structs.replace(PLATES, bytes_total=0, bytes_moved=0, sources=3)],
            "1 transfer is under way.",
            "3 items would not be sent.",
        ),
        (
            [CHECKED],
            "Everything is delivered.",
            (
                "2 files are delivered, but the line was lost while they were sent, and they"
                " would not be checked again."
            ),
        ),
    ],
)
def test_the_question_says_what_would_be_lost(
    views: list[BatchView], title: str, words: str
) -> None:
    view = asked(*views)
    assert view is not None
    assert (view.title, view.words) == (title, words)


@pytest.mark.parametrize(
    ("view", "leaving", "button"),
    [
        (PLATES, Leaving.CLOSE, "Close and stop"),
        (PLATES, Leaving.SIGN_OUT, "Sign out and stop"),
        (PLATES, Leaving.SWITCH, "Switch and stop"),
        (CHECKED, Leaving.CLOSE, "Close"),
    ],
)
def test_the_button_names_what_it_does(view: BatchView, leaving: Leaving, button: str) -> None:
    shown = asked(view, leaving=leaving)
    assert shown is not None
    assert (shown.leave, shown.stay) == (button, "Keep going")


@pytest.mark.parametrize(
    "view",
    [
        msgspec.structs.replace(PLATES, finished=True),
        msgspec.structs.replace(PLATES, stopping=True),
        msgspec.structs.replace(
            PLATES,
            finished=True,
            can_retry=True,
            problem=Problem(kind=Kind.NO_SPACE, sentence=message("Full.")),
        ),
    ],
    ids=["ended", "taken back", "in need of attention"],
)
def test_what_has_ended_needs_no_question(view: BatchView) -> None:
    assert asked(PLATES, view) is None


def test_the_question_follows_what_goes_on_and_ends_with_it() -> None:
    presenter = LeavingPresenter()
    gone: list[str] = []
    presenter.handle(BatchChanged(PLATES))
    presenter.leave(Leaving.CLOSE, lambda: gone.append("close"))
    moved = msgspec.structs.replace(PLATES, bytes_moved=3_500_000_000)
    presenter.handle(BatchChanged(moved))
    view = presenter.view
    assert view is not None
    assert view.words == "100.0 MB of plate-scans would not be sent."
    presenter.handle(BatchChanged(msgspec.structs.replace(PLATES, finished=True)))
    assert presenter.view == LeavingView("Nothing is under way any more.", "", "Stay", "Close")
    assert gone == []
    presenter.go()
    assert gone == ["close"]


# ---------------------------------------------------------------- in the window


def start(rig: Rig) -> BatchView:
    """Have an upload be under way."""
    rig.engine.holds_transfers = True
    rig.workspace.transfers.upload(["plates"], rig.workspace.folder.view.path)
    upload = rig.engine.commands[-1]
    assert isinstance(upload, Upload)
    view = msgspec.structs.replace(PLATES, batch=batch_of(upload.request))
    rig.engine.tell(BatchChanged(view))
    rig.driver.wait_for("start", lambda: rig.workspace.folder.view.is_filling)
    rig.desktop.pace.render()
    return view


def press(rig: Rig, key: Qt.Key) -> None:
    QTest.keyClick(rig.window.focusWidget(), key)


def test_closing_an_idle_window_asks_nothing(signed_in: Rig) -> None:
    assert signed_in.window.close()
    assert not signed_in.window.isVisible()


def test_closing_asks_and_the_keyboard_is_where_nothing_is_lost(signed_in: Rig) -> None:
    start(signed_in)
    assert not signed_in.window.close()
    assert signed_in.driver.shows("1 transfer is under way.")
    words = {each.text() for each in signed_in.window.findChildren(PlainLabel) if each.isVisible()}
    assert "3.10 GB of plate-scans would not be sent." in words
    assert signed_in.window.focusWidget().accessibleName() == "Keep going"
    press(signed_in, Qt.Key.Key_Return)
    assert not signed_in.driver.shows("Keep going")
    assert signed_in.window.isVisible()
    assert signed_in.window.focusWidget() is signed_in.window.files.files


def test_escape_keeps_going(signed_in: Rig) -> None:
    start(signed_in)
    signed_in.window.close()
    press(signed_in, Qt.Key.Key_Escape)
    assert not signed_in.driver.shows("Keep going")
    assert signed_in.window.isVisible()


def test_closing_twice_is_no_answer(signed_in: Rig) -> None:
    start(signed_in)
    signed_in.window.close()
    signed_in.window.files.files.setFocus()
    assert not signed_in.window.close()
    assert signed_in.window.isVisible()
    assert signed_in.window.focusWidget().accessibleName() == "Keep going"


def test_the_other_button_closes(signed_in: Rig) -> None:
    start(signed_in)
    signed_in.window.close()
    signed_in.driver.click("Close and stop")
    assert not signed_in.window.isVisible()


def test_an_end_of_all_transfers_leaves_the_question_without_a_loss(signed_in: Rig) -> None:
    view = start(signed_in)
    signed_in.window.close()
    signed_in.engine.tell(BatchChanged(finished(view, 0.0)))
    signed_in.driver.wait_for("end", lambda: signed_in.driver.shows("Nothing is under way"))
    assert signed_in.window.isVisible()
    signed_in.driver.click("Close")
    assert not signed_in.window.isVisible()


def test_a_window_out_of_sight_comes_back_with_the_question(signed_in: Rig) -> None:
    start(signed_in)
    signed_in.window.showMinimized()
    signed_in.window.close()
    assert not signed_in.window.isMinimized()


def test_signing_out_asks(signed_in: Rig) -> None:
    start(signed_in)
    signed_in.driver.click("Sign out")
    assert not [c for c in signed_in.engine.commands if isinstance(c, SignOut)]
    signed_in.driver.click("Sign out and stop")
    assert [c for c in signed_in.engine.commands if isinstance(c, SignOut)]
    assert not signed_in.driver.shows("Keep going")


def test_closing_while_signing_out_is_asked_about_is_what_is_asked_then(signed_in: Rig) -> None:
    start(signed_in)
    signed_in.driver.click("Sign out")
    signed_in.window.close()
    signed_in.driver.click("Close and stop")
    assert not signed_in.window.isVisible()
    assert not [c for c in signed_in.engine.commands if isinstance(c, SignOut)]


def test_turning_to_another_site_asks(signed_in: Rig) -> None:
    """A line that was lost brings the card back, from where other sites can be chosen."""
    start(signed_in)
    question = PromptQuestion(question=7, text="Answer:", echo=True)
    signed_in.engine.tell(SessionChanged(state=SessionState.RECONNECTING))
    signed_in.engine.tell(question)
    signed_in.driver.wait_for("card", lambda: signed_in.workspace.screen is Screen.SIGN_IN)
    signed_in.workspace.show_sites()
    other = Site(name="Other", host="other.example.org", username="me")
    signed_in.workspace.sites.choose(other)
    assert signed_in.driver.shows("1 transfer is under way.")
    assert signed_in.workspace.site != other
    signed_in.driver.click("Keep going")
    assert signed_in.workspace.site != other
    signed_in.workspace.sites.choose(other)
    signed_in.driver.click("Switch and stop")
    assert signed_in.workspace.site == other


class Session:
    """A desktop's session that is about to end."""

    def __init__(self, *, asks: bool) -> None:
        self._asks = asks
        self.is_cancelled = False

    def allowsInteraction(self) -> bool:  # noqa: N802  Qt's name
        return self._asks

    def cancel(self) -> None:
        self.is_cancelled = True

    def release(self) -> None:
        pass


def test_the_end_of_the_desktops_session_waits_for_the_answer(signed_in: Rig) -> None:
    idle, busy, hurried = Session(asks=True), Session(asks=True), Session(asks=False)
    signed_in.desktop._answer_session_end(idle)
    start(signed_in)
    signed_in.desktop._answer_session_end(busy)
    signed_in.desktop._answer_session_end(hurried)
    assert [each.is_cancelled for each in (idle, busy, hurried)] == [False, True, False]
    assert signed_in.driver.shows("Keep going")


def test_quitting_the_program_asks(signed_in: Rig) -> None:
    start(signed_in)
    quitting = QEvent(QEvent.Type.Quit)
    signed_in.desktop.application.sendEvent(signed_in.desktop.application, quitting)
    assert not quitting.isAccepted()
    assert signed_in.window.isVisible()
    assert signed_in.driver.shows("Keep going")


def test_a_program_that_drives_the_window_is_not_asked(make_rig: MakeRig, site: Site) -> None:
    rig = make_rig(site=site, given=GivenSecrets(totp_secret=KEY))
    rig.sign_in()
    engine = rig.engine
    start(rig)
    rig.window.close()
    rig.desktop.close()
    assert engine.closed
