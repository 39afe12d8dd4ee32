"""The sign-in card: which site, who, with what, and what happens meanwhile."""

from __future__ import annotations

import msgspec

from ferrygate.app.presenters.chain import Chain, Step
from ferrygate.app.presenters.observable import Observable
from ferrygate.app.presenters.outbox import Outbox
from ferrygate.app.presenters.sign_in_view import (
    Form,
    SignInView,
    Told,
    host_key_view,
    sign_in_view,
)
from ferrygate.codes.enrol import parse_enrolment
from ferrygate.codes.qr import read_qr
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.clock import Clock
from ferrygate.common.errors import CodeSecretError, Kind, Problem
from ferrygate.common.i18n import _
from ferrygate.common.secret import Secret
from ferrygate.engine import messages as m
from ferrygate.sites.site import Site

_ADDRESS = "://"


class SignInPresenter(Observable):
    """Takes one site from its opening to a session."""

    def __init__(
        self,
        outbox: Outbox,
        clock: Clock,
        *,
        password: Secret | None,
        code_secret: CodeSecret | None,
    ) -> None:
        super().__init__()
        self._outbox = outbox
        self._clock = clock
        self._password = password
        self._code_secret = code_secret
        self._told = Told()
        self._chain = Chain(outbox)
        self._signing_in = False

    @property
    def site(self) -> Site | None:
        """The site the card is about."""
        return self._told.site

    @property
    def view(self) -> SignInView:
        """The card at this moment."""
        return sign_in_view(self._told, busy=self._signing_in, now=self._clock.now())

    def choose(self, site: Site) -> None:
        """Turn to a site and use for it what the environment gave."""
        self._told = Told(site=site, has_password=bool(self._password))
        self._signing_in = False
        self._chain.start(self._opening(site))
        self._changed()

    def sign_in(self, form: Form, *, try_anyway: bool = False) -> None:
        """Sign in with what the form holds, or say what is missing."""
        if self._told.site is None or self._signing_in:
            return
        self._told.missing = self._missing(form)
        self._told.problem = None
        if not self._told.missing:
            self._signing_in = True
            self._chain.start(self._steps(self._told.site, form, try_anyway=try_anyway))
        self._changed()

    def cancel(self) -> None:
        """Stop the sign-in under way."""
        self._chain.cancel()

    def answer_host_key(self, *, accept: bool) -> None:
        """Pass the person's answer on."""
        if self._told.question is not None:
            number = self._told.question.question
            self._outbox.send(m.AnswerHostKey(question=number, accept=accept))
            self._told.question = None
            self._changed()

    def use_code_text(self, text: str, *, save: bool) -> None:
        """Take a pasted key or ``otpauth`` address."""
        try:
            secret = parse_enrolment(text)
        except CodeSecretError as error:
            self._told.code_problem = error.problem
        else:
            self._use_code(secret if _ADDRESS in text else self._as_enrolled(secret), save=save)
        self._changed()

    def use_code_picture(self, picture: bytes, *, save: bool) -> None:
        """Take the code secret from a picture of a QR code."""
        try:
            secret = _secret_in(picture)
        except CodeSecretError as error:
            self._told.code_problem = error.problem
        else:
            self._use_code(secret, save=save)
        self._changed()

    def report(self, problem: Problem) -> None:
        """Show a problem that arose outside the engine, such as an unreadable file."""
        self._told.problem = problem
        self._changed()

    def tick(self) -> None:
        """The wall clock entered another second."""
        self._changed()

    def handle(self, event: m.Event) -> None:
        """Take in what the engine says about the site and its sign-in."""
        if self._chain.handle(event):
            self._step_ended()
        match event:
            case m.SiteOpened():
                self._told.opened = event
                self._told.has_password |= event.has_password
                self._told.has_code |= event.has_code_secret
            case m.CodeChanged():
                self._told.code = event
                self._told.has_code = event.code is not None
            case m.SessionChanged():
                self._told.session = event
                if event.state is m.SessionState.OFFLINE:
                    self._told.question = None
                    self._told.problem = event.problem or self._told.problem
            case m.HostKeyQuestion():
                self._told.question = host_key_view(event, self._told.site)
            case _:
                pass
        self._changed()

    def _step_ended(self) -> None:
        if self._chain.problem is not None:
            asked_for = self._chain.problem.kind is Kind.CANCELLED
            self._told.problem = None if asked_for else self._chain.problem
        if not self._chain.busy:
            self._signing_in = False
            self._told.question = None

    def _opening(self, site: Site) -> list[Step]:
        steps: list[Step] = [lambda number: m.OpenSite(request=number, site=site)]
        if secret := self._code_secret:
            steps.append(lambda number: m.UseCodeSecret(request=number, secret=secret))
        if password := self._password:
            steps.append(lambda number: m.UsePassword(request=number, password=password))
        return steps

    def _steps(self, site: Site, form: Form, *, try_anyway: bool) -> list[Step]:
        steps: list[Step] = []
        if form.username and form.username != site.username:
            site = msgspec.structs.replace(site, username=form.username)
            self._told.site = site
            steps += self._opening(site)
        if form.password:
            steps.append(
                lambda number: m.UsePassword(
                    request=number, password=form.password, save=form.remember
                )
            )
        steps.append(lambda number: m.SignIn(request=number, try_anyway=try_anyway))
        return steps

    def _missing(self, form: Form) -> str:
        view = self.view
        if not form.username:
            return _("Type your user name first.")
        if view.asks_password and not form.password and not self._told.has_password:
            return _("Type your password first.")
        return _("Set up your code first.") if view.asks_code else ""

    def _as_enrolled(self, secret: CodeSecret) -> CodeSecret:
        """A bare key says nothing of digits and period: the site knows them."""
        if self._told.site is None:
            return secret
        known = self._told.site.sign_in
        return msgspec.structs.replace(
            secret, digits=known.digits, period=known.period, algorithm=known.algorithm
        )

    def _use_code(self, secret: CodeSecret, *, save: bool) -> None:
        self._code_secret = secret
        self._told.code_problem = None
        self._chain.start(
            [lambda number: m.UseCodeSecret(request=number, secret=secret, save=save)]
        )


def _secret_in(picture: bytes) -> CodeSecret:
    for text in read_qr(picture):
        return parse_enrolment(text)
    raise CodeSecretError(
        _("There is no QR code in this picture."),
        next_step=_("Choose a picture that shows the whole code."),
    )
