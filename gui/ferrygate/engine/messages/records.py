"""Commands about records on this computer, which need no open site and no session."""

from __future__ import annotations

import msgspec

from ferrygate.sites.site import Site


class ResetLock(msgspec.Struct, frozen=True):
    """Count a site's refused sign-ins from 0, as a person says that the account is well again."""

    request: int
    site: Site


RecordRequest = ResetLock
