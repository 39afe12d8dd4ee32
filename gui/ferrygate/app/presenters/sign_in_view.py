"""Describes the sign-in card, from what is known."""

from __future__ import annotations

from enum import Enum
from urllib.parse import urlsplit

import msgspec

from ferrygate.app.presenters.question_views import (
    ChangedKeyView,
    HostKeyView,
    PromptView,
    changed_key_view,
    prompt_view,
)
from ferrygate.app.presenters.session_words import seconds_until, state_words
from ferrygate.app.presenters.sign_in_facts import SignInFacts
from ferrygate.app.presenters.typed_code_presenter import TypedCodeView
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.i18n import _, render
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.session import (
    SessionState,
)
from ferrygate.sign_in.gate import Gate
from ferrygate.sites.site import Site
from ferrygate.sites.without_code import (
    may_do_without_code,
    may_need_code,
    says_no_code,
    surely_needs_code,
)

_TOO_LATE_SECONDS = 4.0
_TOO_LATE_SHARE = 5


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """Holds what the person filled in."""

    username: str
    password: Secret
    passphrase: Secret = Secret("")
    code: Secret = Secret("")
    remember: bool = False


class Stage(Enum):
    """Names what the card is about."""

    FORM = "form"
    CODE_SETUP = "code-setup"
    OKTA_SETUP = "okta-setup"
    HOST_KEY = "host-key"
    CHANGED_KEY = "changed-key"
    PROMPT = "prompt"


class ButtonView(msgspec.Struct, frozen=True, kw_only=True):
    """The one big button.

    Attributes:
        words: on the button.
        can_press: pressing it would do something.
        needs_word: it alone is the person's word after repeated refusals.
    """

    words: str = ""
    can_press: bool = True
    needs_word: bool = False


class CodeWays(msgspec.Struct, frozen=True, kw_only=True):
    """The ways to sign in without a code that is made here.

    Attributes:
        can_skip_code: the person may say that the server wants none.
        says_no_code: the site wants none, which can be undone.
        asks_typed_code: the field for a code is shown.
        waits_for_code: the sign-in waits for what is typed there.
        other_way: the words on the link from one way to have a code to another; empty where none.
    """

    can_skip_code: bool = False
    says_no_code: bool = False
    asks_typed_code: bool = False
    waits_for_code: bool = False
    other_way: str = ""


class SignInView(msgspec.Struct, frozen=True, kw_only=True):
    """The card.

    Attributes:
        turn: another number for each site the card turns to.
        name: the site's name.
        detail: the server, where the name does not say it.
        checked_by: who checks the code, where that is not the server.
        username: the one the site comes with.
        stage: what the card is about now.
        asks_password: the password field is shown.
        asks_passphrase: the field for the private key's passphrase is shown.
        password_hint: what stands in the empty field.
        can_remember: the choice to keep the password is offered.
        can_keep_code: the choice to keep the code secret is offered.
        asks_code: the code must be set up first.
        shows_code: the card with the ring is shown.
        ways: those without a code that is made here.
        has_private_key: a private key belongs to the sign-in.
        button: the one big button.
        busy: a sign-in is under way; fields rest, the button cancels nothing.
        is_at_rest: nothing is under way, and nothing is asked: a key may leave the card.
        note: the line under the button.
        problem: what went wrong last.
        question: an unknown server, where the stage says so.
        changed_key: a changed server, where the stage says so.
        prompt: what the server asks, where the stage says so.
    """

    turn: int = 0
    name: str = ""
    detail: str = ""
    checked_by: str = ""
    username: str = ""
    stage: Stage = Stage.FORM
    asks_password: bool = True
    asks_passphrase: bool = False
    password_hint: str = ""
    can_remember: bool = False
    can_keep_code: bool = False
    asks_code: bool = False
    shows_code: bool = False
    ways: CodeWays = CodeWays()
    has_private_key: bool = False
    button: ButtonView = ButtonView()
    busy: bool = False
    is_at_rest: bool = True
    note: str = ""
    problem: Problem | None = None
    question: HostKeyView | None = None
    changed_key: ChangedKeyView | None = None
    prompt: PromptView | None = None


def sign_in_view(
    facts: SignInFacts,
    problem: Problem | None,
    gate: Gate,
    typed: TypedCodeView,
    *,
    ready: bool,
    busy: bool,
    now: float,
) -> SignInView:
    """Describe the card by what is known at ``now`` (seconds since the epoch).

    Args:
        facts: what the engine and the person said.
        problem: what went wrong last.
        gate: what the next attempt needs.
        typed: the field for a code that is typed.
        ready: the site is open, and what is kept for it is known.
        busy: a sign-in, or an enrolment, is under way.
        now: the time.
    """
    site = facts.site
    if site is None:
        return SignInView()
    at_hand = facts.at_hand
    keychain = facts.secrets is not None and facts.secrets.can_save
    wants_code = may_need_code(site)
    asks_code = _asks_code(facts, site)
    kind = problem.kind if problem is not None and not busy else None
    changed = problem if kind is Kind.HOST_KEY_CHANGED else None
    sets_up = asks_code and not facts.types_code
    stage = _stage(facts, changed=changed is not None, asks_code=sets_up)
    is_asked = typed.is_asked and not typed.goes_on
    return SignInView(
        turn=facts.turn,
        name=site.name,
        detail=site.place if site.place != site.name else "",
        checked_by=_checked_by(site),
        username=site.username,
        stage=stage,
        asks_password=site.sends_password,
        asks_passphrase=kind is Kind.PASSPHRASE_MISSING,
        password_hint=_("Already at hand") if at_hand.has_password else "",
        can_remember=keychain and site.policy.save_password,
        can_keep_code=keychain and site.policy.save_code_secret,
        asks_code=asks_code,
        shows_code=wants_code and at_hand.has_code_secret and not facts.types_code,
        ways=_ways(facts, site, stage, is_asked=is_asked, busy=busy),
        has_private_key=bool(site.sign_in.private_key),
        button=_button(facts, gate, stage, is_asked=is_asked, ready=ready, busy=busy, now=now),
        busy=busy,
        is_at_rest=_is_at_rest(facts, busy=busy),
        note=_note(facts, tells_code=wants_code and gate is not Gate.SHUT, busy=busy, now=now),
        problem=None if busy else problem,
        question=facts.question,
        changed_key=changed_key_view(changed, site, wrong=facts.wrong_fingerprint)
        if changed is not None
        else None,
        prompt=prompt_view(facts.prompt, facts.until, now) if facts.prompt else None,
    )


def _button(
    facts: SignInFacts,
    gate: Gate,
    stage: Stage,
    *,
    is_asked: bool,
    ready: bool,
    busy: bool,
    now: float,
) -> ButtonView:
    if is_asked:
        words = _("Sign in")
    else:
        words = _busy_words(facts, now) if busy else _idle_words(stage, gate)
    return ButtonView(
        words=words,
        can_press=is_asked or (ready and not busy and gate is not Gate.SHUT),
        needs_word=gate is Gate.ASK,
    )


def _idle_words(stage: Stage, gate: Gate) -> str:
    if gate is Gate.ASK:
        return _("Try once more")
    return _("Set it up") if stage is Stage.OKTA_SETUP else _("Sign in")


def _busy_words(facts: SignInFacts, now: float) -> str:
    if facts.session.state is SessionState.OFFLINE:
        return _("Connecting…")
    user = facts.site.username if facts.site is not None else ""
    return state_words(facts.session, user, now).text


def _ways(facts: SignInFacts, site: Site, stage: Stage, *, is_asked: bool, busy: bool) -> CodeWays:
    can_change = facts.secrets is not None and may_need_code(site) and not busy
    return CodeWays(
        can_skip_code=_asks_code(facts, site) and facts.was_typed and may_do_without_code(site),
        says_no_code=says_no_code(site),
        asks_typed_code=is_asked or (facts.types_code and surely_needs_code(site)),
        waits_for_code=is_asked,
        other_way=_other_way(facts, stage) if can_change else "",
    )


def _is_at_rest(facts: SignInFacts, *, busy: bool) -> bool:
    """Tell whether there is no session, none is on its way, and no question is asked."""
    is_asked = facts.question is not None or facts.prompt is not None
    return not busy and not is_asked and facts.session.state is SessionState.OFFLINE


def _stage(facts: SignInFacts, *, changed: bool, asks_code: bool) -> Stage:
    if changed:
        return Stage.CHANGED_KEY
    if facts.question is not None:
        return Stage.HOST_KEY
    if facts.prompt is not None:
        return Stage.PROMPT
    if not asks_code:
        return Stage.FORM
    return Stage.OKTA_SETUP if facts.with_okta else Stage.CODE_SETUP


def _asks_code(facts: SignInFacts, site: Site) -> bool:
    """Tell whether the code must be set up first."""
    is_missing = facts.are_secrets_told and not facts.at_hand.has_code_secret
    return is_missing and may_need_code(site)


def _other_way(facts: SignInFacts, stage: Stage) -> str:
    if stage is Stage.CODE_SETUP or (stage is Stage.FORM and not facts.types_code):
        return _("Type a code instead")
    if stage is Stage.FORM:
        return (
            _("Use the code made here")
            if facts.at_hand.has_code_secret
            else _("Set up your code instead")
        )
    return ""


def _checked_by(site: Site) -> str:
    okta = urlsplit(site.sign_in.okta_address).hostname
    if okta and okta != site.host:
        return _("Codes checked by {okta}").format(okta=okta)
    return ""


def _note(facts: SignInFacts, *, tells_code: bool, busy: bool, now: float) -> str:
    if facts.missing:
        return facts.missing
    if busy:
        return facts.said or _("Keep this window open.")
    if facts.secrets is not None and facts.secrets.keychain_note:
        return render(facts.secrets.keychain_note)
    return _code_note(facts, now) if tells_code else ""


def _code_note(facts: SignInFacts, now: float) -> str:
    if facts.types_code:
        return _type_note(facts.site)
    if facts.code is None or facts.code.code is None:
        return ""
    code = facts.code.code
    left = code.seconds_left(now)
    if facts.code.spent or left < min(_TOO_LATE_SECONDS, code.period / _TOO_LATE_SHARE):
        return _("Uses the next code, in {seconds} s.").format(
            seconds=seconds_until(code.valid_until, now)
        )
    return _("Your code goes along by itself.")


def _type_note(site: Site | None) -> str:
    if site is not None and surely_needs_code(site):
        return _("A code is good for one sign-in, and is not kept.")
    return _("The server asks for your code when it wants one.")
