"""Any server that the product can be signed in to, under one shape."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ferrygate.api.connecting import connect
from ferrygate.api.session import Session
from ferrygate.common.clock import SystemClock
from ferrygate.common.paths import Home
from ferrygate.sandbox.sandbox import Sandbox, SandboxOptions
from ferrygate.sites.site import SignInSettings
from servers.rigs.openssh import openssh_rig
from servers.rigs.openssh_otp import openssh_otp_rig
from servers.rigs.proftpd import proftpd_rig
from servers.rigs.rig import Rig
from servers.rigs.signing_in import PASSWORD_THEN_CODE, by_key, sign_in_to
from support.sandbox_site import site_of

MIB = 1 << 20
NEW_CONNECTION = r"Connection from 127\.0\.0\.1 port|SSH2 session opened"
RIGS: dict[
    str, tuple[Callable[[Path], AbstractContextManager[Rig]], Callable[[Rig], SignInSettings]]
] = {
    "openssh": (openssh_rig, by_key),
    "openssh_otp": (openssh_otp_rig, lambda _rig: SignInSettings()),
    "proftpd": (proftpd_rig, lambda _rig: PASSWORD_THEN_CODE),
}


@dataclass(frozen=True)
class Peer:
    """A signed-in session, and where its files lie.

    Attributes:
        session: one for all tests, so that one code is spent.
        home: the folder to work in, as the server names it.
        disk: the same folder on this disk.
        connections: how many the server has taken so far.
        any_bytes: the server takes names that are not UTF-8.
    """

    session: Session
    home: str
    disk: Path
    connections: Callable[[], int]
    any_bytes: bool


@contextmanager
def running_peer(name: str, state: Path, home: Home) -> Iterator[Peer]:
    """Run a server and a session on it.

    Args:
        name: ``sandbox``, or one of the rigs.
        state: an empty folder for the server.
        home: where the client keeps its files.
    """
    with ExitStack() as running:
        if name == "sandbox":
            peer = _on_sandbox(running, state, home)
        else:
            make_rig, sign_in = RIGS[name]
            peer = _on_rig(running.enter_context(make_rig(state)), sign_in, home)
        running.enter_context(peer.session)
        _start_all_lanes(peer, home.root / "first")
        yield peer


def _on_rig(rig: Rig, sign_in: Callable[[Rig], SignInSettings], home: Home) -> Peer:
    return Peer(
        session=sign_in_to(rig, sign_in(rig), home),
        home=str(rig.home),
        disk=rig.home,
        connections=lambda: len(re.findall(NEW_CONNECTION, rig.server.log())),
        any_bytes=True,
    )


def _on_sandbox(running: ExitStack, state: Path, home: Home) -> Peer:
    options = SandboxOptions(state=state / "state", root=state / "root", period=3)
    sandbox = running.enter_context(Sandbox(options, SystemClock()))
    session = connect(
        site_of(sandbox.ready),
        password=sandbox.ready.password.reveal(),
        totp_secret=sandbox.ready.totp_secret.reveal(),
        home=home,
    )
    return Peer(
        session=session,
        home="",
        disk=sandbox.ready.root,
        connections=lambda: sandbox.counters.connections,
        any_bytes=False,
    )


def _start_all_lanes(peer: Peer, folder: Path) -> None:
    """Threads that live as long as the session are there before the first test."""
    folder.mkdir()
    for number in range(8):  # large enough that each would have a lane to itself
        folder.joinpath(f"{number}").write_bytes(bytes(9 * MIB))
    home = peer.home or "/"
    assert peer.session.put([folder], home).complete
    assert peer.session.get([f"{home}/first/0"], folder / "back").complete  # flushed on a thread
