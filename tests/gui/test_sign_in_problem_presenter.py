from __future__ import annotations

import msgspec
import pytest

from ferrygate.app.presenters.outbox import Outbox
from ferrygate.app.presenters.sign_in_problem_presenter import Action, SignInProblemPresenter
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.engine.messages.codes import (
    ApplySkew,
    ExplainRefusal,
    MeasureSkew,
    RefusalExplained,
    SkewMeasured,
)
from ferrygate.engine.messages.command import Command
from ferrygate.engine.messages.event import Done, Failed
from ferrygate.engine.messages.records import ResetLock
from ferrygate.engine.messages.session import SiteOpened
from ferrygate.sites.site import SignInSettings, Site, Support
from gui.conftest import StillClock

STOP = "Stop correcting codes"
STALE = (
    "This computer's clock is right, but your codes are still corrected by 45 s. Servers refuse"
    " such codes."
)
EXPLAINED = Problem(kind=Kind.SIGN_IN_REFUSED, sentence=message("Your password is right."))


def refused(kind: Kind = Kind.SIGN_IN_REFUSED) -> Problem:
    return Problem(kind=kind, sentence=message("No."))


class Table:
    """A presenter with what it sent and said, on a site that names its Okta address."""

    def __init__(self, site: Site, clock: StillClock) -> None:
        self.clock = clock
        self.sent: list[Command] = []
        self.said: list[str] = []
        self.presenter = SignInProblemPresenter(Outbox(self.sent.append), clock, self.said.append)
        okta = SignInSettings(okta_address="https://acme.okta.example")
        helped = Support(contact="help@example.org")
        self.site = msgspec.structs.replace(site, sign_in=okta, support=helped)
        self.presenter.turn_to(self.site)

    def ask_okta(self) -> None:
        self.presenter.choose(Action.ASK_OKTA)
        self.presenter.agree()

    def measured(self, seconds: float | None, applied: int = 0) -> str:
        self.presenter.handle(SkewMeasured(request=2, seconds=seconds, applied=applied))
        return self.offer[0]

    @property
    def offer(self) -> tuple[str, str]:
        """Give the words about the clock, and those on the button beside them."""
        offered = self.presenter.view.clock
        return (offered.sentence, offered.button) if offered else ("", "")

    def open_corrected(self, seconds: int) -> None:
        """Tell that the site is open, and its codes are corrected."""
        self.presenter.handle(SiteOpened(site=self.site, correction=seconds))

    def measured_as(self, seconds: float | None, applied: int) -> None:
        """Tell how the clocks compare, as was asked last."""
        asked = self.sent[-1]
        assert isinstance(asked, MeasureSkew)
        request = asked.request
        self.presenter.handle(SkewMeasured(request=request, seconds=seconds, applied=applied))
        self.presenter.handle(Done(request=request))


@pytest.fixture
def table(site: Site, clock: StillClock) -> Table:
    return Table(site, clock)


@pytest.mark.parametrize(
    ("kind", "actions"),
    [
        (Kind.SIGN_IN_REFUSED, (Action.ASK_OKTA,)),
        (Kind.LOCK_OUT_BREAKER, (Action.ASK_OKTA,)),
        (Kind.LOCK_OUT_SHUT, (Action.RESET_LOCK,)),
        (Kind.CANNOT_REACH, ()),
    ],
)
def test_each_problem_offers_what_helps(
    table: Table, kind: Kind, actions: tuple[Action, ...]
) -> None:
    table.presenter.show(refused(kind))
    assert table.presenter.view.actions == actions


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.SIGN_IN_REFUSED, "Your contact: help@example.org"),
        (Kind.CANNOT_REACH, "Your contact: help@example.org"),
        (Kind.SECRETS_MISSING, ""),
        (Kind.LOCAL_FILE, ""),
        (Kind.INTERNAL, ""),
    ],
)
def test_the_contact_stands_beside_what_a_person_cannot_mend_alone(
    table: Table, site: Site, kind: Kind, words: str
) -> None:
    table.presenter.show(refused(kind))
    assert table.presenter.view.contact == words
    table.presenter.turn_to(site)
    table.presenter.show(refused(kind))
    assert table.presenter.view.contact == ""


def test_okta_cannot_be_asked_where_nobody_named_it(table: Table, site: Site) -> None:
    table.presenter.turn_to(site)
    table.presenter.show(refused())
    assert table.presenter.view.actions == ()


def test_nothing_is_sent_to_okta_without_consent(table: Table) -> None:
    table.presenter.show(refused())
    table.presenter.choose(Action.ASK_OKTA)
    consent = table.presenter.view.consent
    assert consent is not None
    assert consent.sentence == (
        "This sends your password to acme.okta.example once, without a code."
    )
    table.presenter.decline()
    table.presenter.agree()
    assert table.sent == []


@pytest.mark.parametrize("kind", [Kind.SIGN_IN_REFUSED, Kind.LOCK_OUT_BREAKER])
def test_okta_explains_in_place(table: Table, kind: Kind) -> None:
    table.presenter.show(refused(kind))
    table.ask_okta()
    stopped = kind is Kind.LOCK_OUT_BREAKER
    assert table.sent == [
        ExplainRefusal(request=1, try_anyway=stopped),
        MeasureSkew(request=2),
    ]
    assert table.presenter.view.asking
    table.presenter.handle(RefusalExplained(request=1, problem=EXPLAINED))
    table.presenter.handle(Done(request=1))
    view = table.presenter.view
    assert (view.problem, view.asking, view.actions) == (EXPLAINED, False, ())


def test_support_is_told_the_steps_of_the_sign_in_that_okta_explains(table: Table) -> None:
    steps = "dns: ...\nanswered: failed"
    table.presenter.show(msgspec.structs.replace(refused(), detail="1", steps=steps))
    table.ask_okta()
    words = msgspec.structs.replace(EXPLAINED, detail="HTTP 200")
    table.presenter.handle(RefusalExplained(request=1, problem=words))
    problem = table.presenter.view.problem
    assert problem is not None
    assert (problem.sentence, problem.steps) == (EXPLAINED.sentence, steps)
    assert problem.detail == "1; Okta: HTTP 200"


def test_support_is_told_the_steps_of_the_sign_in_where_okta_is_out_of_reach(table: Table) -> None:
    table.presenter.show(msgspec.structs.replace(refused(), detail="1", steps="dns: ..."))
    table.ask_okta()
    away = msgspec.structs.replace(refused(Kind.CANNOT_REACH), detail="no route")
    table.presenter.handle(Failed(request=1, problem=away))
    problem = table.presenter.view.problem
    assert problem is not None
    assert (problem.kind, problem.steps) == (Kind.CANNOT_REACH, "dns: ...")
    assert problem.detail == "1; Okta: no route"


def test_okta_out_of_reach_is_said(table: Table) -> None:
    table.presenter.show(refused())
    table.ask_okta()
    away = refused(Kind.CANNOT_REACH)
    table.presenter.handle(Failed(request=2, problem=away))
    assert table.presenter.view.asking
    table.presenter.handle(Failed(request=1, problem=away))
    assert (table.presenter.view.problem, table.presenter.view.asking) == (away, False)


@pytest.mark.parametrize(
    ("seconds", "applied", "words"),
    [
        (None, 0, ""),
        (9.0, 0, ""),
        (45.4, 0, "This computer's clock is 45 s behind. Correct codes for it?"),
        (-45.4, 0, "This computer's clock is 45 s ahead. Correct codes for it?"),
        (180.4, 0, "This computer's clock is 3 min behind. Correct codes for it?"),
        (-179.6, 0, "This computer's clock is 3 min ahead. Correct codes for it?"),
        (45.4, 45, ""),
        (
            0.4,
            45,
            STALE,
        ),
        (45.4, 180, "This computer's clock is 45 s behind. Correct codes for it?"),
    ],
)
def test_a_wrong_clock_is_told_of(
    table: Table, seconds: float | None, applied: int, words: str
) -> None:
    table.presenter.show(refused())
    table.ask_okta()
    assert table.measured(seconds, applied) == words


def test_codes_are_corrected_when_the_person_agrees(table: Table) -> None:
    table.presenter.show(refused())
    table.ask_okta()
    assert table.measured(45.4)
    table.presenter.correct_codes()
    assert table.sent[2:] == [ApplySkew(request=3, seconds=45)]
    assert table.offer == ("", "")
    table.presenter.handle(Done(request=3))
    assert table.said == ["Your codes follow Okta's clock now."]


def test_the_lock_is_reset_in_two_steps(table: Table) -> None:
    table.presenter.show(refused(Kind.LOCK_OUT_SHUT))
    table.presenter.choose(Action.RESET_LOCK)
    consent = table.presenter.view.consent
    assert consent is not None
    assert "help@example.org" in consent.sentence
    table.presenter.agree()
    assert table.sent == [ResetLock(request=1, site=table.site)]
    table.presenter.handle(Done(request=1))
    assert table.presenter.view.problem is None
    assert table.said == ["The lock is reset. Sign in when you are ready."]


def test_what_belongs_to_others_is_left_alone(table: Table) -> None:
    table.presenter.show(refused())
    table.presenter.handle(Done(request=9))
    table.presenter.handle(RefusalExplained(request=9, problem=EXPLAINED))
    assert table.presenter.view.problem == refused()


def test_a_correction_is_checked_when_its_site_is_opened_and_dropped_by_its_name(
    table: Table,
) -> None:
    table.open_corrected(180)
    assert table.offer == ("", "")
    table.measured_as(0.4, 180)
    words, button = table.offer
    assert words.startswith("This computer's clock is right, but your codes are still corrected")
    assert button == STOP
    table.presenter.correct_codes()
    assert table.sent[-1] == ApplySkew(request=2, seconds=0)
    assert table.offer == ("", "")
    table.presenter.handle(Done(request=2))
    assert table.said == ["Your codes follow this computer's clock again."]


def test_a_correction_that_is_right_is_not_spoken_of(table: Table) -> None:
    table.open_corrected(180)
    table.measured_as(181.0, 180)
    assert table.offer == ("", "")


def test_nobody_is_asked_for_the_time_where_no_codes_are_corrected(table: Table) -> None:
    table.open_corrected(0)
    table.presenter.show(refused())
    table.clock.time += 1
    table.presenter.tick()
    assert table.sent == []


@pytest.mark.parametrize("kind", [Kind.SIGN_IN_REFUSED, Kind.LOCK_OUT_BREAKER])
def test_a_correction_is_checked_after_a_refusal(table: Table, kind: Kind) -> None:
    table.open_corrected(180)
    table.measured_as(180.0, 180)
    table.presenter.show(refused(kind))
    assert table.offer == ("", "")
    table.measured_as(0.0, 180)
    assert table.offer[1] == STOP


def test_a_correction_that_cannot_be_checked_is_doubted_after_a_refusal(table: Table) -> None:
    table.open_corrected(180)
    table.presenter.handle(Failed(request=1, problem=refused(Kind.CANNOT_REACH)))
    assert table.offer == ("", "")
    table.presenter.show(refused())
    table.presenter.handle(Failed(request=2, problem=refused(Kind.CANNOT_REACH)))
    words = (
        "Your codes are corrected by 3 min for this computer's clock. If the clock is right by"
        " now, stop that."
    )
    assert table.offer == (words, STOP)
    table.presenter.correct_codes()
    assert table.sent[-1] == ApplySkew(request=3, seconds=0)


def test_a_clock_that_was_set_has_the_correction_checked(table: Table) -> None:
    table.open_corrected(180)
    table.measured_as(180.0, 180)
    table.presenter.tick()
    assert len(table.sent) == 1
    table.clock.ahead += 180
    table.presenter.tick()
    table.measured_as(0.0, 180)
    assert table.offer[1] == STOP
    table.presenter.tick()
    assert len(table.sent) == 2
