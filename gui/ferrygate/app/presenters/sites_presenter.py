"""Which site: the saved ones, a connection file, or an address typed in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec

from ferrygate.app.presenters.observable import Observable
from ferrygate.app.presenters.offer_view import OfferView, offer_view
from ferrygate.common.errors import FerrygateError, Problem
from ferrygate.common.i18n import _
from ferrygate.sites.connection_file import read_connection_file
from ferrygate.sites.site import DEFAULT_PORT, Site

_HIGHEST_PORT = 65535


class SavedSites(Protocol):
    """The folder of saved sites."""

    def names(self) -> tuple[str, ...] | list[str]:
        """Names of all saved sites."""
        ...

    def load(self, name: str) -> Site:
        """One of them."""
        ...

    def save(self, site: Site) -> None:
        """Keep one."""
        ...


class SitesView(msgspec.Struct, frozen=True, kw_only=True):
    """The chooser.

    Attributes:
        sites: those that are saved.
        problem: what was wrong last.
        offer: a connection file that nobody has agreed to yet.
    """

    sites: tuple[Site, ...] = ()
    problem: Problem | None = None
    offer: OfferView | None = None


class SitesPresenter(Observable):
    """Lists saved sites and opens one; keeps nothing that was not proven by a sign-in."""

    def __init__(
        self,
        saved: SavedSites,
        fingerprints: Callable[[str, int], tuple[str, ...]],
        choose: Callable[[Site], None],
        *,
        keeps: bool = True,
    ) -> None:
        """Take what is needed.

        Args:
            saved: the saved sites.
            fingerprints: of the keys on record for a host and a port.
            choose: told of the site to turn to.
            keeps: whether a site that a sign-in has proven is saved.
        """
        super().__init__()
        self._saved = saved
        self._fingerprints = fingerprints
        self._choose = choose
        self._keeps = keeps
        self._offered: Site | None = None
        self.view = SitesView()

    def load(self) -> None:
        """Read the saved sites; a broken one is named, the others still show."""
        sites: list[Site] = []
        problem: Problem | None = None
        for name in self._saved.names():
            try:
                sites.append(self._saved.load(name))
            except FerrygateError as error:
                problem = error.problem
        self.view = SitesView(sites=tuple(sites), problem=problem)
        self._offered = None
        self._changed()

    def choose(self, site: Site) -> None:
        """Turn to a site."""
        self._choose(site)

    def open_file(self, path: str) -> None:
        """Show what a connection file says; nothing is sent to anybody."""
        try:
            site = read_connection_file(Path(path))
        except FerrygateError as error:
            self.report(error.problem)
        else:
            self.offer(site)

    def offer(self, site: Site) -> None:
        """Ask whether a connection file's site is to be used; one that is saved just like it is."""
        if site in self.view.sites:
            self._choose(site)
            return
        try:
            known = self._fingerprints(site.host, site.port)
        except FerrygateError as error:
            self.report(error.problem)
            return
        self._offered = site
        self._show(offer=offer_view(site, self.view.sites, known))

    def accept(self) -> None:
        """Use the connection that was offered."""
        if self._offered is not None:
            offered, self._offered = self._offered, None
            self._show()
            self._choose(offered)

    def decline(self) -> None:
        """Not now."""
        self._offered = None
        self._show()

    def open_address(self, text: str) -> None:
        """Turn to a server typed in as ``host``, ``host:port`` or ``user@host:port``."""
        user, _at, address = text.strip().rpartition("@")
        host, _colon, port = address.partition(":")
        number = int(port) if port.isascii() and port.isdecimal() else DEFAULT_PORT
        well_formed = host and not any(part.isspace() for part in host)
        if not well_formed or (_colon and not port.isdecimal()) or not 0 < number <= _HIGHEST_PORT:
            self.report(
                Problem(
                    kind=FerrygateError.kind,
                    sentence=_("This is not a server address."),
                    next_step=_("It looks like sftp.example.org."),
                )
            )
            return
        self._choose(Site(name=host, host=host, port=number, username=user))

    def keep(self, site: Site) -> None:
        """Save a site that a sign-in has proven, unless one of that name is there.

        Raises:
            FerrygateError: it cannot be saved.
        """
        if self._keeps and site.name not in self._saved.names():
            self._saved.save(site)

    def report(self, problem: Problem) -> None:
        """Say what was wrong with a connection file."""
        self._show(problem=problem)

    def _show(self, *, problem: Problem | None = None, offer: OfferView | None = None) -> None:
        self.view = SitesView(sites=self.view.sites, problem=problem, offer=offer)
        self._changed()
