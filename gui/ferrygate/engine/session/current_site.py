"""Knows which site is open."""

from __future__ import annotations

from ferrygate.common.errors import UsageError
from ferrygate.common.message import message
from ferrygate.sites.site import Site


class CurrentSite:
    """Holds the open site, if one is. Owned by the engine's thread.

    Attributes:
        site: the open site, with what a person has changed of it since.
    """

    def __init__(self) -> None:
        self.site: Site | None = None

    def require(self) -> Site:
        """Return the open site.

        Raises:
            UsageError: none is open.
        """
        if self.site is None:
            raise UsageError(message("Choose a site first."))
        return self.site

    def is_still(self, site: Site) -> bool:
        """Tell whether a site that was open is so still, and was not opened anew."""
        return self.site is site
