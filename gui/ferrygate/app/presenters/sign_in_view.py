"""What the sign-in card shows, from what is known."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from ferrygate.app.presenters.session_words import seconds_until, state_words
from ferrygate.codes.join import needs_code
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.i18n import _
from ferrygate.common.secret import Secret
from ferrygate.engine.messages import (
    CodeChanged,
    HostKeyQuestion,
    SessionChanged,
    SessionState,
    SiteOpened,
)
from ferrygate.sites.site import Site

_OFFLINE = SessionChanged(state=SessionState.OFFLINE)
_TOO_LATE = 4.0
_SHARE_TOO_LATE = 5


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What the person filled in."""

    username: str
    password: Secret
    remember: bool = False


class HostKeyView(msgspec.Struct, frozen=True, kw_only=True):
    """The question about a server nobody has confirmed yet."""

    question: int
    title: str
    sentence: str
    details: str


class Told(msgspec.Struct, kw_only=True):
    """What the card has been told so far."""

    site: Site | None = None
    opened: SiteOpened | None = None
    session: SessionChanged = _OFFLINE
    code: CodeChanged | None = None
    question: HostKeyView | None = None
    has_password: bool = False
    has_code: bool = False
    missing: str = ""
    problem: Problem | None = None
    code_problem: Problem | None = None


class SignInView(msgspec.Struct, frozen=True, kw_only=True):
    """The card.

    Attributes:
        name: the site's name.
        detail: server, and who checks the code.
        username: the one the site comes with.
        asks_password: the password field is shown.
        password_hint: what stands in the empty field.
        can_remember: the choice to keep the password is offered.
        can_keep_code: the choice to keep the code secret is offered.
        asks_code: the code must be set up first.
        shows_code: the card with the ring is shown.
        button: the words on the one big button.
        busy: a sign-in is under way; fields rest, the button cancels nothing.
        note: the line under the button.
        problem: what went wrong last.
        code_problem: what was wrong with the pasted key or picture.
        may_try_anyway: the button next to the problem sends one more try.
        question: the host-key question, instead of the form.
    """

    name: str = ""
    detail: str = ""
    username: str = ""
    asks_password: bool = True
    password_hint: str = ""
    can_remember: bool = False
    can_keep_code: bool = False
    asks_code: bool = False
    shows_code: bool = False
    button: str = ""
    busy: bool = False
    note: str = ""
    problem: Problem | None = None
    code_problem: Problem | None = None
    may_try_anyway: bool = False
    question: HostKeyView | None = None


def sign_in_view(told: Told, *, busy: bool, now: float) -> SignInView:
    """The card for what is known at ``now`` (seconds since the epoch)."""
    site = told.site
    if site is None:
        return SignInView()
    keychain = told.opened is not None and told.opened.can_save
    wants_code = _wants_code(site)
    words = state_words(told.session, site.username, now).text
    working = busy and told.session.state is not SessionState.OFFLINE
    return SignInView(
        name=site.name,
        detail=_detail(site),
        username=site.username,
        asks_password=site.sign_in.steps != ("publickey",),
        password_hint=_("Already at hand") if told.has_password else "",
        can_remember=keychain and site.policy.save_password,
        can_keep_code=keychain and site.policy.save_code_secret,
        asks_code=wants_code and told.opened is not None and not told.has_code,
        shows_code=wants_code and told.has_code,
        button=words if working else _("Connecting…") if busy else _("Sign in"),
        busy=busy,
        note=_note(told, wants_code=wants_code, busy=busy, now=now),
        problem=None if busy else told.problem,
        code_problem=told.code_problem,
        may_try_anyway=told.problem is not None and told.problem.kind is Kind.LOCK_OUT_BREAKER,
        question=told.question,
    )


def host_key_view(question: HostKeyQuestion, site: Site | None) -> HostKeyView:
    """The question in words a person can act on."""
    whom = site.support.contact if site and site.support.contact else _("support")
    return HostKeyView(
        question=question.question,
        title=_("Is this the right server?"),
        sentence=_(
            "This computer meets {host} for the first time. Nothing secret has been sent. "
            "Ask {whom} whether the fingerprint under Details is theirs."
        ).format(host=question.host, whom=whom),
        details=f"{question.key_type}\n{question.fingerprint}",
    )


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
        return _("Keep this window open.")
    if told.opened is not None and told.opened.keychain_note:
        return told.opened.keychain_note
    if not wants_code or told.code is None or told.code.code is None:
        return ""
    code = told.code.code
    left = code.seconds_left(now)
    if told.code.spent or left < min(_TOO_LATE, code.period / _SHARE_TOO_LATE):
        return _("Uses the next code, in {seconds} s. You never type a code here.").format(
            seconds=seconds_until(code.valid_until, now)
        )
    return _("Your code goes along by itself. You never type one here.")
