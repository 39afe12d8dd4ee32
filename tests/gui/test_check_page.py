"""The page of the access check: where it is opened, its keys, and what a screen reader hears."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton

from ferrygate.access_check.stages import (
    CheckVerdict,
    Party,
    Stage,
    StageOutcome,
    StageResult,
)
from ferrygate.app.presenters.workspace import Screen
from ferrygate.app.widgets.check_box import CheckBox
from ferrygate.app.widgets.stage_card import StageCard
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.checks import CheckAccess, CheckEnded, CheckStageEnded
from ferrygate.engine.messages.command import CancelRequest
from ferrygate.engine.messages.event import Done, Failed
from ferrygate.engine.messages.session import (
    HostKeyQuestion,
    OpenSite,
    SessionChanged,
    SessionState,
    UsePassword,
)
from ferrygate.sites.site import Site
from gui.conftest import KEY
from gui.file_choosing import choose

if TYPE_CHECKING:
    from gui.conftest import MakeRig, Rig

pytestmark = pytest.mark.gui

CHECK, STOP, AGAIN, BACK = "Check my access", "Stop the check", "Check again", "Back"
TRY = "Try the sign-in too"
DNS = StageResult(
    stage=Stage.DNS,
    outcome=StageOutcome.PASSED,
    sentence=message("The server has an address."),
    milliseconds=12,
    detail="sftp.example.org is 203.0.113.9",
)
CLOCK = StageResult(
    stage=Stage.CLOCK,
    outcome=StageOutcome.WARNED,
    sentence=message("This computer's clock is behind."),
    who=Party.YOU,
    next_step=message("Set it."),
)
WELL = CheckVerdict(outcome=StageOutcome.PASSED, sentence=message("Nothing stands in the way."))
LOST = Problem(kind=Kind.CONNECTION_LOST, sentence=message("The server no longer answers."))


def started(rig: Rig) -> int:
    """Open the page; give the number of the check's request."""
    rig.driver.click(CHECK)
    rig.driver.wait_for("check", lambda: isinstance(rig.engine.commands[-1], CheckAccess))
    asked = rig.engine.commands[-1]
    assert isinstance(asked, CheckAccess)
    return asked.request


def tell(rig: Rig, request: int, *results: StageResult) -> None:
    for result in results:
        rig.engine.tell(CheckStageEnded(request=request, result=result))
    rig.driver.wait_for("stages", lambda: len(rig.window.findChildren(StageCard)) >= len(results))


def ended(rig: Rig, *results: StageResult) -> int:
    """Have a check end well."""
    request = started(rig)
    tell(rig, request, *results)
    rig.engine.tell(CheckEnded(request=request, verdict=WELL))
    rig.engine.tell(Done(request=request))
    rig.driver.wait_for("end", lambda: rig.driver.shows(AGAIN))
    return request


def press(rig: Rig, key: Qt.Key) -> None:
    QTest.keyClick(rig.window.focusWidget(), key)
    rig.desktop.pace.render()


@pytest.fixture
def card(rig: Rig) -> Rig:
    rig.driver.wait_for("code", lambda: rig.workspace.sign_in.view.shows_code)
    return rig


@pytest.fixture
def ready(make_rig: MakeRig, site: Site) -> Rig:
    """One window on the card of a site whose password and code secret are at hand."""
    given = GivenSecrets(password=Secret("correct horse"), totp_secret=KEY)
    made = make_rig(site=site, given=given)
    made.driver.wait_for("code", lambda: made.workspace.sign_in.view.shows_code)
    return made


def test_the_card_leads_to_a_check_that_spends_nothing(card: Rig) -> None:
    request = started(card)
    assert card.engine.commands[-1] == CheckAccess(request=request)
    assert card.driver.shows("Check of your access")
    tell(card, request, DNS)
    assert card.driver.shows("The server has an address.")
    assert card.driver.shows("12 ms")
    assert not card.driver.shows(BACK)


def test_what_was_typed_on_the_card_is_known_to_the_check(card: Rig, site: Site) -> None:
    card.driver.type_into("User name", "vendor8")
    card.driver.type_into("Password", "correct horse")
    started(card)
    opened = [each for each in card.engine.commands if isinstance(each, OpenSite)][-1]
    assert (site.username, opened.site.username) == ("vendor7", "vendor8")
    (given,) = [each for each in card.engine.commands if isinstance(each, UsePassword)]
    assert not given.save
    assert "correct horse" not in str(card.engine.commands)


def test_a_refusal_leads_to_it_and_so_does_being_offline(signed_in: Rig) -> None:
    signed_in.engine.tell(SessionChanged(SessionState.OFFLINE, problem=LOST))
    signed_in.driver.wait_for("offline", lambda: signed_in.driver.shows(CHECK))
    ended(signed_in, DNS)
    press(signed_in, Qt.Key.Key_Escape)
    assert signed_in.workspace.screen is Screen.FILES
    refused = Problem(kind=Kind.SIGN_IN_REFUSED, sentence=message("The server said no."))
    signed_in.engine.tell(SessionChanged(SessionState.OFFLINE, problem=refused))
    signed_in.driver.wait_for("card", lambda: signed_in.workspace.screen is Screen.SIGN_IN)
    ended(signed_in, DNS)


def test_nothing_offers_a_check_while_signed_in(signed_in: Rig) -> None:
    assert not signed_in.driver.shows(CHECK)


def test_escape_stops_a_running_check_and_then_goes_back(card: Rig) -> None:
    request = started(card)
    tell(card, request, DNS)
    assert card.window.focusWidget().accessibleName() == STOP
    press(card, Qt.Key.Key_Escape)
    assert card.engine.commands[-1] == CancelRequest(target=request)
    cancelled = Problem(kind=Kind.CANCELLED, sentence=message("Cancelled."))
    card.engine.tell(Failed(request=request, problem=cancelled))
    card.driver.wait_for("end", lambda: card.driver.shows(AGAIN))
    assert card.window.focusWidget().accessibleName() == BACK
    press(card, Qt.Key.Key_Escape)
    assert card.workspace.screen is Screen.SIGN_IN


def test_enter_goes_back_once_it_has_ended(card: Rig) -> None:
    ended(card, DNS)
    press(card, Qt.Key.Key_Return)
    assert card.workspace.screen is Screen.SIGN_IN


def test_the_sign_in_is_asked_about_and_a_habitual_enter_is_no(ready: Rig) -> None:
    ended(ready, DNS)
    ready.driver.click(TRY)
    ready.driver.wait_for("question", lambda: ready.driver.shows("Not now"))
    assert ready.window.focusWidget().accessibleName() == "Not now"
    before = len(ready.engine.commands)
    press(ready, Qt.Key.Key_Return)
    assert ready.engine.commands[before:] == []
    ready.driver.click(TRY)
    press(ready, Qt.Key.Key_Escape)
    assert ready.workspace.screen is Screen.CHECK
    assert not ready.driver.shows("Not now")
    ready.driver.click(TRY)
    ready.driver.click("Try the sign-in")
    asked = ready.engine.commands[-1]
    assert isinstance(asked, CheckAccess)
    assert asked.sign_in


def test_a_question_on_the_way_is_put_on_the_card_and_the_page_comes_back(ready: Rig) -> None:
    ended(ready, DNS)
    ready.driver.click(TRY)
    ready.driver.click("Try the sign-in")
    asked = ready.engine.commands[-1]
    assert isinstance(asked, CheckAccess)
    question = HostKeyQuestion(
        question=1, host="sftp.example.org", key_type="ssh-ed25519", fingerprint="SHA256:a"
    )
    ready.engine.tell(question)
    ready.driver.wait_for("question", lambda: ready.driver.shows("Is this the right server?"))
    tell(ready, asked.request, DNS)
    ready.driver.wait_for("page", lambda: ready.workspace.screen is Screen.CHECK)


def test_a_file_that_is_dropped_meanwhile_stays_in_view(card: Rig, site: Site) -> None:
    request = started(card)
    card.workspace.sites.offer(msgspec.structs.replace(site, name="Other", host="other.example"))
    card.driver.wait_for("offer", lambda: card.workspace.screen is Screen.OFFER)
    card.engine.tell(CheckStageEnded(request=request, result=DNS))
    card.driver.wait_for("stage", lambda: len(card.workspace.check.view.rows) == 1)
    assert card.workspace.screen is Screen.OFFER


def test_details_are_folded_until_they_are_wanted(card: Rig) -> None:
    ended(card, DNS, CLOCK)
    assert not card.driver.shows("sftp.example.org is 203.0.113.9")
    card.driver.click("Details: The server's name")
    assert card.driver.shows("sftp.example.org is 203.0.113.9")
    card.driver.click("Hide details: The server's name")
    assert not card.driver.shows("sftp.example.org is 203.0.113.9")


def test_a_screen_reader_hears_of_each_stage_how_it_ended(card: Rig) -> None:
    ended(card, DNS, CLOCK)
    spoken = [each.accessibleName() for each in card.window.findChildren(StageCard)]
    assert spoken == [
        "The server's name: Passed.\nThe server has an address.",
        "This computer's clock: Worth a look.\nThis computer's clock is behind.\nYou: Set it.",
    ]
    (fold,) = [
        button
        for button in card.window.findChildren(QPushButton)
        if button.accessibleName().startswith("Details: ") and button.isVisible()
    ]
    assert "The server has an address." in fold.accessibleDescription()


def test_the_report_is_copied_and_saved_by_a_button_each(card: Rig, tmp_path: Path) -> None:
    ended(card, DNS, CLOCK)
    card.driver.click("Copy details for support")
    copied = QGuiApplication.clipboard().text()
    assert copied == card.workspace.check.view.report
    assert "[clock] Worth a look: This computer's clock is behind. Set it." in copied
    card.driver.click("Save the report…")
    (dialog,) = card.window.findChildren(QFileDialog)
    choose(dialog, str(tmp_path / "mine.html"))
    card.driver.wait_for("file", (tmp_path / "mine.json").exists)
    assert (tmp_path / "mine.html").stat().st_mode & 0o777 == 0o600


def test_names_are_shortened_where_the_box_is_ticked(card: Rig) -> None:
    ended(card, DNS)
    (box,) = [
        each for each in card.window.check.findChildren(CheckBox) if each.text() == "Shorten names"
    ]
    box.click()
    card.driver.click("Copy details for support")
    assert "sftp.example.org" not in QGuiApplication.clipboard().text()


def test_another_check_begins_with_an_empty_page(card: Rig) -> None:
    ended(card, DNS, CLOCK)
    card.driver.click(AGAIN)
    card.driver.wait_for("rows", lambda: not card.driver.shows("The server has an address."))
    assert isinstance(card.engine.commands[-1], CheckAccess)
    assert card.driver.shows("Checking: Settings…")


@pytest.mark.parametrize("at_once", [True, False], ids=["in one turn", "after its stages"])
def test_the_first_stage_that_needs_somebody_is_brought_into_view(
    card: Rig, *, at_once: bool
) -> None:
    passed = [msgspec.structs.replace(DNS, stage=stage) for stage in list(Stage)[:11]]
    if at_once:
        request = started(card)
        ends = [CheckStageEnded(request, each) for each in (*passed, CLOCK)]
        card.workspace.handle(*ends, CheckEnded(request, WELL), Done(request))
        card.driver.wait_for("end", lambda: card.driver.shows(AGAIN))
    else:
        ended(card, *passed, CLOCK)
    rows = card.window.findChildren(StageCard)
    card.driver.wait_for("row", lambda: not rows[-1].visibleRegion().isEmpty())
    assert rows[0].visibleRegion().isEmpty()
