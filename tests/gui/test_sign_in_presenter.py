from __future__ import annotations

import io
from typing import TYPE_CHECKING

import msgspec
import pytest
import segno

from ferrygate.app.presenters.outbox import Outbox
from ferrygate.app.presenters.sign_in_presenter import SignInPresenter
from ferrygate.app.presenters.sign_in_view import Form
from ferrygate.codes.totp import CodeSecret, live_code
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.secret import Secret
from ferrygate.engine import messages as m
from ferrygate.sites.site import Policy, SignIn, Site, Support

if TYPE_CHECKING:
    from gui.conftest import StillClock

SECRET = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))
FORM = Form(username="vendor7", password=Secret("pw"))


class Table:
    """A presenter on a table, with what it sent beside it."""

    def __init__(self, clock: StillClock, *, password: Secret | None = None) -> None:
        self.sent: list[m.Command] = []
        self.clock = clock
        self.presenter = SignInPresenter(
            Outbox(self.sent.append), clock, password=password, code_secret=None
        )

    def open(self, site: Site, *, can_save: bool = True, note: str = "") -> None:
        self.presenter.choose(site)
        self.tell(
            m.SiteOpened(
                site=site,
                has_password=False,
                has_code_secret=False,
                can_save=can_save,
                keychain_note=note,
            )
        )
        self.done()

    def give_code(self, *, spent: bool = False) -> None:
        code = live_code(SECRET, self.clock.now())
        self.tell(m.CodeChanged(code=code, spent=spent))

    def tell(self, event: m.Event) -> None:
        self.presenter.handle(event)

    def done(self) -> None:
        self.tell(m.Done(request=self.sent[-1].request))  # type: ignore[union-attr]

    def fail(self, kind: Kind) -> None:
        problem = Problem(kind=kind, sentence="No.")
        self.tell(m.Failed(request=self.sent[-1].request, problem=problem))  # type: ignore[union-attr]


@pytest.fixture
def table(clock: StillClock) -> Table:
    return Table(clock)


def test_opening_sends_nothing_but_the_question_what_is_saved(table: Table, site: Site) -> None:
    table.open(site)
    assert [type(command) for command in table.sent] == [m.OpenSite]
    assert table.presenter.view.asks_code


def test_what_the_environment_gave_is_used_after_opening(clock: StillClock, site: Site) -> None:
    table = Table(clock, password=Secret("from outside"))
    table.open(site)
    assert [type(command) for command in table.sent] == [m.OpenSite, m.UsePassword]
    assert table.presenter.view.password_hint == "Already at hand"


def test_signing_in_waits_for_each_step(table: Table, site: Site) -> None:
    table.open(site)
    table.give_code()
    table.presenter.sign_in(FORM)
    assert isinstance(table.sent[-1], m.UsePassword)
    assert table.presenter.view.busy
    table.done()
    assert isinstance(table.sent[-1], m.SignIn)
    table.done()
    assert not table.presenter.view.busy


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (Form(username="", password=Secret("pw")), "Type your user name first."),
        (Form(username="vendor7", password=Secret("")), "Type your password first."),
        (FORM, "Set up your code first."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_sent(
    table: Table, site: Site, form: Form, words: str
) -> None:
    table.open(site)
    table.presenter.sign_in(form)
    assert table.presenter.view.note == words
    assert [type(command) for command in table.sent] == [m.OpenSite]


def test_another_user_name_opens_the_site_for_it_first(table: Table, site: Site) -> None:
    table.open(site)
    table.give_code()
    table.presenter.sign_in(Form(username="vendor8", password=Secret("pw")))
    opened = table.sent[-1]
    assert isinstance(opened, m.OpenSite)
    assert opened.site.username == "vendor8"


def test_a_second_click_sends_nothing_more(table: Table, site: Site) -> None:
    table.open(site)
    table.give_code()
    table.presenter.sign_in(FORM)
    table.presenter.sign_in(FORM)
    assert sum(isinstance(command, m.UsePassword) for command in table.sent) == 1


def test_a_wait_for_the_next_code_is_counted_down_on_the_button(table: Table, site: Site) -> None:
    table.open(site)
    table.give_code()
    table.presenter.sign_in(FORM)
    state = m.SessionState.WAITING_FOR_CODE
    table.tell(m.SessionChanged(state=state, until=table.clock.now() + 7))
    assert table.presenter.view.button == "Waiting for a new code, 7 s"
    table.clock.time += 5
    assert table.presenter.view.button == "Waiting for a new code, 2 s"


def test_a_refusal_ends_the_attempt_and_is_shown(table: Table, site: Site) -> None:
    table.open(site)
    table.give_code()
    table.presenter.sign_in(FORM)
    table.fail(Kind.SIGN_IN_REFUSED)
    view = table.presenter.view
    assert (view.busy, view.button, view.may_try_anyway) == (False, "Sign in", False)
    assert view.problem is not None


def test_the_breaker_offers_one_more_try(table: Table, site: Site) -> None:
    table.open(site)
    table.give_code()
    table.presenter.sign_in(FORM)
    table.done()
    table.fail(Kind.LOCK_OUT_BREAKER)
    assert table.presenter.view.may_try_anyway
    table.presenter.sign_in(Form(username="vendor7", password=Secret("pw")), try_anyway=True)
    table.done()
    assert table.sent[-1] == m.SignIn(request=table.sent[-1].request, try_anyway=True)  # type: ignore[union-attr]


def test_cancelling_is_no_problem(table: Table, site: Site) -> None:
    table.open(site)
    table.give_code()
    table.presenter.sign_in(FORM)
    target = table.sent[-1].request  # type: ignore[union-attr]
    table.presenter.cancel()
    assert table.sent[-1] == m.CancelRequest(target=target)
    problem = Problem(kind=Kind.CANCELLED, sentence="Cancelled.")
    table.tell(m.Failed(request=target, problem=problem))
    assert table.presenter.view.problem is None
    assert not table.presenter.view.busy


def test_the_policy_and_the_keychain_decide_what_may_be_kept(table: Table, site: Site) -> None:
    table.open(site)
    assert (table.presenter.view.can_remember, table.presenter.view.can_keep_code) == (True, True)
    strict = msgspec.structs.replace(
        site, policy=Policy(save_password=False, save_code_secret=True)
    )
    table.open(strict)
    assert (table.presenter.view.can_remember, table.presenter.view.can_keep_code) == (False, True)
    table.open(site, can_save=False, note="There is no keychain here.")
    assert (table.presenter.view.can_remember, table.presenter.view.can_keep_code) == (False, False)
    assert table.presenter.view.note == "There is no keychain here."


def test_a_site_without_codes_asks_for_none(table: Table, site: Site) -> None:
    plain = msgspec.structs.replace(site, sign_in=SignIn(join="{password}"))
    table.open(plain)
    assert not table.presenter.view.asks_code
    key = SignIn(steps=("publickey",), private_key="~/.ssh/id_ed25519")
    table.open(msgspec.structs.replace(site, sign_in=key))
    assert not table.presenter.view.asks_password


def test_a_bare_key_takes_digits_and_period_from_the_site(table: Table, site: Site) -> None:
    table.open(msgspec.structs.replace(site, sign_in=SignIn(period=5, digits=8)))
    table.presenter.use_code_text("JBSW Y3DP EHPK 3PXP", save=True)
    used = table.sent[-1]
    assert isinstance(used, m.UseCodeSecret)
    assert (used.secret.period, used.secret.digits, used.save) == (5, 8, True)


def test_an_address_says_itself_what_was_enrolled(table: Table, site: Site) -> None:
    table.open(msgspec.structs.replace(site, sign_in=SignIn(period=5)))
    text = "otpauth://totp/Acme:v?secret=JBSWY3DPEHPK3PXP&period=60"
    table.presenter.use_code_text(text, save=False)
    used = table.sent[-1]
    assert isinstance(used, m.UseCodeSecret)
    assert used.secret.period == 60


def test_a_picture_of_a_qr_code_is_read(table: Table, site: Site) -> None:
    table.open(site)
    picture = io.BytesIO()
    segno.make("otpauth://totp/v?secret=JBSWY3DPEHPK3PXP").save(picture, kind="png", scale=6)
    table.presenter.use_code_picture(picture.getvalue(), save=False)
    used = table.sent[-1]
    assert isinstance(used, m.UseCodeSecret)
    assert used.secret.key == SECRET.key


def test_a_picture_without_a_code_is_explained(table: Table, site: Site) -> None:
    table.open(site)
    table.presenter.use_code_picture(b"no picture", save=False)
    problem = table.presenter.view.code_problem
    assert problem is not None
    assert problem.sentence == "This picture cannot be read."


def test_an_unknown_server_is_put_in_words_with_whom_to_ask(table: Table, site: Site) -> None:
    helped = msgspec.structs.replace(site, support=Support(contact="help@example.org"))
    table.open(helped)
    table.tell(
        m.HostKeyQuestion(
            question=3, host="sftp.example.org", key_type="ssh-ed25519", fingerprint="SHA256:abc"
        )
    )
    question = table.presenter.view.question
    assert question is not None
    assert "help@example.org" in question.sentence
    assert question.details == "ssh-ed25519\nSHA256:abc"
    table.presenter.answer_host_key(accept=False)
    assert table.sent[-1] == m.AnswerHostKey(question=3, accept=False)
    assert table.presenter.view.question is None


def test_the_card_says_when_the_next_code_will_be_used(table: Table, site: Site) -> None:
    table.open(site)
    table.give_code(spent=True)
    assert table.presenter.view.note.startswith("Uses the next code, in 30 s.")
    table.give_code()
    assert table.presenter.view.note.startswith("Your code goes along by itself.")


def test_the_card_names_who_checks_the_code(table: Table, site: Site) -> None:
    okta = msgspec.structs.replace(site, sign_in=SignIn(okta_address="https://acme.okta.example"))
    table.open(okta)
    expected = "sftp.example.org, codes checked by acme.okta.example"
    assert table.presenter.view.detail == expected
