"""A sign-in presenter on a table, with what it sent beside it."""

from __future__ import annotations

import msgspec

from ferrygate.app.presenters.code_setup_presenter import CodeSetupPresenter
from ferrygate.app.presenters.outbox import Outbox
from ferrygate.app.presenters.sign_in_presenter import SignInPresenter
from ferrygate.app.presenters.sign_in_problem_presenter import SignInProblemPresenter
from ferrygate.app.presenters.sign_in_view import Form, SignInView
from ferrygate.app.presenters.typed_code_presenter import TypedCodePresenter
from ferrygate.codes.totp import CodeSecret, live_code
from ferrygate.common.clock import Clock
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import Message, message
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.codes import CodeChanged
from ferrygate.engine.messages.command import Command
from ferrygate.engine.messages.event import Done, Event, Failed
from ferrygate.engine.messages.session import SecretsChanged, SiteOpened
from ferrygate.sites.server_address import ServerAddress
from ferrygate.sites.site import Site

SECRET = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))
FORM = Form(username="vendor7", password=Secret("pw"))


class Table:
    """A presenter on a table, with what it sent beside it."""

    def __init__(self, clock: Clock) -> None:
        self.sent: list[Command] = []
        self.at_hand = SecretsChanged(site=Site(name="", host=""))
        self.clock = clock
        outbox = Outbox(self.sent.append)
        self.setup = CodeSetupPresenter(outbox)
        self.sign_in_problem = SignInProblemPresenter(outbox, clock, lambda _words: None)
        self.typed_code = TypedCodePresenter(outbox)
        self.presenter = SignInPresenter(
            outbox, clock, self.setup, self.sign_in_problem, self.typed_code
        )

    @property
    def view(self) -> SignInView:
        return self.presenter.view

    def open(
        self,
        site: Site,
        *,
        can_save: bool = True,
        note: Message | None = None,
        has_password: bool = False,
        typed: ServerAddress | None = None,
    ) -> None:
        self.presenter.choose(site, typed)
        self.at_hand = SecretsChanged(
            site=site, has_password=has_password, can_save=can_save, keychain_note=note
        )
        self.tell(self.at_hand)
        self.tell(SiteOpened(site=site))
        self.done()

    def hold(self, **changes: bool | Site) -> None:
        """Tell what is at hand now."""
        self.at_hand = msgspec.structs.replace(self.at_hand, **changes)
        self.tell(self.at_hand)

    def give_code(self, *, spent: bool = False) -> None:
        self.hold(has_code_secret=True)
        code = live_code(SECRET, self.clock.now())
        self.tell(CodeChanged(code=code, spent=spent))

    def tell(self, event: Event) -> None:
        for presenter in (self.setup, self.sign_in_problem, self.typed_code, self.presenter):
            presenter.handle(event)

    def done(self) -> None:
        self.tell(Done(request=self.sent[-1].request))  # type: ignore[union-attr]

    def fail(self, kind: Kind) -> None:
        problem = Problem(kind=kind, sentence=message("No."))
        self.tell(Failed(request=self.sent[-1].request, problem=problem))  # type: ignore[union-attr]
