"""Tells how many sign-ins of the open site's account were refused in a row."""

from __future__ import annotations

from contextlib import suppress

from ferrygate.common.errors import SettingsError
from ferrygate.engine.messages.codes import RefusalExplained
from ferrygate.engine.messages.event import Done, Event, Failed
from ferrygate.engine.messages.session import (
    RefusalsCounted,
    SessionChanged,
    SessionState,
    SiteOpened,
)
from ferrygate.sign_in.account_names import known_names
from ferrygate.sign_in.ledger import Ledger
from ferrygate.sites.known_hosts import KnownHosts
from ferrygate.sites.site import Site

# Events after which the ledger is read again: the end of an attempt or of a reset, the opening of a
# site. The end of a batch changes no count.
_MAY_COUNT = (Done, Failed, RefusalExplained, SessionChanged, SiteOpened)
# States of an attempt that goes on. One may be told after the ledger has counted the attempt's end,
# and the number belongs to that end.
_UNDER_WAY = {SessionState.CONNECTING, SessionState.WAITING_FOR_CODE, SessionState.SIGNING_IN}


class RefusalCount:
    """Looks into the ledger where the number may have changed; for the engine's thread."""

    def __init__(self, ledger: Ledger, known_hosts: KnownHosts) -> None:
        self._ledger = ledger
        self._known_hosts = known_hosts
        self._told: RefusalsCounted | None = None

    def news_before(self, event: Event, site: Site | None) -> tuple[RefusalsCounted, ...]:
        """Return what is to be told before an event, so that a window knows it by then.

        A ledger that cannot be read is no matter here: the next attempt says so.
        """
        if site is None or not isinstance(event, _MAY_COUNT):
            return ()
        if isinstance(event, SessionChanged) and event.state in _UNDER_WAY:
            return ()
        with suppress(SettingsError):
            counted = self._count(site)
            is_open_anew = isinstance(event, SiteOpened)
            told = None if is_open_anew else self._told
            self._told = counted
            if counted != told and (counted.refusals or (told and told.site == site)):
                return (counted,)
        return ()

    def _count(self, site: Site) -> RefusalsCounted:
        """Count under every name that is known before the server has shown its key."""
        found = self._ledger.standing(known_names(site, self._known_hosts))
        return RefusalsCounted(site, found.refusals, found.gate)
