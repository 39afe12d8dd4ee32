"""A sign-in waits for the server a known number of times: on a slow line that is its cost."""

from __future__ import annotations

import contextlib
import dataclasses
from pathlib import Path

import pytest

from ferrygate.api.connecting import connect
from ferrygate.api.session import Session
from ferrygate.common.paths import Home
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sites.site import SignInSettings
from servers.rigs.keys import make_key
from servers.rigs.rig import Rig
from servers.rigs.signing_in import PASSWORD_THEN_CODE, by_key, sign_in_to
from support.flight_proxy import FlightProxy
from support.sandbox_site import site_of as sandbox_site

pytestmark = pytest.mark.slow  # half a second each time

# Identifications and offers; keys; channel. TCP has one of its own.
_ANY = 3
_METHODS = 1  # with the service; what a server takes is asked before a secret leaves
_STEP = 1  # a password, a key, prompts, answers to them
_SUBSYSTEM = 1  # with INIT
_WINDOW = 1  # OpenSSH takes no INIT with it


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def before_first_request(session: Session, path: str, proxy: FlightProxy) -> int:
    """Count how often a session waits before its first request leaves."""
    with contextlib.closing(session):
        session.stat(path)
        return proxy.flights


def by_proxy(rig: Rig, sign_in: SignInSettings, home: Home) -> int:
    with FlightProxy(rig.port) as proxy:
        session = sign_in_to(dataclasses.replace(rig, port=proxy.port), sign_in, home)
        return before_first_request(session, str(rig.home), proxy)


def test_a_key_is_shown_at_once(openssh: Rig, home: Home) -> None:
    assert by_proxy(openssh, by_key(openssh), home) == _ANY + _STEP + _SUBSYSTEM + _WINDOW


def test_an_rsa_key_waits_only_for_the_service(openssh: Rig, home: Home, tmp_path: Path) -> None:
    """The server names its signing algorithms right after its keys, so the wait is mostly over."""
    assert openssh.private_key is not None
    key = make_key(tmp_path / "id_rsa", "rsa")
    authorized = openssh.private_key.with_suffix(".pub")
    before = authorized.read_bytes()
    authorized.write_bytes(before + key.with_suffix(".pub").read_bytes())
    try:
        rig = dataclasses.replace(openssh, private_key=key)
        flights = by_proxy(rig, by_key(rig), home)
    finally:
        authorized.write_bytes(before)
    at_once = _ANY + _STEP + _SUBSYSTEM + _WINDOW
    assert flights in {at_once, at_once + 1}


def test_methods_and_service_are_asked_together(sandbox: Sandbox, home: Home) -> None:
    ready = sandbox.ready
    with FlightProxy(ready.port) as proxy:
        session = connect(
            sandbox_site(ready, port=proxy.port),
            password=ready.password.reveal(),
            totp_secret=ready.totp_secret.reveal(),
            home=home,
        )
        flights = before_first_request(session, "/", proxy)
    assert flights == _ANY + _METHODS + _STEP + _SUBSYSTEM


def test_a_code_that_is_asked_for_takes_two_more(proftpd: Rig, home: Home) -> None:
    flights = by_proxy(proftpd, PASSWORD_THEN_CODE, home)
    assert flights == _ANY + _METHODS + 3 * _STEP + _SUBSYSTEM
