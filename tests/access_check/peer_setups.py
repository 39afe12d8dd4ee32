"""Builds situations on ports that answer in another way than a file transfer server, or not."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from access_check.situation import CODE_SECRET, GIVEN, PASSWORD, Setup, a_site
from ferrygate.sites.site import SignInSettings
from servers.rigs.server_process import HOST, free_port
from support.broken_peers import Behaviour, Stranger, raw_peer
from support.fake_clock import FastClock

_SPEED = 10.0  # of the clock where a wait would be long
NO_SUCH_HOST = "fe80::1%nosuch"  # the system's resolver knows by itself that there is none
_SECRETS = [PASSWORD.reveal(), (GIVEN.totp_secret or PASSWORD).reveal()]


def says(*words: bytes) -> Behaviour:
    """Make a peer that says this at once, and then waits for the other side to go."""

    def behave(stranger: Stranger) -> None:
        for word in words:
            stranger.say(word)
        stranger.fall_silent()

    return behave


def turns_away(words: bytes = b"") -> Behaviour:
    """Make a peer that hangs up at once, without a word as a forwarder whose server is gone."""

    def behave(stranger: Stranger) -> None:
        stranger.say(words)

    return behave


def answers_requests(words: bytes) -> Behaviour:
    """Make a peer that waits for a request, as those of HTTP and TLS do."""

    def behave(stranger: Stranger) -> None:
        stranger.hear()
        stranger.say(words)
        stranger.fall_silent()

    return behave


@contextmanager
def on_peer(_folder: Path, *, behave: Behaviour) -> Iterator[Setup]:
    """Open a port that behaves so."""
    with raw_peer(behave) as (port, came):
        yield Setup(site=a_site(HOST, port), secrets_sent=lambda: _secrets_in(came))


@contextmanager
def on_closed_port(_folder: Path) -> Iterator[Setup]:
    """Name a port that nothing listens on."""
    yield Setup(site=a_site(HOST, free_port()))


@contextmanager
def on_missing_name(_folder: Path) -> Iterator[Setup]:
    """Name a host that there is not, without a question to a name server."""
    yield Setup(site=a_site(NO_SUCH_HOST))


@contextmanager
def on_no_network(_folder: Path) -> Iterator[Setup]:
    """Name a host and an Okta address, neither of which is found."""
    how = SignInSettings(period=CODE_SECRET.period, okta_address=f"http://{HOST}:{free_port()}")
    yield Setup(site=a_site(NO_SUCH_HOST, sign_in=how))


@contextmanager
def on_filtered_port(_folder: Path) -> Iterator[Setup]:
    """Name a port whose first packets are dropped, as a firewall does."""
    with full_ports(1) as (port,):
        yield Setup(site=a_site(HOST, port), clock=FastClock(_SPEED))


@contextmanager
def full_ports(count: int) -> Iterator[Sequence[int]]:
    """Make ports whose queues are full, so that nothing is heard of a dial."""
    with ExitStack() as held:
        yield [_full_port(held) for _port in range(count)]


def _full_port(held: ExitStack) -> int:
    server = held.enter_context(socket.create_server((HOST, 0), backlog=0))
    for _ in range(4):
        caller = held.enter_context(socket.socket())
        caller.settimeout(0)
        caller.connect_ex(server.getsockname())
    port: int = server.getsockname()[1]
    return port


def _secrets_in(came: list[Stranger]) -> int:
    """Count the secrets in what reached the port in clear."""
    heard = b"".join(bytes(stranger.heard) for stranger in came)
    return sum(secret.encode() in heard for secret in _SECRETS)
