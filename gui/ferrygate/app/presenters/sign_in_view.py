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
from ferrygate.codes.join import needs_code
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.i18n import _, render
from ferrygate.common.secret import Secret
from ferrygate.engine.messages import (
    CodeChanged,
    Gate,
    PromptQuestion,
    SessionChanged,
    SessionState,
    SiteOpened,
)
from ferrygate.sites.site import Site

_OFFLINE = SessionChanged(state=SessionState.OFFLINE)
_TOO_LATE = 4.0
_SHARE_TOO_LATE = 5


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """Holds what the person filled in."""

    username: str
    password: Secret
    passphrase: Secret = Secret("")
    remember: bool = False


class Told(msgspec.Struct, kw_only=True):
    """Holds what the card has been told so far.

    Attributes:
        outdated: the site with the pins it had until the person trusted another key.
        typing: another number once the secrets in the fields are of no more use there.
        said: what the server tells the person meanwhile, such as what to do on a phone.
        until: when the time to answer the prompt ends, epoch.
        without_code: the person goes on without a code of their own.
        with_okta: the person wants Okta to set up the code.
        wrong_fingerprint: the last fingerprint typed was not the server's.
    """

    site: Site | None = None
    turn: int = 0  # counts the sites the card has turned to
    typing: int = 0
    opened: SiteOpened | None = None
    outdated: Site | None = None
    session: SessionChanged = _OFFLINE
    code: CodeChanged | None = None
    question: HostKeyView | None = None
    prompt: PromptQuestion | None = None
    said: str = ""
    until: float = 0.0
    has_password: bool = False
    has_code: bool = False
    without_code: bool = False
    with_okta: bool = False
    wrong_fingerprint: bool = False
    missing: str = ""


class Stage(Enum):
    """Names what the card is about."""

    FORM = "form"
    CODE_SETUP = "code-setup"
    OKTA_SETUP = "okta-setup"
    HOST_KEY = "host-key"
    CHANGED_KEY = "changed-key"
    PROMPT = "prompt"


class SignInView(msgspec.Struct, frozen=True, kw_only=True):
    """The card.

    Attributes:
        turn: another number for each site the card turns to.
        name: the site's name.
        detail: server, and who checks the code.
        username: the one the site comes with.
        stage: what the card is about now.
        asks_password: the password field is shown.
        asks_passphrase: the field for the private key's passphrase is shown.
        password_hint: what stands in the empty field.
        can_remember: the choice to keep the password is offered.
        can_keep_code: the choice to keep the code secret is offered.
        asks_code: the code must be set up first.
        can_skip_code: it may also do without.
        shows_code: the card with the ring is shown.
        has_private_key: a private key belongs to the sign-in.
        button: the words on the one big button.
        can_press: pressing it would do something.
        needs_word: the button alone is the person's word after repeated refusals.
        busy: a sign-in is under way; fields rest, the button cancels nothing.
        note: the line under the button.
        problem: what went wrong last.
        question: an unknown server, where the stage says so.
        changed_key: a changed server, where the stage says so.
        prompt: what the server asks, where the stage says so.
    """

    turn: int = 0
    name: str = ""
    detail: str = ""
    username: str = ""
    stage: Stage = Stage.FORM
    asks_password: bool = True
    asks_passphrase: bool = False
    password_hint: str = ""
    can_remember: bool = False
    can_keep_code: bool = False
    asks_code: bool = False
    can_skip_code: bool = False
    shows_code: bool = False
    has_private_key: bool = False
    button: str = ""
    can_press: bool = True
    needs_word: bool = False
    busy: bool = False
    note: str = ""
    problem: Problem | None = None
    question: HostKeyView | None = None
    changed_key: ChangedKeyView | None = None
    prompt: PromptView | None = None


def sign_in_view(
    told: Told, problem: Problem | None, gate: Gate, *, ready: bool, busy: bool, now: float
) -> SignInView:
    """The card for what is known at ``now`` (seconds since the epoch).

    Args:
        told: what the engine and the person said.
        problem: what went wrong last.
        gate: what the next attempt needs.
        ready: the site is open, and what is kept for it is known.
        busy: a sign-in, or an enrolment, is under way.
        now: the time.
    """
    site = told.site
    if site is None:
        return SignInView()
    keychain = told.opened is not None and told.opened.can_save
    wants_code = _wants_code(site)
    words = state_words(told.session, site.username, now).text
    working = busy and told.session.state is not SessionState.OFFLINE
    asks_code = wants_code and told.opened is not None and not told.has_code
    kind = problem.kind if problem is not None and not busy else None
    stage = _stage(
        told, changed=kind is Kind.HOST_KEY_CHANGED, asks_code=asks_code and not told.without_code
    )
    idle_words = _("Set it up") if stage is Stage.OKTA_SETUP else _("Sign in")
    if gate is Gate.ASK:
        idle_words = _("Try once more")
    return SignInView(
        turn=told.turn,
        name=site.name,
        detail=_detail(site),
        username=site.username,
        stage=stage,
        asks_password=site.sends_password,
        asks_passphrase=kind is Kind.PASSPHRASE_MISSING,
        password_hint=_("Already at hand") if told.has_password else "",
        can_remember=keychain and site.policy.save_password,
        can_keep_code=keychain and site.policy.save_code_secret,
        asks_code=asks_code,
        can_skip_code=asks_code and "keyboard-interactive" in site.sign_in.steps,
        shows_code=wants_code and told.has_code,
        has_private_key=bool(site.sign_in.private_key),
        button=words if working else _("Connecting…") if busy else idle_words,
        can_press=ready and not busy and gate is not Gate.SHUT,
        needs_word=gate is Gate.ASK,
        busy=busy,
        note=_note(told, wants_code=wants_code, busy=busy, now=now),
        problem=None if busy else problem,
        question=told.question,
        changed_key=changed_key_view(problem, site, wrong=told.wrong_fingerprint)
        if problem is not None and kind is Kind.HOST_KEY_CHANGED
        else None,
        prompt=prompt_view(told.prompt, told.until, now) if told.prompt else None,
    )


def _stage(told: Told, *, changed: bool, asks_code: bool) -> Stage:
    if changed:
        return Stage.CHANGED_KEY
    if told.question is not None:
        return Stage.HOST_KEY
    if told.prompt is not None:
        return Stage.PROMPT
    if not asks_code:
        return Stage.FORM
    return Stage.OKTA_SETUP if told.with_okta else Stage.CODE_SETUP


def _wants_code(site: Site) -> bool:
    steps = site.sign_in.steps
    return "keyboard-interactive" in steps or (
        "password" in steps and needs_code(site.sign_in.join)
    )


def _detail(site: Site) -> str:
    okta = urlsplit(site.sign_in.okta_address).hostname
    if okta and okta != site.host:
        return _("{host}, codes checked by {okta}").format(host=site.host, okta=okta)
    return site.host


def _note(told: Told, *, wants_code: bool, busy: bool, now: float) -> str:
    if told.missing:
        return told.missing
    if busy:
        return told.said or _("Keep this window open.")
    if told.opened is not None and told.opened.keychain_note:
        return render(told.opened.keychain_note)
    if not wants_code or told.code is None or told.code.code is None:
        return ""
    code = told.code.code
    left = code.seconds_left(now)
    if told.code.spent or left < min(_TOO_LATE, code.period / _SHARE_TOO_LATE):
        return _("Uses the next code, in {seconds} s. You never type a code here.").format(
            seconds=seconds_until(code.valid_until, now)
        )
    return _("Your code goes along by itself. You never type one here.")
