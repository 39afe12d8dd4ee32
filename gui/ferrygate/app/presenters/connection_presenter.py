"""Tells how the connection came about: server, account, and the steps of its sign-in."""

from __future__ import annotations

import msgspec

from ferrygate.app.presenters.observable import Observable
from ferrygate.common.i18n import _
from ferrygate.engine.messages.event import Event
from ferrygate.engine.messages.session import SessionChanged, SessionState
from ferrygate.sign_in.step_line import StepLine, StepName, lines_text
from ferrygate.sites.site import DEFAULT_PORT, Site


class ConnectionView(msgspec.Struct, frozen=True):
    """Describes a connection.

    Attributes:
        facts: captions and values, in the order in which the sign-in found them.
        details: for support; never a secret.
    """

    facts: tuple[tuple[str, str], ...]
    details: str


class ConnectionPresenter(Observable):
    """Keeps the steps of the last sign-in for as long as there is a session."""

    def __init__(self) -> None:
        super().__init__()
        self._steps: tuple[StepLine, ...] = ()

    @property
    def has_details(self) -> bool:
        """Tell whether there is something to show."""
        return bool(self._steps)

    def view(self, site: Site) -> ConnectionView:
        """Put the connection to a site in words."""
        address = site.host if site.port == DEFAULT_PORT else f"{site.host}:{site.port}"
        facts = [(_("Server"), address), (_("User name"), site.username)]
        for step in self._steps:
            facts.append((_caption(step.name), step.found))
            if step.banner:
                facts.append((_("Message from the server"), step.banner))
        return ConnectionView(tuple(facts), lines_text(self._steps))

    def handle(self, event: Event) -> None:
        """Take the steps of a sign-in; a session's end drops them."""
        match event:
            case SessionChanged(state=SessionState.SIGNED_IN, steps=steps):
                self._steps = steps
            case SessionChanged(state=SessionState.OFFLINE):
                self._steps = ()
            case _:
                return
        self._changed()


def _caption(name: StepName) -> str:
    return {
        StepName.SETTINGS: _("Settings"),
        StepName.DNS: _("Address"),
        StepName.TCP: _("Connected to"),
        StepName.FIRST_LINE: _("The server calls itself"),
        StepName.ALGORITHMS: _("Encryption"),
        StepName.HOST_KEY: _("Host key"),
        StepName.METHODS: _("Ways to sign in"),
        StepName.SENT: _("Sent"),
        StepName.ANSWERED: _("The server's answer"),
        StepName.CHANNEL: _("Channel"),
        StepName.SFTP: _("SFTP"),
    }[name]
