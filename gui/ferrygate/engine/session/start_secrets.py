"""Holds the secrets that Ferrygate was started with, for the site of that start alone."""

from __future__ import annotations

import msgspec

from ferrygate.sign_in.credentials import Credentials
from ferrygate.sites.site import Site


class StartSecrets:
    """Holds what the environment, or the demo, gave for one site.

    A site is that one if its server, host keys, Okta address and user are the same, whatever it is
    called. Where the start left the user open, any user of that server is meant.
    """

    def __init__(self) -> None:
        self._site: Site | None = None
        self._credentials = Credentials()

    def provide(self, site: Site, credentials: Credentials) -> None:
        """Hold these secrets, in place of any held before."""
        self._site, self._credentials = site, credentials

    def drop(self, field: str) -> None:
        """Hold one of them no longer: a field of :class:`Credentials`."""
        self._credentials = msgspec.structs.replace(self._credentials, **{field: None})

    def for_site(self, site: Site) -> Credentials:
        """Return the secrets for a site; none for any but the one that they belong to."""
        mine = self._site is not None and _is_same(self._site, site)
        return self._credentials if mine else Credentials()


def _is_same(start: Site, site: Site) -> bool:
    return (
        start.host.casefold() == site.host.casefold()
        and start.port == site.port
        and start.username in {"", site.username}
        and start.sign_in.okta_address == site.sign_in.okta_address
        and set(start.host_key_fingerprints) == set(site.host_key_fingerprints)
    )
