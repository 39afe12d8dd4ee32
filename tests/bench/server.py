"""The server that every client meets, and how they reach it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bench.jobs import Access
from bench.links import Link
from ferrygate.sites.connection_file import format_connection_file
from ferrygate.sites.site import SignInSettings, Site
from servers.rigs.openssh import openssh_rig
from servers.rigs.rig import Rig

# Ten connections at a time are what lftp and rclone open; the default begins to refuse there.
_SETTINGS = {"MaxStartups": "100"}


@contextmanager
def running_server(link: Link, state: Path, puttygen: Path | None) -> Iterator[Access]:
    """OpenSSH at the far end of a link, for as long as the context lasts.

    Args:
        link: it listens there.
        state: an empty folder; its path holds no blanks.
        puttygen: makes a key for psftp, where there is one.
    """
    # In a session of its own, so that an interrupt from the terminal ends us and not the listener:
    # its connections would be nobody's then, and outlive it.
    address = replace(link.server, prefix=("setsid", *link.server.prefix))
    with openssh_rig(state, address, _SETTINGS) as rig, link.front(rig.port) as port:
        yield _access(rig, port, state, puttygen)


def _access(rig: Rig, port: int, state: Path, puttygen: Path | None) -> Access:
    assert rig.private_key is not None
    home = state / "clients"
    home.mkdir()
    putty_key = home / "key.ppk"
    if puttygen is not None:
        subprocess.run([puttygen, rig.private_key, "-O", "private", "-o", putty_key], check=True)
    access = Access(
        host=rig.host,
        port=port,
        username=rig.username,
        private_key=rig.private_key,
        putty_key=putty_key,
        known_hosts=home / "known_hosts",
        fingerprints=rig.host_key_fingerprints,
        connection_file=home / "bench.ferrygate",
        home=home,
    )
    access.known_hosts.write_text(_known_hosts(access, state), encoding="ascii")
    access.connection_file.write_text(format_connection_file(_site(access)), encoding="utf-8")
    return access


def _known_hosts(access: Access, state: Path) -> str:
    """sshd(8), SSH_KNOWN_HOSTS FILE FORMAT."""
    lines = []
    for public in sorted(state.glob("host_*.pub")):
        kind, blob, *_comment = public.read_text(encoding="ascii").split()
        lines.append(f"[{access.host}]:{access.port} {kind} {blob}\n")
    return "".join(lines)


def _site(access: Access) -> Site:
    return Site(
        name="Bench",
        host=access.host,
        port=access.port,
        username=access.username,
        host_key_fingerprints=access.fingerprints,
        sign_in=SignInSettings(steps=("publickey",), private_key=str(access.private_key)),
    )
