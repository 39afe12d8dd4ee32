"""Builds situations on the sandbox: AWS Transfer Family, an identity function and an Okta."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from access_check.situation import CODE_SECRET, CONTACT, GIVEN, PASSWORD, Setup, leave_home
from ferrygate.common.clock import Clock
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.paths import Home
from ferrygate.sandbox.sandbox import Sandbox, SandboxOptions
from ferrygate.sandbox.settings import Settings
from ferrygate.sites.site import Site, Support
from support.fake_clock import WallClock
from support.sandbox_site import site_of

NOW = WallClock().now()
"""The date of all clocks that are right, in seconds since the epoch."""

_OKTA_LOG = logging.getLogger("ferrygate.sandbox.okta_server")


class OktaPosts(logging.Handler):
    """Counts the requests that may hold a secret, in the log of the local Okta."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += "POST" in record.getMessage()


@contextmanager
def okta_posts() -> Iterator[OktaPosts]:
    """Count what the local Okta is asked from now on."""
    posts, level = OktaPosts(), _OKTA_LOG.level
    _OKTA_LOG.setLevel(logging.DEBUG)
    _OKTA_LOG.addHandler(posts)
    try:
        yield posts
    finally:
        _OKTA_LOG.removeHandler(posts)
        _OKTA_LOG.setLevel(level)


def healthy(_box: Sandbox) -> None:
    """Leave the sandbox as it is."""


def as_it_is(site: Site) -> Site:
    """Leave the site as the sandbox names it."""
    return site


@contextmanager
def on_sandbox(
    folder: Path,
    *,
    order: Callable[[Sandbox], object] = healthy,
    change: Callable[[Site], Site] = as_it_is,
    settings: Settings = Settings(),  # noqa: B008  frozen
    given: GivenSecrets = GIVEN,
    clock: Clock | None = None,
    prepare: Callable[[Home, Site], None] = leave_home,
) -> Iterator[Setup]:
    """Run a sandbox that ``order`` breaks, for a site that ``change`` changes."""
    options = SandboxOptions(
        state=folder / "state",
        root=folder / "root",
        password=PASSWORD,
        code_secret=CODE_SECRET,
        settings=settings,
    )
    with Sandbox(options, WallClock()) as box, okta_posts() as posts:
        order(box)
        site = change(site_of(box.ready, name="Acme exports", support=Support(contact=CONTACT)))
        yield Setup(
            site=site,
            given=given,
            clock=clock or WallClock(),
            prepare=prepare,
            secrets_sent=lambda: len(box.log) + posts.count,
        )


def without_okta(site: Site) -> Site:
    """Leave out where Okta can be asked."""
    sign_in = msgspec.structs.replace(site.sign_in, okta_address="")
    return msgspec.structs.replace(site, sign_in=sign_in)


def with_username(name: str) -> Callable[[Site], Site]:
    """Make a change of the user name."""
    return lambda site: msgspec.structs.replace(site, username=name)


def use_up_codes(box: Sandbox) -> None:
    """Have each code of these minutes be used already, as by another program."""
    now = CODE_SECRET.step_at(NOW)
    (factor,) = box.organization.account.factors
    box.organization.account.used_steps |= {(factor.id, now + step) for step in range(-30, 30)}
