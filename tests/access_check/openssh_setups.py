"""Builds situations on OpenSSH, by lines of its configuration."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from access_check.situation import CONTACT, Setup
from ferrygate.common.clock import Clock, SystemClock
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.secret import Secret
from ferrygate.sites.site import SignInSettings, Site, Support
from servers.rigs.keys import make_key, protect
from servers.rigs.openssh import openssh_rig
from servers.rigs.openssh_otp import openssh_otp_rig
from servers.rigs.rig import Rig
from servers.rigs.signing_in import by_key, site_of
from support.fake_clock import WallClock

# At DEBUG1 the server tells of each request (sshd's auth2.c), of which "none" asks for the methods
# alone; otherwise of each that it has judged (sshd's auth.c).
_REQUEST = re.compile(
    r"userauth-request for user \S* service \S+ method (?!none\b)\S+"
    r"|(?:Failed|Accepted) (?!none\b)\S+ for"
)
_LOGGED = {"LogLevel": "DEBUG1"}
NO_SECRETS = GivenSecrets()


@contextmanager
def on_openssh(
    folder: Path,
    *,
    settings: Mapping[str, str] = {},
    sign_in: Callable[[Rig], SignInSettings] = by_key,
    given: GivenSecrets = NO_SECRETS,
    crowd: int = 0,
) -> Iterator[Setup]:
    """Run an sshd with some settings.

    Args:
        folder: an empty folder.
        settings: of sshd_config(5).
        sign_in: makes the site's ways to sign in.
        given: secrets of the environment.
        crowd: connections that are made first, and stay.
    """
    state = folder / "sshd"
    state.mkdir()
    with openssh_rig(state, extra={**_LOGGED, **settings}) as rig, ExitStack() as guests:
        for _ in range(crowd):
            guest = guests.enter_context(socket.create_connection((rig.host, rig.port)))
            guest.settimeout(5)
            guest.recv(100)  # its name, or that there are too many
        yield _setup(rig, site_of(rig, sign_in(rig)), given, WallClock())


@contextmanager
def on_openssh_otp(folder: Path, *, other_secret: Secret) -> Iterator[Setup]:
    """Run an sshd with PAM and google-authenticator, whose code secret is not the caller's.

    Needs root.
    """
    state = folder / "otp"
    state.mkdir(mode=0o700)
    with openssh_otp_rig(state) as rig:
        given = GivenSecrets(password=rig.password, totp_secret=other_secret)
        yield _setup(rig, site_of(rig, SignInSettings()), given, SystemClock())


def by_other_key(rig: Rig) -> SignInSettings:
    """Use a private key that the account does not know."""
    key = make_key(rig.home.parent / "id_other", "ed25519")
    return SignInSettings(steps=("publickey",), private_key=str(key))


def by_protected_key(rig: Rig) -> SignInSettings:
    """Use the account's private key, which needs a passphrase by now."""
    assert rig.private_key is not None
    protect(rig.private_key, "open sesame")
    return by_key(rig)


def by_password(_rig: Rig) -> SignInSettings:
    """Want the password with the code, as most sites do."""
    return SignInSettings(period=5)


def _setup(rig: Rig, site: Site, given: GivenSecrets, clock: Clock) -> Setup:
    return Setup(
        site=msgspec.structs.replace(site, name="Acme exports", support=Support(contact=CONTACT)),
        given=given,
        clock=clock,
        secrets_sent=lambda: len(_REQUEST.findall(rig.server.log())),
    )
