"""Setting up a code: from a text, from a picture, or from one of several accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

import msgspec

from ferrygate.app.presenters.observable import Observable
from ferrygate.app.presenters.outbox import Outbox
from ferrygate.app.presenters.request_sequence import RequestSequence
from ferrygate.codes.enrol import FoundSecrets
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.errors import CodeSecretError, Problem
from ferrygate.common.i18n import _
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.codes import UseCodeSecret
from ferrygate.engine.messages.event import Event
from ferrygate.engine.messages.session import SecretsChanged, SessionChanged, SessionState
from ferrygate.sites.code_secret import code_secrets_for, code_secrets_in_qr, matches_site
from ferrygate.sites.site import SignInSettings, Site


class CodeSetupView(msgspec.Struct, frozen=True, kw_only=True):
    """Describes the place where a code is set up.

    Attributes:
        okta: who sets it up directly, a host name; empty where the site names no Okta address.
        choices: the accounts of an export, to choose one from.
        reading: a picture is being looked at.
        problem: what was wrong with the last text or picture.
        mismatch: how the code differs from what the site said; empty where it does not.
        unproven: the code is to be kept, and nobody has accepted one yet.
    """

    okta: str = ""
    choices: tuple[str, ...] = ()
    reading: bool = False
    problem: Problem | None = None
    mismatch: str = ""
    unproven: bool = False


class CodeSetupPresenter(Observable):
    """Reads what a code is made of, and hands it to the engine, which keeps it."""

    def __init__(self, outbox: Outbox) -> None:
        super().__init__()
        self._chain = RequestSequence(outbox)
        self._site: Site | None = None
        self._choices: tuple[CodeSecret, ...] = ()
        self._keeps = True
        self._can_keep = False
        self._has_code = False  # the engine has a secret for the site
        self.view = CodeSetupView()

    @property
    def saves(self) -> bool:
        """Tell whether the code secret is to be kept once it is proven."""
        return self._keeps and self._can_keep

    def keep(self, *, wanted: bool) -> None:
        """Note whether the person agrees to keep the code secret, before it is set up."""
        self._keeps = wanted

    def turn_to(self, site: Site) -> None:
        """Begin anew for a site."""
        self._site, self._choices = site, ()
        self._can_keep = False
        self._show(CodeSetupView(okta=urlsplit(site.sign_in.okta_address).hostname or ""))

    def read(self) -> None:
        """Show that a picture is looked at; :meth:`found` or :meth:`not_readable` follows."""
        self._show(self._again(reading=True))

    def found(self, texts: Iterable[str]) -> None:
        """Take what is in the picture, unless the person has turned to something else since."""
        if self.view.reading:
            self._take(texts, code_secrets_in_qr)

    def not_readable(self, problem: Problem) -> None:
        """Say what is wrong with the picture, unless the person has turned to something else."""
        if self.view.reading:
            self._report(problem)

    def take(self, texts: Iterable[str]) -> None:
        """Take keys or addresses that a person typed or pasted."""
        self._take(texts, code_secrets_for)

    def _take(
        self, texts: Iterable[str], read: Callable[[SignInSettings, Secret], FoundSecrets]
    ) -> None:
        sign_in = self._site.sign_in if self._site is not None else SignInSettings()
        found: list[CodeSecret] = []
        problem: Problem | None = None
        for text in texts:
            try:
                found += read(sign_in, Secret(text)).secrets
            except CodeSecretError as error:
                problem = problem or error.problem
        if len(found) > 1:
            self._choices = tuple(found)
            self._show(self._again(choices=tuple(map(_name, found))))
        elif found:
            self._use(found[0])
        else:
            self._report(problem or _no_qr_code())

    def choose(self, at: int) -> None:
        """Take one of the accounts of an export."""
        self._use(self._choices[at])

    def handle(self, event: Event) -> None:
        """Follow what the engine says."""
        if isinstance(event, SecretsChanged):
            self._follow(event)
        if self._chain.handle(event) and self._chain.problem is not None:
            self._report(self._chain.problem)
        if isinstance(event, SessionChanged) and event.state is SessionState.SIGNED_IN:
            self._show(self._again(unproven=False))

    def _follow(self, event: SecretsChanged) -> None:
        if self._has_code and not event.has_code_secret and self._site is not None:
            self.turn_to(self._site)
        self._has_code = event.has_code_secret
        self._can_keep = event.can_save and event.site.policy.save_code_secret

    def _use(self, secret: CodeSecret) -> None:
        self._choices = ()
        save = self.saves
        self._chain.start([lambda number: UseCodeSecret(number, secret, save)])
        self._show(self._again(mismatch=_mismatch(secret, self._site), unproven=save))

    def _report(self, problem: Problem) -> None:
        self._show(self._again(problem=problem))

    def _again(
        self,
        *,
        reading: bool = False,
        choices: tuple[str, ...] = (),
        problem: Problem | None = None,
        mismatch: str | None = None,
        unproven: bool | None = None,
    ) -> CodeSetupView:
        old = self.view
        return CodeSetupView(
            okta=old.okta,
            reading=reading,
            choices=choices,
            problem=problem,
            mismatch=old.mismatch if mismatch is None else mismatch,
            unproven=old.unproven if unproven is None else unproven,
        )

    def _show(self, view: CodeSetupView) -> None:
        self.view = view
        self._changed()


def _name(secret: CodeSecret) -> str:
    named = " · ".join(part for part in (secret.issuer, secret.label) if part)
    return named or _("Account without a name")


def _mismatch(secret: CodeSecret, site: Site | None) -> str:
    if site is None or matches_site(site.sign_in, secret):
        return ""
    said = site.sign_in
    return _(
        "The site speaks of {said} digits every {said_period} s. Your code has {digits} digits"
        " every {period} s, and is used as it was set up."
    ).format(
        said=said.digits,
        said_period=said.period,
        digits=secret.digits,
        period=secret.period,
    )


def _no_qr_code() -> Problem:
    return CodeSecretError(
        message("There is no QR code in this picture."),
        next_step=message("Choose a picture that shows the whole code."),
    ).problem
