"""Changes records on this computer; needs no session, and reaches no server."""

from __future__ import annotations

from ferrygate import bootstrap
from ferrygate.common.clock import Clock
from ferrygate.common.paths import Home
from ferrygate.sites.site import Site


def reset_lock(site: Site, home: Home, clock: Clock) -> None:
    """Count a site's refused sign-ins from 0, as a person says that the account is well again."""
    bootstrap.open_ledger(home, clock).reset(site.account)
