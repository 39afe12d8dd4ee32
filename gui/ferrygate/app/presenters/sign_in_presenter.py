"""The sign-in card: which site, who, with what, and what happens meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ferrygate.app.presenters.code_setup_presenter import CodeSetupPresenter
from ferrygate.app.presenters.observable import Observable
from ferrygate.app.presenters.outbox import Outbox
from ferrygate.app.presenters.question_views import ANSWER_SECONDS, host_key_view
from ferrygate.app.presenters.request_sequence import RequestSequence, Step
from ferrygate.app.presenters.sign_in_facts import SignInFacts
from ferrygate.app.presenters.sign_in_problem_presenter import SignInProblemPresenter
from ferrygate.app.presenters.sign_in_view import Form, SignInView, Stage, sign_in_view
from ferrygate.app.presenters.typed_code_presenter import TypedCodePresenter
from ferrygate.common.clock import Clock
from ferrygate.common.errors import Kind
from ferrygate.common.i18n import _
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.codes import CodeChanged, EnrolWithOkta
from ferrygate.engine.messages.event import Event
from ferrygate.engine.messages.session import (
    AnswerHostKey,
    AnswerPrompt,
    ForgetHostKeys,
    HostKeyQuestion,
    OpenSite,
    PromptQuestion,
    SecretsChanged,
    ServerSaid,
    SessionChanged,
    SessionState,
    SignIn,
    TypedCredentials,
    UsePassphrase,
    UsePassword,
)
from ferrygate.sites.server_address import ServerAddress
from ferrygate.sites.site import Site
from ferrygate.sites.without_code import with_code, without_code

TypedStep = Callable[[int, TypedCredentials], SignIn | EnrolWithOkta]
"""Makes the command that begins, from its number and what the person has typed."""


class SignInPresenter(Observable):
    """Takes one site from its opening to a session."""

    def __init__(
        self,
        outbox: Outbox,
        clock: Clock,
        setup: CodeSetupPresenter,
        sign_in_problem: SignInProblemPresenter,
        typed_code: TypedCodePresenter,
    ) -> None:
        super().__init__()
        self._outbox = outbox
        self._clock = clock
        self._setup = setup
        self._sign_in_problem = sign_in_problem
        self._typed_code = typed_code
        self._facts = SignInFacts()
        self._chain = RequestSequence(outbox)
        self._busy = False

    @property
    def site(self) -> Site | None:
        """Return the site the card is about."""
        return self._facts.site

    @property
    def is_opening(self) -> bool:
        """Tell whether the engine is opening the site, so that there is no session with it yet."""
        return self._chain.busy and not self._busy

    @property
    def view(self) -> SignInView:
        """Describe the card at this moment."""
        return sign_in_view(
            self._facts,
            self._sign_in_problem.view.problem,
            self._sign_in_problem.gate,
            self._typed_code.view,
            ready=not self._chain.busy,
            busy=self._busy,
            now=self._clock.now(),
        )

    @property
    def types_code(self) -> bool:
        """Tell whether the person types a code for each sign-in."""
        return self._facts.types_code

    @property
    def typing(self) -> int:
        """Another number once the secrets in the fields are of no more use there."""
        return self._facts.typing

    def choose(self, site: Site, typed: ServerAddress | None = None) -> None:
        """Turn to a site; the engine knows what is at hand for it.

        Args:
            site: the site.
            typed: the address that the person has typed, where that is all there is to the site.
        """
        old = self._facts
        self._setup.turn_to(site)
        self._facts = SignInFacts(
            site=site,
            turn=old.turn + 1,
            typing=old.typing + 1,
            was_typed=typed is not None,
            types_code=old.types_code and old.site == site,  # signed out, and in again
        )
        if typed is not None and typed.dropped_password:
            self._facts.missing = _("The password in the address was left out. Type it here.")
        self._busy = False
        self._chain.start([self._opening(site)])
        self._changed()

    # ------------------------------------------------------------ signing in

    def sign_in(self, form: Form, *, try_anyway: bool = False) -> None:
        """Sign in, or have Okta set up the code, with what the form holds; or say what is missing.

        ``try_anyway`` is the person's word after repeated refusals.
        """
        view, save = self.view, self._setup.saves
        if view.stage is Stage.CODE_SETUP:
            self._facts.missing = _("Set up your code first.")
            self._changed()
        elif view.stage is Stage.OKTA_SETUP:
            self._begin(
                form,
                lambda number, typed: EnrolWithOkta(number, save, try_anyway, typed),
            )
        elif view.ways.waits_for_code:
            self._typed_code.answer(form.code)
        elif not view.ways.asks_typed_code:
            self._begin(form, _signing_in(try_anyway=try_anyway))
        elif self._is_whole(form):
            code = self._typed_code.read(form.code)
            if code is not None:
                self._begin(form, _signing_in(code, try_anyway=try_anyway))

    def sign_in_again(self) -> None:
        """Sign in with what is at hand since the last time; for a code the engine asks."""
        site = self._facts.site
        if site is not None and self.view.stage is Stage.CODE_SETUP:
            self._facts.missing = _("Set up your code first.")
            self._changed()
        elif site is not None:
            self._begin(Form(username=site.username, password=Secret("")), _signing_in())

    def hand_over(self, form: Form) -> None:
        """Have the engine hold what was typed, for what is asked of it beside a sign-in."""
        password, passphrase, save = form.password, form.passphrase, form.remember
        self._note_typed(form)
        if password:
            self._outbox.ask(lambda number: UsePassword(number, password, save))
        if passphrase:
            self._outbox.ask(lambda number: UsePassphrase(number, passphrase, save))

    def take_form(self, form: Form) -> bool:
        """Have the engine know the user and the secrets that were typed; true with a password."""
        site = self._facts.site
        if site is None or self._chain.busy:
            return False
        if form.username and form.username != site.username:
            site = msgspec.structs.replace(site, username=form.username)
            self._chain.start([self._opening(site, keeps_code=True)])
        self.hand_over(msgspec.structs.replace(form, remember=False))  # nothing has proven it yet
        self._changed()
        return bool(form.password)

    def turn_to_okta(self, *, wanted: bool) -> None:
        """Have the code set up by Okta directly, or by what the person has after all."""
        self._facts.with_okta, self._facts.missing = wanted, ""
        self._sign_in_problem.show(None)
        self._changed()

    def type_code(self, *, wanted: bool) -> None:
        """Have the person type a code for each sign-in, or one that is made here after all."""
        self._facts.types_code, self._facts.missing = wanted, ""
        self._typed_code.forget_problem()
        self._changed()

    def go_without_code(self, *, wanted: bool) -> None:
        """Sign in with the password alone, or with a code after all; kept once that let them in."""
        site = self._facts.site
        if site is not None and not self._chain.busy:
            site = without_code(site) if wanted else with_code(site)
            self._facts.site, self._facts.missing = site, ""
            self._chain.start([self._opening(site, keeps_code=True)])
            self._changed()

    def cancel(self) -> None:
        """Stop what is under way."""
        self._chain.cancel()

    # ------------------------------------------------------------ answering

    def answer_host_key(self, *, accept: bool) -> None:
        """Pass the person's answer on."""
        if self._facts.question is not None:
            number = self._facts.question.question
            self._facts.question = None
            self._outbox.send(AnswerHostKey(question=number, accept=accept))
            self._changed()

    def answer_prompt(self, answer: Secret | None) -> None:
        """Pass on what the person typed; none declines to answer."""
        if self._facts.prompt is not None:
            number = self._facts.prompt.question
            self._facts.prompt = None
            self._outbox.send(AnswerPrompt(question=number, answer=answer))
            self._changed()

    def trust_new_key(self, fingerprint: str) -> None:
        """Meet a changed server anew, if the person was given the fingerprint that it showed."""
        site, problem = self._facts.site, self._sign_in_problem.view.problem
        if site is None or problem is None or not problem.fingerprint:
            return
        self._facts.wrong_fingerprint = "".join(fingerprint.split()) != problem.fingerprint
        if not self._facts.wrong_fingerprint:
            # The old pins go as well: the question that comes now is the person's to answer.
            if site.host_key_fingerprints:
                self._facts.outdated = site
            site = msgspec.structs.replace(site, host_key_fingerprints=())
            self._facts.site = site
            opening = self._opening(site, keeps_code=True)
            self._chain.start([lambda number: ForgetHostKeys(request=number), opening])
        self._changed()

    def take_outdated(self) -> Site | None:
        """Return the site with the pins it had until the person trusted another key; once."""
        outdated, self._facts.outdated = self._facts.outdated, None
        return outdated

    # ------------------------------------------------------------ following

    def tick(self) -> None:
        """Render anew, as the wall clock has entered another second."""
        self._changed()

    def handle(self, event: Event) -> None:
        """Take in what the engine says about the site and its sign-in."""
        if self._chain.handle(event):
            self._step_ended()
            self._changed()
        match event:
            case SecretsChanged() if event.site == self._facts.site:  # else of a card left since
                self._take_secrets(event)
            case CodeChanged():
                self._facts.code = event
            case SessionChanged():
                self._follow(event)
            case HostKeyQuestion() | PromptQuestion() | ServerSaid():
                self._hear(event)
            case _:
                return
        self._changed()

    def _take_secrets(self, event: SecretsChanged) -> None:
        """Take in what is at hand; empty the fields if a password went, but not for a typed one."""
        facts = self._facts
        is_gone = facts.at_hand.has_password and not event.has_password
        facts.typing += is_gone and not facts.is_typed_over
        facts.secrets, facts.are_secrets_told, facts.is_typed_over = event, True, False

    def _hear(self, event: HostKeyQuestion | PromptQuestion | ServerSaid) -> None:
        """Take in what the server asks and says."""
        match event:
            case HostKeyQuestion():
                self._facts.question = host_key_view(event, self._facts.site)
            case PromptQuestion():
                self._facts.prompt = event
                self._facts.until = self._clock.now() + ANSWER_SECONDS
            case ServerSaid():
                self._facts.said = event.words

    def _follow(self, event: SessionChanged) -> None:
        self._facts.session = event
        if event.state is SessionState.SIGNED_IN:
            self._facts.typing += 1
        if event.state in {SessionState.OFFLINE, SessionState.SIGNED_IN}:
            self._facts.question = self._facts.prompt = None
            self._facts.said = ""
            self._sign_in_problem.show(event.problem)

    def _step_ended(self) -> None:
        problem = self._chain.problem
        if problem is not None:
            self._sign_in_problem.show(None if problem.kind is Kind.CANCELLED else problem)
        if not self._chain.busy:
            self._busy = False
            if self._facts.missing == _one_moment():
                self._facts.missing = ""
            self._facts.question = self._facts.prompt = None

    def _begin(self, form: Form, make: TypedStep) -> None:
        site = self._facts.site
        if site is None or not self._is_whole(form):
            return
        typed = TypedCredentials(
            username=form.username,
            password=form.password or None,
            passphrase=form.passphrase or None,
            save=form.remember,
        )
        self._note_typed(form)
        if form.username != site.username:
            self._turn_to(msgspec.structs.replace(site, username=form.username))
        self._sign_in_problem.show(None)
        self._busy = True
        self._chain.start([lambda number: make(number, typed)])
        self._changed()

    def _note_typed(self, form: Form) -> None:
        """Note that the engine gets a password in place of the one at hand, not proven yet."""
        self._facts.is_typed_over = bool(form.password) and self._facts.at_hand.has_password

    def _is_whole(self, form: Form) -> bool:
        """Tell whether a sign-in can begin; says what is missing for it."""
        if self._facts.site is None or self._busy:
            return False
        self._facts.missing = _one_moment() if self._chain.busy else self._missing(form)
        self._changed()
        return not self._facts.missing

    def _opening(self, site: Site, *, keeps_code: bool = False) -> Step:
        self._turn_to(site)
        return lambda number: OpenSite(request=number, site=site, keeps_code=keeps_code)

    def _turn_to(self, site: Site) -> None:
        """Turn to a site, or to the same with another user or other settings."""
        self._facts.site, self._facts.are_secrets_told = site, False
        self._sign_in_problem.turn_to(site)
        self._typed_code.turn_to(site)

    def _missing(self, form: Form) -> str:
        view = self.view
        if not form.username:
            return _("Type your user name first.")
        if view.asks_password and not form.password and not self._facts.at_hand.has_password:
            return _("Type your password first.")
        return ""


def _one_moment() -> str:
    """Say why nothing happens yet; a keychain may take its time."""
    return _("One moment: what is kept for this site is being looked up.")


def _signing_in(typed_code: Secret | None = None, *, try_anyway: bool = False) -> TypedStep:
    return lambda number, typed: SignIn(number, try_anyway, typed_code, ask_code=True, typed=typed)
