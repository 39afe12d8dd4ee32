"""Records on this computer: what is asked of them needs no open site and no session."""

from __future__ import annotations

import msgspec

from ferrygate.sites.site import Site


class ResetLock(msgspec.Struct, frozen=True):
    """A person's word that a site's account is well again: refusals count from 0."""

    request: int
    site: Site


RecordRequest = ResetLock
