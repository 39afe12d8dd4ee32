"""An access check as the window tells it: rows, a verdict, a question, and the report."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from ferrygate.access_check.stages import (
    Cause,
    CheckVerdict,
    Party,
    Stage,
    StageOutcome,
    StageResult,
)
from ferrygate.app.presenters.check_presenter import CheckPresenter
from ferrygate.app.presenters.check_view import stage_row, verdict_words
from ferrygate.app.presenters.notice_presenter import NoticePresenter
from ferrygate.app.presenters.outbox import Outbox
from ferrygate.common.errors import Cancelled, Kind, Problem
from ferrygate.common.message import message
from ferrygate.engine.messages.checks import CheckAccess, CheckEnded, CheckStageEnded
from ferrygate.engine.messages.codes import CodeAwaited
from ferrygate.engine.messages.command import CancelRequest, Command
from ferrygate.engine.messages.event import Done, Failed
from ferrygate.engine.messages.session import SecretsChanged
from ferrygate.sites.site import SignInSettings, Site, Support
from gui.background_work import at_once
from gui.conftest import StillClock

DNS = StageResult(
    stage=Stage.DNS,
    outcome=StageOutcome.PASSED,
    sentence=message("The server has an address."),
    milliseconds=12,
    detail="sftp.example.org is 203.0.113.9",
)
TCP = StageResult(
    stage=Stage.TCP,
    outcome=StageOutcome.FAILED,
    sentence=message("The server does not answer."),
    milliseconds=10_004,
    who=Party.NETWORK,
    next_step=message("A firewall may be in the way."),
    kind=Kind.CANNOT_REACH,
)
SKIPPED = tuple(
    StageResult(stage=stage, outcome=StageOutcome.NOT_REACHED, sentence=message("Not reached."))
    for stage in (Stage.FIRST_LINE, Stage.SPEED)
)
WELL = CheckVerdict(outcome=StageOutcome.PASSED, sentence=message("Nothing stands in the way."))
BROKEN = CheckVerdict(
    outcome=StageOutcome.FAILED,
    sentence=message("The server cannot be reached."),
    who=Party.NETWORK,
    first_failed=Stage.TCP,
    kind=Kind.CANNOT_REACH,
)


class Table:
    """Holds a presenter, what it sent, and what was said."""

    def __init__(self, site: Site, clock: StillClock) -> None:
        self.site = site
        self.sent: list[Command] = []
        self.notices = NoticePresenter(clock)
        self.presenter = CheckPresenter(Outbox(self.sent.append), clock, self.notices, at_once)
        self.presenter.turn_to(site)

    def open(self, *, has_password: bool = False, has_code_secret: bool = False) -> None:
        at_hand = SecretsChanged(
            site=self.site, has_password=has_password, has_code_secret=has_code_secret
        )
        self.presenter.handle(at_hand)

    @property
    def request(self) -> int:
        asked = self.sent[-1]
        assert isinstance(asked, CheckAccess)
        return asked.request

    def tell(self, *results: StageResult, verdict: CheckVerdict | None = None) -> None:
        request = self.request
        for result in results:
            self.presenter.handle(CheckStageEnded(request=request, result=result))
        if verdict is not None:
            self.presenter.handle(CheckEnded(request=request, verdict=verdict))
            self.presenter.handle(Done(request=request))

    def check(self, *results: StageResult, verdict: CheckVerdict = WELL) -> None:
        self.presenter.start(self.site)
        self.tell(*results, verdict=verdict)


@pytest.fixture
def table(site: Site, clock: StillClock) -> Table:
    made = Table(msgspec.structs.replace(site, support=Support(contact="help@example.org")), clock)
    made.open(has_password=True, has_code_secret=True)
    return made


def test_a_check_reads_no_secret_and_spends_no_code(table: Table) -> None:
    table.presenter.start(table.site)
    assert table.sent == [CheckAccess(request=1)]


def test_a_check_waits_until_the_engine_has_opened_the_site(site: Site, clock: StillClock) -> None:
    table = Table(site, clock)
    other = msgspec.structs.replace(site, username="vendor8")
    table.presenter.start(other)
    table.open()
    assert table.sent == []
    assert table.presenter.view.status == "Checking: Settings…"
    table.presenter.handle(SecretsChanged(site=other))
    assert table.sent == [CheckAccess(request=1)]


def test_stages_appear_as_they_end(table: Table) -> None:
    table.presenter.start(table.site)
    table.tell(DNS)
    view = table.presenter.view
    assert [row.stage for row in view.rows] == [Stage.DNS]
    assert view.status.startswith("Checking: ")
    assert view.verdict is None
    assert view.report == ""
    table.tell(TCP, *SKIPPED, verdict=BROKEN)
    view = table.presenter.view
    assert [row.title for row in view.rows] == ["The server's name", "Connection to the server"]
    assert view.skipped == "Not checked: The server's first words and Speed."
    assert view.status == ""
    assert view.verdict is not None
    assert view.verdict.sentence == "The server cannot be reached."


def test_a_row_says_how_long_it_took_and_whose_move_it_is(table: Table) -> None:
    row = stage_row(TCP, table.site)
    assert row.note == "Failed · 10.0 s"
    assert row.words.move == "The people who run your network: A firewall may be in the way."
    assert row.words.icon == "failed"
    assert row.spoken == (
        "Connection to the server: Failed.\nThe server does not answer.\n"
        "The people who run your network: A firewall may be in the way."
    )
    assert stage_row(DNS, table.site).note == "12 ms"


def test_a_contact_is_named(table: Table) -> None:
    verdict = msgspec.structs.replace(BROKEN, who=Party.CONTACT)
    who = "Your contact (help@example.org)"
    assert verdict_words(verdict, table.site).move == f"Who can mend it: {who}"


def test_causes_are_in_order_and_a_servers_words_are_cleaned(table: Table) -> None:
    refused = StageResult(
        stage=Stage.SIGN_IN,
        outcome=StageOutcome.FAILED,
        sentence=message("No."),
        causes=(Cause.PASSWORD_WRONG, Cause.ACCOUNT_LOCKED),
        server_said="<b>Go\n away\u202e</b>",
        detail="answered: \x1b[31m\n" + "x" * 200,
    )
    row = stage_row(refused, table.site)
    assert row.causes.splitlines() == [
        "What it may be due to, the likeliest first:",
        "1. The password is wrong.",
        "2. The account is locked.",
    ]
    assert row.said == "The server says: “<b>Go away\\u202e</b>”"
    assert row.details.startswith("answered: \\x1b[31m\n")
    assert max(map(len, row.details.splitlines())) <= 88


def test_a_running_check_can_be_stopped_and_what_was_found_stays(table: Table) -> None:
    table.presenter.start(table.site)
    table.tell(DNS)
    request = table.request
    table.presenter.stop()
    assert table.sent[-1] == CancelRequest(target=request)
    table.presenter.handle(Failed(request=request, problem=Cancelled().problem))
    view = table.presenter.view
    assert (view.status, view.problem, view.verdict) == ("The check was stopped.", None, None)
    assert len(view.rows) == 1
    assert "sftp.example.org is 203.0.113.9" in view.report


def test_a_check_that_waits_is_stopped_without_the_engine(site: Site, clock: StillClock) -> None:
    table = Table(site, clock)
    table.presenter.start(site)
    table.presenter.stop()
    table.open()
    assert table.sent == []
    assert not table.presenter.is_running


def test_a_check_that_cannot_be_made_says_why(table: Table) -> None:
    table.presenter.start(table.site)
    problem = Problem(kind=Kind.USAGE, sentence=message("You are signed in."))
    table.presenter.handle(Failed(request=table.request, problem=problem))
    assert table.presenter.view.problem == problem
    assert not table.presenter.is_running


def test_the_sign_in_is_tried_once_the_person_agrees(table: Table) -> None:
    table.check(DNS)
    assert table.presenter.view.can_sign_in
    table.presenter.ask_for_sign_in()
    consent = table.presenter.view.consent
    assert consent is not None
    assert "your next code, which is used up" in consent.sentence
    table.presenter.decline()
    assert table.presenter.view.consent is None
    assert len(table.sent) == 1
    table.presenter.ask_for_sign_in()
    table.presenter.agree()
    assert table.sent[-1] == CheckAccess(request=2, sign_in=True)
    assert table.presenter.view.consent is None
    assert table.presenter.view.rows == ()


def test_the_wait_for_a_code_is_counted_down(table: Table, clock: StillClock) -> None:
    table.check(DNS)
    table.presenter.ask_for_sign_in()
    table.presenter.agree()
    table.tell(DNS)
    table.presenter.handle(CodeAwaited(request=table.request, until=clock.now() + 7))
    assert table.presenter.view.status == "Waiting for a new code, 7 s"
    clock.time += 2
    table.presenter.tick()
    assert table.presenter.view.status == "Waiting for a new code, 5 s"
    table.tell(TCP)
    assert table.presenter.view.status.startswith("Checking: ")


def test_nothing_is_agreed_to_without_a_question(table: Table) -> None:
    table.check(DNS)
    table.presenter.agree()
    assert len(table.sent) == 1


def test_the_sign_in_is_not_offered_where_it_cannot_go_well(table: Table) -> None:
    offered = [table.presenter.view.can_sign_in]
    table.check(DNS, TCP, verdict=BROKEN)
    offered.append(table.presenter.view.can_sign_in)
    table.presenter.check_again()
    offered.append(table.presenter.view.can_sign_in)
    table.tell(DNS, verdict=WELL)
    offered.append(table.presenter.view.can_sign_in)
    table.presenter.ask_for_sign_in()
    table.presenter.agree()
    refused = msgspec.structs.replace(BROKEN, first_failed=Stage.SIGN_IN)
    table.tell(DNS, verdict=refused)
    offered.append(table.presenter.view.can_sign_in)
    table.open(has_password=True)
    table.presenter.check_again()
    table.tell(DNS, verdict=WELL)
    offered.append(table.presenter.view.can_sign_in)
    assert offered == [False, False, False, True, False, False]


def test_a_typed_password_is_enough_and_a_key_needs_none(table: Table) -> None:
    table.open(has_code_secret=True)
    table.presenter.start(table.site, has_typed_password=True)
    table.tell(DNS, verdict=WELL)
    assert table.presenter.view.can_sign_in
    by_key = msgspec.structs.replace(table.site, sign_in=SignInSettings(steps=("publickey",)))
    table.site = by_key
    table.presenter.turn_to(by_key)
    table.open()
    table.check(DNS)
    table.presenter.ask_for_sign_in()
    consent = table.presenter.view.consent
    assert consent is not None
    assert "code" not in consent.sentence


def test_another_site_has_nothing_of_the_last_one(table: Table) -> None:
    table.presenter.start(table.site)
    table.tell(DNS)
    request = table.request
    other = Site(name="Other", host="other.example.org")
    table.presenter.turn_to(other)
    assert table.sent[-1] == CancelRequest(target=request)
    late = CheckStageEnded(request=request, result=TCP)
    table.presenter.handle(late)
    assert table.presenter.view.rows == ()
    assert not table.presenter.is_running


def test_the_report_is_what_support_is_sent(table: Table, clock: StillClock) -> None:
    del clock
    table.check(DNS, TCP, *SKIPPED, verdict=BROKEN)
    report = table.presenter.view.report
    assert report.startswith("Access check: Acme exports (2026-11-23T12:00:00Z)")
    assert "[tcp] Failed, 10004 ms: The server does not answer." in report
    assert "vendor7" in report
    table.presenter.shorten(wanted=True)
    assert "vendor7" not in table.presenter.view.report
    assert table.presenter.view.shortens


def test_the_report_is_saved_with_json_beside_it(table: Table, tmp_path: Path) -> None:
    table.check(DNS)
    assert table.presenter.report_name == "acme-exports-access-check.html"
    path = tmp_path / table.presenter.report_name
    table.presenter.save(str(path))
    assert table.notices.words == "Saved as “acme-exports-access-check.html”."
    assert "The server has an address." in path.read_text("utf-8")
    assert json.loads(path.with_suffix(".json").read_bytes())["stages"][0]["stage"] == "dns"


def test_a_report_that_cannot_be_saved_is_told(table: Table, tmp_path: Path) -> None:
    table.check(DNS)
    (tmp_path / "mine.html").write_text("mine")
    table.presenter.save(str(tmp_path / "mine.html"))
    assert table.notices.problem is not None
    assert table.notices.problem.kind is Kind.USAGE
    assert (tmp_path / "mine.html").read_text() == "mine"


def test_a_name_of_any_kind_makes_a_file_name(table: Table) -> None:
    table.presenter.turn_to(Site(name="../ä:b", host="h"))
    assert table.presenter.report_name == "ä-b-access-check.html"
    table.presenter.turn_to(Site(name="/", host="h"))
    assert table.presenter.report_name == "ferrygate-access-check.html"
