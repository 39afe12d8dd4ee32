"""All presenters of one window, fed from one stream of events."""

from __future__ import annotations

from enum import Enum

from ferrygate.app.presenters.code_presenter import CodePresenter
from ferrygate.app.presenters.folder_presenter import EntrySink, FolderPresenter
from ferrygate.app.presenters.observable import Observable
from ferrygate.app.presenters.outbox import Outbox
from ferrygate.app.presenters.session_words import StateWords, state_words
from ferrygate.app.presenters.sign_in_presenter import SignInPresenter
from ferrygate.app.presenters.sites_presenter import SavedSites, SitesPresenter
from ferrygate.app.presenters.transfers_presenter import TransfersPresenter
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.clock import Clock
from ferrygate.common.i18n import _
from ferrygate.common.remote_path import normalise
from ferrygate.common.secret import Secret
from ferrygate.engine import messages as m
from ferrygate.sites.site import Site


class Screen(Enum):
    """What fills the window."""

    SITES = "sites"
    SIGN_IN = "sign-in"
    FILES = "files"


class Workspace(Observable):
    """The window's state: which screen, which site, which session."""

    def __init__(
        self,
        outbox: Outbox,
        clock: Clock,
        *,
        sink: EntrySink,
        saved: SavedSites,
        password: Secret | None = None,
        code_secret: CodeSecret | None = None,
    ) -> None:
        super().__init__()
        self._outbox = outbox
        self._clock = clock
        self._session = m.SessionChanged(state=m.SessionState.OFFLINE)
        self.screen = Screen.SITES
        self.code = CodePresenter(outbox, clock)
        self.sign_in = SignInPresenter(outbox, clock, password=password, code_secret=code_secret)
        self.sites = SitesPresenter(saved, self.choose)
        self.folder = FolderPresenter(outbox, sink)
        self.transfers = TransfersPresenter(outbox, clock)

    @property
    def site(self) -> Site | None:
        """The site in use."""
        return self.sign_in.site

    @property
    def title(self) -> str:
        """The window's title."""
        return self.site.name if self.site else _("Ferrygate")

    @property
    def state(self) -> StateWords:
        """The session in words."""
        user = self.site.username if self.site else ""
        return state_words(self._session, user, self._clock.now())

    def start(self, site: Site | None) -> None:
        """Show the site given, the only one saved, or the choice."""
        self.sites.load()
        saved = self.sites.view.sites
        if site is None and len(saved) == 1:
            site = saved[0]
        if site is not None:
            self.choose(site)

    def choose(self, site: Site) -> None:
        """Turn to a site's sign-in card."""
        self.screen = Screen.SIGN_IN
        self.sign_in.choose(site)
        self._changed()

    def show_sites(self) -> None:
        """Back to the choice of sites."""
        self.screen = Screen.SITES
        self.sites.load()
        self._changed()

    def sign_out(self) -> None:
        """End the session."""
        self._outbox.ask(m.SignOut)

    def tick(self) -> None:
        """The wall clock entered another second."""
        self.code.tick()
        self.sign_in.tick()
        self.transfers.tick()
        self._changed()

    def handle(self, event: m.Event) -> None:
        """Pass an event to all who may want it."""
        self.code.handle(event)
        self.sign_in.handle(event)
        self.folder.handle(event)
        self.transfers.handle(event)
        if isinstance(event, m.SessionChanged):
            self._session = event
            self._follow(event.state)
            self._changed()

    def _follow(self, state: m.SessionState) -> None:
        """Signed in opens the files, offline closes them; everything between leaves the screen."""
        if state is m.SessionState.SIGNED_IN and self.site is not None:
            if self.screen is Screen.FILES:
                self.folder.refresh()
            else:
                self.screen = Screen.FILES
                self.sites.keep(self.site)
                self.folder.start(normalise(self.site.start_folder))
        elif state is m.SessionState.OFFLINE and self.screen is Screen.FILES:
            self.screen = Screen.SIGN_IN
