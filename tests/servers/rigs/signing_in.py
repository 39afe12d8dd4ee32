"""Signing in to a rig as the product does it."""

from __future__ import annotations

import msgspec

from ferrygate.api.connecting import connect
from ferrygate.api.session import Session
from ferrygate.common.paths import Home
from ferrygate.sites.site import SignInSettings, Site
from servers.rigs.rig import Rig

PASSWORD_THEN_CODE = SignInSettings(steps=("password", "keyboard-interactive"), join="{password}")
"""The password alone by the ``password`` method, then the code when it is asked for."""


def site_of(rig: Rig, sign_in: SignInSettings) -> Site:
    """Make the site of a rig's account: its host keys pinned, its codes as long-lived as here."""
    if rig.code_secret is not None:
        sign_in = msgspec.structs.replace(sign_in, period=rig.code_secret.period)
    return Site(
        name="rig",
        host=rig.host,
        port=rig.port,
        username=rig.username,
        host_key_fingerprints=rig.host_key_fingerprints,
        sign_in=sign_in,
    )


def by_key(rig: Rig) -> SignInSettings:
    """Give the rig's private key, and nothing else."""
    return SignInSettings(steps=("publickey",), private_key=str(rig.private_key))


def sign_in_to(rig: Rig, sign_in: SignInSettings, home: Home) -> Session:
    """Open a session with what the rig's account has of password and code secret."""
    return connect(
        site_of(rig, sign_in),
        password=rig.password.reveal() if rig.password else None,
        totp_secret=rig.code_secret.key.reveal() if rig.code_secret else None,
        home=home,
    )
