"""Which site: the saved ones, a connection file, or an address typed in."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec

from ferrygate.app.presenters.observable import Observable
from ferrygate.app.presenters.offer_view import OfferView, offer_view
from ferrygate.app.presenters.run_in_background import RunInBackground
from ferrygate.common.errors import FerrygateError, Problem, UsageError
from ferrygate.sites.connection_file import read_connection_file
from ferrygate.sites.server_address import ServerAddress, read_port, read_server_address
from ferrygate.sites.site import Site
from ferrygate.sites.store import SiteStore

T = TypeVar("T")


class SitesView(msgspec.Struct, frozen=True, kw_only=True):
    """The chooser.

    Attributes:
        sites: those that are saved.
        arrived: connection files to open, for a person who has no saved site.
        problem: what was wrong last with a file or a saved site.
        address_problem: what is wrong with the address that was typed.
        offer: a connection file that nobody has agreed to yet.
    """

    sites: tuple[Site, ...] = ()
    arrived: tuple[Path, ...] = ()
    problem: Problem | None = None
    address_problem: Problem | None = None
    offer: OfferView | None = None


class SitesPresenter(Observable):
    """Lists saved sites and opens one; keeps nothing that was not proven by a sign-in.

    The disk is read in the background. What comes of it is shown only to a person who has not
    turned to something else meanwhile.

    Attributes:
        came_from: the folder of the connection file that was opened last in this run.
    """

    def __init__(
        self,
        saved: SiteStore,
        fingerprints: Callable[[str, int], tuple[str, ...]],
        choose: Callable[[Site], None],
        background: RunInBackground,
        *,
        arrived: Callable[[], tuple[Path, ...]] = tuple,
        keeps: bool = True,
    ) -> None:
        """Take what is needed.

        Args:
            saved: the saved sites.
            fingerprints: of the keys on record for a host and a port; called in the background.
            choose: told of the site to turn to.
            background: for what reads or writes a disk.
            arrived: finds connection files that a person may have been sent; called in the
                background.
            keeps: whether a site that a sign-in has proven is saved.
        """
        super().__init__()
        self._saved = saved
        self._fingerprints = fingerprints
        self._turn_to = choose
        self._background = background
        self._arrived = arrived
        self._keeps = keeps
        self._wish = 0  # counts what the person turned to
        self._offered: Site | None = None
        self._typed: ServerAddress | None = None
        self.came_from: Path | None = None
        self.view = SitesView()

    def load(self, then: Callable[[], None] = lambda: None) -> None:
        """Read the saved sites, ``then`` go on; a broken one is named, the others still show.

        A person who has turned to something else meanwhile is not called back to a broken site:
        the next reading names it.
        """
        self.decline()
        wish = self._wish

        def loaded(found: SitesView) -> None:
            in_time = self._wish == wish
            problem = (found.problem if in_time else None) or self.view.problem
            self.view = msgspec.structs.replace(
                self.view, sites=found.sites, arrived=found.arrived, problem=problem
            )
            self._changed()
            if in_time:
                then()

        def failed(problem: Problem) -> None:
            loaded(msgspec.structs.replace(self.view, problem=problem))

        self._background(partial(_load, self._saved, self._arrived), loaded, failed)

    def choose(self, site: Site) -> None:
        """Turn to a site; what was wrong with another is no matter any more."""
        self.decline()
        self._turn_to(site)

    def open_file(self, path: str) -> None:
        """Show what a connection file says; nothing is sent to anybody."""

        def opened(site: Site) -> None:
            self.came_from = Path(path).parent
            self.offer(site)

        self._ask(lambda: read_connection_file(Path(path)), opened)

    def offer(self, site: Site) -> None:
        """Ask whether a connection file's site is to be used; one that is saved just like it is."""
        if site in self.view.sites:
            self.choose(site)
            return

        def show(known: tuple[str, ...]) -> None:
            self._offered = site
            self._show(offer=offer_view(site, self.view.sites, known))

        self._ask(lambda: self._fingerprints(site.host, site.port), show)

    def accept(self) -> None:
        """Use the connection that was offered."""
        if self._offered is not None:
            offered, self._offered = self._offered, None
            self._show()
            self.choose(offered)

    def decline(self) -> None:
        """Not now: neither what is offered, nor what is still being read."""
        self._wish += 1
        self._offered = None
        view = self.view
        if view.offer or view.problem or view.address_problem:
            self._show()

    def open_address(self, text: str, port: str = "") -> bool:
        """Turn to a server whose address was typed, and its port beside it where that was.

        False where the address cannot be used, which is shown.
        """
        try:
            address = read_server_address(text)
            if port.strip():
                address = msgspec.structs.replace(address, port=read_port(port.strip()))
        except UsageError as error:
            self._show(address_problem=error.problem)
            return False
        self.decline()
        self._typed = address
        self._turn_to(address.site)
        return True

    def take_typed(self, site: Site) -> ServerAddress | None:
        """Give the address that the person has typed for a site that is turned to; once."""
        typed, self._typed = self._typed, None
        return typed if typed is not None and typed.site == site else None

    def keep(
        self, site: Site, failed: Callable[[Problem], None], *, outdated: Site | None = None
    ) -> None:
        """Save a site that a sign-in has proven, unless one of that name is there.

        Args:
            site: as it was used.
            failed: told why it could not be saved.
            outdated: the same with other pins, where the person has trusted another key since. If
                that is the one saved, it gets the key on record for its pin; a connection file
                from elsewhere stays as it is.
        """
        if not self._keeps:
            return

        def keep() -> None:
            if outdated is None:
                self._saved.keep_proven(site)
            else:
                pins = self._fingerprints(site.host, site.port)
                renewed = msgspec.structs.replace(site, host_key_fingerprints=pins)
                self._saved.keep_proven(renewed)
                self._saved.renew_pins(outdated, pins)

        self._background(keep, lambda _none: None, failed)

    def report(self, problem: Problem) -> None:
        """Say what was wrong with a connection file."""
        self._show(problem=problem)

    def _show(
        self,
        *,
        problem: Problem | None = None,
        address_problem: Problem | None = None,
        offer: OfferView | None = None,
    ) -> None:
        self.view = msgspec.structs.replace(
            self.view, problem=problem, address_problem=address_problem, offer=offer
        )
        self._changed()

    def _ask(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        self._wish += 1
        self._background(work, self._unless_late(done), self._unless_late(self.report))

    def _unless_late(self, tell: Callable[[T], None]) -> Callable[[T], None]:
        """Return a callback that does nothing once the person has turned to something else."""
        wish = self._wish

        def tell_in_time(result: T) -> None:
            if self._wish == wish:
                tell(result)

        return tell_in_time


def _load(saved: SiteStore, arrived: Callable[[], tuple[Path, ...]]) -> SitesView:
    sites: list[Site] = []
    problem: Problem | None = None
    for name in saved.names():
        try:
            sites.append(saved.load(name))
        except FerrygateError as error:
            problem = error.problem
    return SitesView(
        sites=tuple(sites), arrived=() if sites or problem else arrived(), problem=problem
    )
