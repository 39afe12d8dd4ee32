"""Gives a sandbox's account as a site and its code secret."""

from __future__ import annotations

from typing import Any

import msgspec

from ferrygate.codes.totp import CodeSecret
from ferrygate.sandbox.sandbox import Ready
from ferrygate.sites.site import SignInSettings, Site


def site_of(ready: Ready, **changes: Any) -> Site:
    """Make the site, with its host key pinned, and with some changes."""
    site = Site(
        name="Sandbox",
        host=ready.host,
        port=ready.port,
        username=ready.username,
        host_key_fingerprints=(ready.host_key_fingerprint,),
        sign_in=SignInSettings(period=ready.period, okta_address=ready.okta_address),
    )
    return msgspec.structs.replace(site, **changes)


def code_secret_of(ready: Ready) -> CodeSecret:
    """Return the account's code secret."""
    return CodeSecret(key=ready.totp_secret, period=ready.period)
