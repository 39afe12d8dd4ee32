"""Which site: the saved ones, a connection file, or an address typed in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec

from ferrygate.app.presenters.observable import Observable
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
    """The chooser: saved sites and what was wrong last."""

    sites: tuple[Site, ...] = ()
    problem: Problem | None = None


class SitesPresenter(Observable):
    """Lists saved sites and opens one; keeps nothing that was not proven by a sign-in."""

    def __init__(self, saved: SavedSites, choose: Callable[[Site], None]) -> None:
        super().__init__()
        self._saved = saved
        self._choose = choose
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
        self._changed()

    def choose(self, site: Site) -> None:
        """Turn to a site."""
        self._choose(site)

    def open_file(self, path: str) -> None:
        """Turn to the site of a connection file; nothing is sent to it yet."""
        try:
            site = read_connection_file(Path(path))
        except FerrygateError as error:
            self._report(error.problem)
        else:
            self._choose(site)

    def open_address(self, text: str) -> None:
        """Turn to a server typed in as ``host``, ``host:port`` or ``user@host:port``."""
        user, _at, address = text.strip().rpartition("@")
        host, _colon, port = address.partition(":")
        number = int(port) if port.isascii() and port.isdecimal() else DEFAULT_PORT
        well_formed = host and not any(part.isspace() for part in host)
        if not well_formed or (_colon and not port.isdecimal()) or not 0 < number <= _HIGHEST_PORT:
            self._report(
                Problem(
                    kind=FerrygateError.kind,
                    sentence=_("This is not a server address."),
                    next_step=_("It looks like sftp.example.org."),
                )
            )
            return
        self._choose(Site(name=host, host=host, port=number, username=user))

    def keep(self, site: Site) -> None:
        """Save a site that a sign-in has proven, unless one of that name is there."""
        if site.name not in self._saved.names():
            try:
                self._saved.save(site)
            except FerrygateError as error:
                self._report(error.problem)

    def _report(self, problem: Problem) -> None:
        self.view = SitesView(sites=self.view.sites, problem=problem)
        self._changed()
