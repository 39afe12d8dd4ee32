"""Decides what a person can do after a sign-in that failed."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from urllib.parse import urlsplit

import msgspec

from ferrygate.app.presenters.code_correction import CodeCorrection
from ferrygate.app.presenters.observable import Observable
from ferrygate.app.presenters.outbox import Outbox
from ferrygate.app.presenters.question_views import ConsentView, whom_to_ask
from ferrygate.common.clock import Clock
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.i18n import _, ngettext
from ferrygate.common.remedies import CONTACT_CANNOT_HELP
from ferrygate.engine.messages.codes import (
    ApplySkew,
    ExplainRefusal,
    MeasureSkew,
    RefusalExplained,
    SkewMeasured,
)
from ferrygate.engine.messages.event import Done, Event, Failed
from ferrygate.engine.messages.records import ResetLock
from ferrygate.engine.messages.session import RefusalsCounted, SiteOpened
from ferrygate.sign_in.gate import Gate
from ferrygate.sites.site import Site

_OKTA_KNOWS = {Kind.SIGN_IN_REFUSED, Kind.LOCK_OUT_BREAKER}
_SAYS_COUNT = {Kind.LOCK_OUT_BREAKER, Kind.LOCK_OUT_SHUT}


class Action(Enum):
    """A way on."""

    ASK_OKTA = "ask-okta"
    RESET_LOCK = "reset-lock"


class SignInProblemView(msgspec.Struct, frozen=True, kw_only=True):
    """The problem and the ways on.

    Attributes:
        problem: what went wrong, in Okta's words where it was asked.
        count: how many refusals there are, and what that means for the next attempt; empty where
            it means nothing, or the problem says it.
        actions: what is offered beside it.
        consent: asked before the action chosen last is done.
        asking: Okta is being asked.
        clock: what is wrong with this computer's clock, or with the correction of codes for it,
            and what can be done about it; none where nothing is.
        contact: whom the site names for help; empty where it names nobody, or the person can help
            themselves.
    """

    problem: Problem | None = None
    count: str = ""
    actions: tuple[Action, ...] = ()
    consent: ConsentView | None = None
    asking: bool = False
    clock: ConsentView | None = None
    contact: str = ""


class SignInProblemPresenter(Observable):
    """Asks Okta, resets the lock, and corrects codes, each when the person agreed."""

    def __init__(self, outbox: Outbox, clock: Clock, say: Callable[[str], None]) -> None:
        super().__init__()
        self._outbox = outbox
        self._clock = clock
        self._say = say
        self._site: Site | None = None
        self._problem: Problem | None = None
        self._counted: RefusalsCounted | None = None
        self._chosen: Action | None = None
        self._explained = False
        self._correction = CodeCorrection(clock)
        self._asking: int | None = None
        self._measuring: int | None = None
        self._resetting: int | None = None
        self._applying: int | None = None

    @property
    def view(self) -> SignInProblemView:
        """Describe the problem at this moment."""
        return SignInProblemView(
            problem=self._problem,
            count=self._count_words(),
            actions=self._actions(),
            consent=self._consent(),
            asking=self._asking is not None,
            clock=self._correction.offer(in_doubt=self._was_refused and self._measuring is None),
            contact=self._contact(),
        )

    @property
    def gate(self) -> Gate:
        """Return the answer that the next attempt would get from the lock-out breaker."""
        kind = self._problem.kind if self._problem is not None else None
        if kind is Kind.LOCK_OUT_SHUT:
            return Gate.SHUT
        gate = self._counted.gate if self._counted is not None else Gate.OPEN
        return Gate.ASK if kind is Kind.LOCK_OUT_BREAKER and gate is Gate.OPEN else gate

    def turn_to(self, site: Site) -> None:
        """Forget what concerned another site, or another account of it."""
        self._site = site
        self._counted = None
        self._correction = CodeCorrection(self._clock)
        self._measuring = self._applying = None
        self.show(None)

    def show(self, problem: Problem | None) -> None:
        """Show what went wrong last, or that nothing did."""
        self._problem = problem
        self._chosen, self._explained = None, False
        self._asking = self._resetting = None
        if self._was_refused:
            self._check_correction()
        self._changed()

    def choose(self, action: Action) -> None:
        """Ask for the person's consent to an action."""
        self._chosen = action
        self._changed()

    def decline(self) -> None:
        """Drop the question: the person does not agree."""
        self._chosen = None
        self._changed()

    def agree(self) -> None:
        """Do what the person agreed to."""
        chosen, self._chosen = self._chosen, None
        if chosen is Action.ASK_OKTA:
            stopped = self.gate is Gate.ASK  # which the person was told, and agrees to this try
            self._asking = self._outbox.ask(
                lambda number: ExplainRefusal(request=number, try_anyway=stopped)
            )
            self._measuring = self._outbox.ask(MeasureSkew)
        elif chosen is Action.RESET_LOCK and self._site is not None:
            site = self._site
            self._resetting = self._outbox.ask(lambda number: ResetLock(request=number, site=site))
        self._changed()

    def correct_codes(self) -> None:
        """Have codes made for Okta's time, or for this computer's where that is right."""
        seconds = self._correction.wanted
        self._correction.apply(seconds)
        self._applying = self._outbox.ask(lambda number: ApplySkew(request=number, seconds=seconds))
        self._changed()

    def tick(self) -> None:
        """Look whether the wall clock was set, as it has entered another second."""
        if self._correction.notices_set_clock():
            self._check_correction()

    def _check_correction(self) -> None:
        """Compare the clocks, which sends nothing secret, where the person had it done before."""
        if self._correction.applied and self._measuring is None:
            self._measuring = self._outbox.ask(MeasureSkew)

    @property
    def _was_refused(self) -> bool:
        return self._problem is not None and self._problem.kind in _OKTA_KNOWS

    def handle(self, event: Event) -> None:
        """Take in what came of it."""
        match event:
            case RefusalExplained(request=request) if request == self._asking:
                self._problem, self._explained = self._with_steps(event.problem), True
            case RefusalsCounted(site=site) if site == self._site:
                self._counted = event
            case SkewMeasured(request=request) if request == self._measuring:
                self._correction.measured(event)
            case SiteOpened(site=site, correction=correction) if site == self._site:
                self._correction.apply(correction)
                self._check_correction()
            case Done(request=request) | Failed(request=request) if request in self._asked():
                self._end(event, request)
            case _:
                return
        self._changed()

    def _with_steps(self, explained: Problem) -> Problem:
        """Add the refused sign-in's details to Okta's words, since support needs both."""
        refused = self._problem
        if refused is None:
            return explained
        detail = "; Okta: ".join(part for part in (refused.detail, explained.detail) if part)
        return msgspec.structs.replace(explained, detail=detail, steps=refused.steps)

    def _asked(self) -> set[int | None]:
        return {self._asking, self._measuring, self._resetting, self._applying}

    def _end(self, event: Done | Failed, request: int) -> None:
        """End the comparison of clocks. If it failed, nothing is said of it."""
        if isinstance(event, Failed) and request != self._measuring:
            asked_okta = request == self._asking
            self.show(self._with_steps(event.problem) if asked_okta else event.problem)
        elif request == self._resetting:
            self.show(None)
            self._say(_("The lock is reset. Sign in when you are ready."))
        elif request == self._applying:
            self._say(self._correction.words_once_applied())
        if request == self._asking:
            self._asking = None
        if request == self._measuring:
            self._measuring = None

    def _actions(self) -> tuple[Action, ...]:
        if self._asking is not None or self._resetting is not None:
            return ()
        if self.gate is Gate.SHUT:  # then Okta is not asked either
            return (Action.RESET_LOCK,)
        kind = self._problem.kind if self._problem is not None else None
        if kind in _OKTA_KNOWS and self._okta and not self._explained:
            return (Action.ASK_OKTA,)
        return ()

    def _consent(self) -> ConsentView | None:
        if self._chosen is Action.ASK_OKTA:
            words = _("This sends your password to {okta} once, without a code.")
            if self.gate is Gate.ASK:
                words = _(
                    "This sends your password to {okta} once, without a code. If it is wrong, that"
                    " counts as one more refusal."
                )
            return ConsentView(words.format(okta=self._okta), _("Ask Okta"))
        if self._chosen is Action.RESET_LOCK:
            words = _("Has {whom} told you that your account is not locked? Then reset the lock.")
            return ConsentView(words.format(whom=whom_to_ask(self._site)), _("Yes, reset it"))
        return None

    def _count_words(self) -> str:
        says_it = self._problem is not None and self._problem.kind in _SAYS_COUNT
        if self._counted is None or says_it:
            return ""
        count = self._counted.refusals
        if self.gate is Gate.ASK:
            return ngettext(
                "{count} sign-in was refused. More of them can lock your account: check your"
                " password, then try once more.",
                "{count} sign-ins in a row were refused. More of them can lock your account: check"
                " your password, then try once more.",
                count,
            ).format(count=count)
        if self.gate is Gate.SHUT:
            return ngettext(
                "{count} sign-in was refused. Nothing more is sent, so that your account is not"
                " locked. Ask {whom} to check your account, then reset the lock.",
                "{count} sign-ins in a row were refused. Nothing more is sent, so that your account"
                " is not locked. Ask {whom} to check your account, then reset the lock.",
                count,
            ).format(count=count, whom=whom_to_ask(self._site))
        return ""

    def _contact(self) -> str:
        contact = self._site.support.contact if self._site is not None else ""
        if not contact or self._problem is None or self._problem.kind in CONTACT_CANNOT_HELP:
            return ""
        return _("Your contact: {contact}").format(contact=contact)

    @property
    def _okta(self) -> str:
        address = self._site.sign_in.okta_address if self._site else ""
        return urlsplit(address).hostname or ""
