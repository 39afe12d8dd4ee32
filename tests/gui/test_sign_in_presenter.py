from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from ferrygate.app.presenters.sign_in_view import Form, Stage
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.codes import EnrolWithOkta
from ferrygate.engine.messages.command import CancelRequest
from ferrygate.engine.messages.event import Failed
from ferrygate.engine.messages.session import (
    OpenSite,
    SecretsChanged,
    SessionChanged,
    SessionState,
    SignIn,
    SiteOpened,
    TypedCredentials,
)
from ferrygate.sites.site import Policy, SignInSettings, Site
from gui.sign_in_table import FORM, Table

if TYPE_CHECKING:
    from gui.conftest import StillClock


@pytest.fixture
def table(clock: StillClock) -> Table:
    return Table(clock)


def test_opening_sends_nothing_but_the_question_what_is_saved(table: Table, site: Site) -> None:
    table.open(site)
    assert [type(command) for command in table.sent] == [OpenSite]
    assert table.presenter.view.asks_code


def test_what_the_engine_has_at_hand_is_said_after_opening(table: Table, site: Site) -> None:
    table.open(site, has_password=True)
    assert [type(command) for command in table.sent] == [OpenSite]
    assert table.presenter.view.password_hint == "Already at hand"


def test_one_command_carries_what_was_typed(table: Table, site: Site) -> None:
    table.open(site)
    table.give_code()
    form = Form(username="vendor8", password=Secret("pw"), passphrase=Secret("open"), remember=True)
    table.presenter.sign_in(form)
    typed = TypedCredentials(
        username="vendor8", password=Secret("pw"), passphrase=Secret("open"), save=True
    )
    assert table.sent[1:] == [SignIn(request=2, ask_code=True, typed=typed)]
    assert table.presenter.view.busy
    table.done()
    assert not table.presenter.view.busy


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (Form(username="", password=Secret("pw")), "Type your user name first."),
        (Form(username="vendor7", password=Secret("")), "Type your password first."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_sent(
    table: Table, site: Site, form: Form, words: str
) -> None:
    table.open(site)
    table.give_code()
    table.presenter.sign_in(form)
    assert table.presenter.view.note == words
    assert [type(command) for command in table.sent] == [OpenSite]


def test_without_a_code_there_is_no_sign_in(table: Table, site: Site) -> None:
    table.open(site)
    table.presenter.sign_in(FORM)
    assert table.presenter.view.note == "Set up your code first."
    assert [type(command) for command in table.sent] == [OpenSite]


def test_another_user_name_turns_the_card_to_that_user(table: Table, site: Site) -> None:
    table.open(site)
    table.give_code()
    table.presenter.sign_in(Form(username="vendor8", password=Secret("pw")))
    assert table.presenter.site == msgspec.structs.replace(site, username="vendor8")
    assert table.view.username == "vendor8"


def test_nothing_is_pressed_before_the_keychain_has_answered(table: Table, site: Site) -> None:
    table.presenter.choose(site)
    words = "One moment: what is kept for this site is being looked up."
    table.presenter.sign_in(FORM)
    assert [type(command) for command in table.sent] == [OpenSite]
    assert (table.view.button.can_press, table.view.note) == (False, words)
    table.done()
    assert (table.view.button.can_press, table.view.note) == (True, "")


def test_a_second_click_sends_nothing_more(table: Table, site: Site) -> None:
    table.open(site)
    table.give_code()
    table.presenter.sign_in(FORM)
    table.presenter.sign_in(FORM)
    assert sum(isinstance(command, SignIn) for command in table.sent) == 1


def test_a_wait_for_the_next_code_is_counted_down_on_the_button(
    table: Table, site: Site, clock: StillClock
) -> None:
    table.open(site)
    table.give_code()
    table.presenter.sign_in(FORM)
    state = SessionState.WAITING_FOR_CODE
    table.tell(SessionChanged(state=state, until=table.clock.now() + 7))
    assert table.presenter.view.button.words == "Waiting for a new code, 7 s"
    clock.time += 5
    assert table.presenter.view.button.words == "Waiting for a new code, 2 s"


def test_a_refusal_ends_the_attempt_and_is_shown(table: Table, site: Site) -> None:
    table.open(site)
    table.give_code()
    table.presenter.sign_in(FORM)
    table.fail(Kind.SIGN_IN_REFUSED)
    view = table.presenter.view
    assert (view.busy, view.button.words) == (False, "Sign in")
    assert view.problem is not None


def test_the_breaker_offers_one_more_try(table: Table, site: Site) -> None:
    table.open(site)
    table.give_code()
    table.presenter.sign_in(FORM)
    table.fail(Kind.LOCK_OUT_BREAKER)
    assert (table.view.button.words, table.view.button.needs_word) == ("Try once more", True)
    table.presenter.sign_in(Form(username="vendor7", password=Secret("pw")), try_anyway=True)
    tried = table.sent[-1]
    assert isinstance(tried, SignIn)
    assert tried.try_anyway


def test_a_shut_breaker_leaves_nothing_to_press(table: Table, site: Site) -> None:
    table.open(site)
    table.give_code()
    table.presenter.sign_in(FORM)
    table.fail(Kind.LOCK_OUT_SHUT)
    assert not table.view.button.can_press


def test_no_code_is_said_to_go_along_while_nothing_is_sent(table: Table, site: Site) -> None:
    table.open(site)
    table.give_code()
    assert table.view.note == "Your code goes along by itself."
    table.presenter.sign_in(FORM)
    table.fail(Kind.LOCK_OUT_SHUT)
    assert table.view.note == ""


def test_cancelling_is_no_problem(table: Table, site: Site) -> None:
    table.open(site)
    table.give_code()
    table.presenter.sign_in(FORM)
    target = table.sent[-1].request  # type: ignore[union-attr]
    table.presenter.cancel()
    assert table.sent[-1] == CancelRequest(target=target)
    problem = Problem(kind=Kind.CANCELLED, sentence=message("Cancelled."))
    table.tell(Failed(request=target, problem=problem))
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
    table.open(site, can_save=False, note=message("There is no keychain here."))
    assert (table.presenter.view.can_remember, table.presenter.view.can_keep_code) == (False, False)
    assert table.presenter.view.note == "There is no keychain here."


def test_a_site_without_codes_asks_for_none(table: Table, site: Site) -> None:
    plain = msgspec.structs.replace(site, sign_in=SignInSettings(join="{password}"))
    table.open(plain)
    assert not table.presenter.view.asks_code
    key = SignInSettings(steps=("publickey",), private_key="~/.ssh/id_ed25519")
    table.open(msgspec.structs.replace(site, sign_in=key))
    assert not table.presenter.view.asks_password


def test_the_card_says_when_the_next_code_will_be_used(table: Table, site: Site) -> None:
    table.open(site)
    table.give_code(spent=True)
    assert table.presenter.view.note.startswith("Uses the next code, in 30 s.")
    table.give_code()
    assert table.presenter.view.note == "Your code goes along by itself."


def test_the_card_names_who_checks_the_code(table: Table, site: Site) -> None:
    okta = msgspec.structs.replace(
        site, sign_in=SignInSettings(okta_address="https://acme.okta.example")
    )
    table.open(okta)
    view = table.presenter.view
    assert (view.detail, view.checked_by) == (
        "sftp.example.org",
        "Codes checked by acme.okta.example",
    )


def test_a_password_at_hand_is_not_that_of_another_user(table: Table, site: Site) -> None:
    table.open(site)
    table.give_code()
    table.hold(has_password=True)
    assert table.view.password_hint == "Already at hand"
    table.presenter.sign_in(Form(username="vendor8", password=Secret("")))
    assert table.view.password_hint == ""


def test_what_is_at_hand_for_the_site_just_left_is_not_at_hand_for_this_one(
    table: Table, site: Site
) -> None:
    table.presenter.choose(site)
    table.presenter.choose(msgspec.structs.replace(site, host="sftp.example.com"))
    table.tell(SecretsChanged(site=site, has_password=True))  # was on its way
    assert table.view.password_hint == ""
    table.tell(SiteOpened(site=site))
    assert not table.view.asks_code
    table.tell(SecretsChanged(site=msgspec.structs.replace(site, host="sftp.example.com")))
    table.done()
    assert table.view.password_hint == ""


def test_okta_sets_the_code_up_with_the_password_of_the_form(table: Table, site: Site) -> None:
    okta = SignInSettings(okta_address="https://acme.okta.example")
    table.open(msgspec.structs.replace(site, sign_in=okta))
    table.presenter.turn_to_okta(wanted=True)
    assert (table.presenter.view.stage, table.presenter.view.button.words) == (
        Stage.OKTA_SETUP,
        "Set it up",
    )
    table.presenter.sign_in(FORM)
    typed = TypedCredentials(username="vendor7", password=Secret("pw"))
    assert table.sent[-1] == EnrolWithOkta(request=2, save=True, typed=typed)
    table.give_code()
    table.done()
    view = table.presenter.view
    assert (view.stage, view.busy) == (Stage.FORM, False)


def enrol_with_okta(table: Table, site: Site) -> EnrolWithOkta:
    """Have Okta set up the code, which is not to be kept."""
    okta = SignInSettings(okta_address="https://acme.okta.example")
    table.open(msgspec.structs.replace(site, sign_in=okta))
    table.setup.keep(wanted=False)
    table.presenter.turn_to_okta(wanted=True)
    table.presenter.sign_in(FORM)
    enrol = table.sent[-1]
    assert isinstance(enrol, EnrolWithOkta)
    return enrol


def test_a_code_is_not_kept_where_the_person_does_not_want_it(table: Table, site: Site) -> None:
    assert not enrol_with_okta(table, site).save


def test_a_locked_private_key_asks_for_its_passphrase(table: Table, site: Site) -> None:
    table.open(msgspec.structs.replace(site, sign_in=SignInSettings(steps=("publickey",))))
    table.presenter.sign_in(Form(username="vendor7", password=Secret("")))
    table.fail(Kind.PASSPHRASE_MISSING)
    assert table.presenter.view.asks_passphrase
    form = Form(username="vendor7", password=Secret(""), passphrase=Secret("open"), remember=True)
    table.presenter.sign_in(form)
    begun = table.sent[-1]
    assert isinstance(begun, SignIn)
    assert (begun.typed.passphrase, begun.typed.save) == (Secret("open"), True)


def test_a_password_that_was_forgotten_is_asked_for_again(table: Table, site: Site) -> None:
    table.open(site, has_password=True)
    typing = table.presenter.typing
    table.hold(has_password=False)
    assert table.presenter.view.password_hint == ""
    assert table.presenter.typing > typing  # what the field holds is of no more use


def test_what_a_session_signed_in_with_is_at_hand_for_the_next(table: Table, site: Site) -> None:
    table.open(site)
    table.give_code()
    table.presenter.sign_in(FORM)
    table.hold(has_password=True)
    table.tell(SessionChanged(state=SessionState.SIGNED_IN))
    table.done()
    lost = Problem(kind=Kind.CONNECTION_LOST, sentence=message("Lost."))
    table.tell(SessionChanged(state=SessionState.OFFLINE, problem=lost))
    table.presenter.sign_in_again()
    assert isinstance(table.sent[-1], SignIn)
    assert table.presenter.view.busy


def test_what_is_typed_over_the_password_at_hand_stays_in_its_field(
    table: Table, site: Site
) -> None:
    table.open(site, has_password=True)
    table.give_code()
    typing = table.presenter.typing
    table.presenter.sign_in(FORM)
    table.hold(has_password=False)  # the typed one is not proven
    assert table.presenter.typing == typing
    table.hold(has_password=True)
    table.hold(has_password=False)  # changed at the server meanwhile
    assert table.presenter.typing == typing + 1
