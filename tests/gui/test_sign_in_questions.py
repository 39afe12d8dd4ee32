"""Questions in the middle of a sign-in: unknown and changed servers, prompts, passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from ferrygate.app.presenters.sign_in_view import Form, Stage
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.session import (
    AnswerHostKey,
    AnswerPrompt,
    ForgetHostKeys,
    HostKeyQuestion,
    OpenSite,
    PromptQuestion,
    ServerSaid,
    SessionChanged,
    SessionState,
)
from ferrygate.sites.site import Site, Support
from gui.sign_in_table import FORM, Table

if TYPE_CHECKING:
    from gui.conftest import StillClock


@pytest.fixture
def table(clock: StillClock) -> Table:
    return Table(clock)


def test_an_unknown_server_is_put_in_words_with_whom_to_ask(table: Table, site: Site) -> None:
    helped = msgspec.structs.replace(site, support=Support(contact="help@example.org"))
    table.open(helped)
    table.tell(
        HostKeyQuestion(
            question=3, host="sftp.example.org", key_type="ssh-ed25519", fingerprint="SHA256:abc"
        )
    )
    question = table.presenter.view.question
    assert question is not None
    assert "help@example.org" in question.sentence
    assert question.details == "ssh-ed25519\nSHA256:abc"
    table.presenter.answer_host_key(accept=False)
    assert table.sent[-1] == AnswerHostKey(question=3, accept=False)
    assert table.presenter.view.question is None


def test_a_question_of_the_server_is_answered_in_two_minutes(table: Table, site: Site) -> None:
    table.open(site)
    table.tell(
        PromptQuestion(question=4, text="Favourite colour?", echo=False, instruction="Welcome.")
    )
    prompt = table.presenter.view.prompt
    assert table.presenter.view.stage is Stage.PROMPT
    assert prompt is not None
    assert (prompt.instruction, prompt.text, prompt.echo, prompt.left) == (
        "Welcome.",
        "Favourite colour?",
        False,
        "120 s left to answer",
    )
    table.presenter.answer_prompt(Secret("teal"))
    assert table.sent[-1] == AnswerPrompt(question=4, answer=Secret("teal"))
    assert table.presenter.view.prompt is None
    table.presenter.answer_prompt(None)
    assert len(table.sent) == 2


def test_what_the_server_says_meanwhile_is_shown_until_the_sign_in_ends(
    table: Table, site: Site
) -> None:
    table.open(site)
    table.give_code()
    table.presenter.sign_in(FORM)
    table.tell(SessionChanged(state=SessionState.SIGNING_IN))
    table.tell(ServerSaid("Enter the number 42 in your app."))
    assert table.view.note == "Enter the number 42 in your app."
    table.fail(Kind.SIGN_IN_REFUSED)
    table.tell(SessionChanged(state=SessionState.OFFLINE))
    table.presenter.sign_in(FORM)
    assert table.view.note == "Keep this window open."


def test_a_saved_password_that_was_not_used_is_asked_for(table: Table, site: Site) -> None:
    table.open(site)
    table.give_code()
    table.presenter.sign_in(FORM)
    table.tell(SessionChanged(state=SessionState.SIGNED_IN))
    table.hold(has_password=True)
    table.done()
    assert table.view.password_hint == "Already at hand"
    table.hold(has_password=False)
    assert table.view.password_hint == ""


CHANGED = Problem(
    kind=Kind.HOST_KEY_CHANGED, sentence=message("Changed."), fingerprint="SHA256:new"
)


def test_a_changed_server_stops_everything(table: Table, site: Site) -> None:
    table.open(msgspec.structs.replace(site, host_key_fingerprints=("SHA256:old",)))
    table.tell(SessionChanged(state=SessionState.OFFLINE, problem=CHANGED))
    view = table.presenter.view
    assert view.stage is Stage.CHANGED_KEY
    assert view.changed_key is not None
    assert "SHA256:new" not in view.changed_key.sentence + view.changed_key.caption


def test_only_the_fingerprint_the_server_showed_lets_the_old_key_go(
    table: Table, site: Site
) -> None:
    table.open(msgspec.structs.replace(site, host_key_fingerprints=("SHA256:old",)))
    table.presenter.trust_new_key("SHA256:new")  # nothing has changed yet
    table.tell(SessionChanged(state=SessionState.OFFLINE, problem=CHANGED))
    table.presenter.trust_new_key("SHA256:other")
    view = table.presenter.view
    assert view.changed_key is not None
    assert view.changed_key.wrong
    assert len(table.sent) == 1
    table.presenter.trust_new_key(" SHA256:new\n")
    assert isinstance(table.sent[-1], ForgetHostKeys)
    table.done()
    opened = table.sent[-1]
    assert isinstance(opened, OpenSite)
    assert opened.site.host_key_fingerprints == ()
    assert table.presenter.view.changed_key is None


def test_the_old_pins_are_told_once_for_the_saved_site(table: Table, site: Site) -> None:
    pinned = msgspec.structs.replace(site, host_key_fingerprints=("SHA256:old",))
    table.open(pinned)
    table.tell(SessionChanged(state=SessionState.OFFLINE, problem=CHANGED))
    table.presenter.trust_new_key("SHA256:other")
    assert table.presenter.take_outdated() is None
    for _time in range(2):  # the server changes its key once more before anybody signs in
        table.tell(SessionChanged(state=SessionState.OFFLINE, problem=CHANGED))
        table.presenter.trust_new_key("SHA256:new")
    assert table.presenter.take_outdated() == pinned
    assert table.presenter.take_outdated() is None


def test_what_was_at_hand_for_the_old_key_is_not_for_the_new_one(table: Table, site: Site) -> None:
    table.open(site)
    table.give_code()
    table.hold(has_password=True)
    assert table.view.password_hint == "Already at hand"
    table.tell(SessionChanged(state=SessionState.OFFLINE, problem=CHANGED))
    table.presenter.trust_new_key("SHA256:new")
    assert table.view.password_hint == ""
    table.hold(has_password=False)
    table.done()
    table.done()
    table.presenter.sign_in(Form(username="vendor7", password=Secret("")))
    assert table.view.note == "Type your password first."
