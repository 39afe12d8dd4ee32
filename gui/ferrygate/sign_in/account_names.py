"""Names an account as the ledger counts it, as far as that is known before a server is reached."""

from __future__ import annotations

from ferrygate.sites.known_hosts import KnownHosts
from ferrygate.sites.site import Site


def known_names(site: Site, known_hosts: KnownHosts) -> tuple[str, ...]:
    """Return the account's own name, and those under the keys on record, each once."""
    known = known_hosts.keys_for(site.host, site.port)
    under_keys = (name for key in known for name in site.accounts_at(key.fingerprint))
    return tuple(dict.fromkeys((site.account, *under_keys)))
