"""Ways to ask the sandbox's Okta as the product does."""

from __future__ import annotations

import secrets
from pathlib import Path

from ferrygate.common.clock import Clock
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sign_in.ledger import Ledger
from ferrygate.sign_in.okta_attempts import OktaAttempts
from ferrygate.sign_in.okta_http import Opener
from ferrygate.sign_in.processes import SystemProcesses
from ferrygate.sites.site import SignIn, Site
from ferrygate.sites.skew import SkewStore


class OktaRig:
    """A ledger, the corrections of the clock, and the attempts that use both."""

    def __init__(self, folder: Path, clock: Clock, opener: Opener) -> None:
        self.ledger = Ledger(folder / "ledger", clock, SystemProcesses(), secrets.token_bytes)
        self.skews = SkewStore(folder / "skew.json")
        self.attempts = OktaAttempts(self.ledger, self.skews, opener, clock)


def site_of(sandbox: Sandbox) -> Site:
    """The sandbox's account."""
    ready = sandbox.ready
    return Site(
        name="Sandbox",
        host=ready.host,
        port=ready.port,
        username=ready.username,
        host_key_fingerprints=(ready.host_key_fingerprint,),
        sign_in=SignIn(period=ready.period, okta_address=ready.okta_address),
    )
