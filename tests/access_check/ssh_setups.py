"""Builds situations on SSH servers that follow a script, and on SFTP servers behind them."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import asyncssh
import paramiko

from access_check.situation import CODE_SECRET, Setup, a_site, leave_home
from ferrygate.common.paths import Home
from ferrygate.sites.site import SignInSettings, Site
from servers.rigs.asking import asking_server
from servers.rigs.asyncssh_thread import serving
from servers.rigs.server_process import HOST
from support.scripted_sftp import ScriptedServer
from support.scripted_ssh import HOST_KEY, Script, scripted_ssh
from support.sftp_bytes import string

_DISCONNECT = b"\x01"  # RFC 4253 §11.1
PINS = (HOST_KEY.fingerprint,)


def files(server: ScriptedServer) -> Callable[[paramiko.Channel], None]:
    """Serve SFTP on a channel as a scripted server answers."""

    def serve(channel: paramiko.Channel) -> None:
        received = bytearray()
        with suppress(EOFError, OSError), closing(channel):  # the client may have been quicker
            while data := channel.recv(1 << 16):
                received += data
                while len(received) >= 4:
                    (length,) = struct.unpack_from(">I", received)
                    if len(received) < 4 + length:
                        break
                    for packet in server.answer(bytes(received[4 : 4 + length])):
                        channel.sendall(packet)
                    del received[: 4 + length]

    return serve


def words(text: bytes) -> Callable[[paramiko.Channel], None]:
    """Run a login script that prints, in place of SFTP."""

    def serve(channel: paramiko.Channel) -> None:
        with suppress(EOFError, OSError), closing(channel):  # as above
            channel.sendall(text)

    return serve


def has_too_many_failures(script: Script) -> None:
    """Answer the password by ending the connection, with a reason."""

    def end() -> None:
        reason = string(b"Too many authentication failures") + string(b"")
        script.transports[-1].say(_DISCONNECT + struct.pack(">I", 2) + reason)
        script.hang_up()

    script.on_password = end


def refuses(script: Script) -> None:
    """Refuse whatever password comes."""
    script.password = ""


def refuses_with_banner(script: Script) -> None:
    """Say why before the password, and refuse it."""
    refuses(script)
    script.banner = "Account suspended. Call 555-0199."


def hangs_up_at_password(script: Script) -> None:
    """Hang up on the password."""
    script.on_password = script.hang_up


def hangs_up_at_channel(script: Script) -> None:
    """End the connection where the session begins, as OpenSSH does over a broken home folder."""
    script.on_channel = script.hang_up


def has_one_channel(script: Script) -> None:
    """Grant one channel and no more."""

    def close_the_door() -> None:
        if script.threads:
            script.channel_refusal = paramiko.common.OPEN_FAILED_RESOURCE_SHORTAGE

    script.subsystem = files(ScriptedServer({}, b"/inbox"))
    script.on_channel = close_the_door


@contextmanager
def on_script(
    _folder: Path,
    *,
    order: Callable[[Script], object],
    prepare: Callable[[Home, Site], None] = leave_home,
    **changes: Any,
) -> Iterator[Setup]:
    """Run an SSH server that takes any password, but for what ``order`` changes."""
    script = Script()
    order(script)
    with scripted_ssh(script) as port:
        site = a_site(HOST, port, **({"host_key_fingerprints": PINS} | changes))
        yield Setup(
            site=site,
            prepare=prepare,
            secrets_sent=lambda: len(script.passwords),
        )


class _Expired(asyncssh.SSHServer):
    """Answers each password with a request for a new one (RFC 4252 §8)."""

    def __init__(self, passwords: list[str]) -> None:
        self._passwords = passwords

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        self._passwords.append(password)
        raise asyncssh.PasswordChangeRequired(f"The password of {username} has expired.")


@contextmanager
def on_expired_password(_folder: Path) -> Iterator[Setup]:
    """Run a server that wants a new password first."""
    key, passwords = asyncssh.generate_private_key("ssh-ed25519"), list[str]()
    with serving(lambda: _Expired(passwords), [key]) as port:
        yield Setup(
            site=a_site(HOST, port, host_key_fingerprints=(key.get_fingerprint(),)),
            secrets_sent=lambda: len(passwords),
        )


@contextmanager
def on_prompt(_folder: Path, *, prompt: str) -> Iterator[Setup]:
    """Run a server that asks one thing."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    with asking_server([("", [(prompt, True)])], host_keys=[key]) as asked:
        how = SignInSettings(steps=("keyboard-interactive",), period=CODE_SECRET.period)
        pins = (key.get_fingerprint(),)
        yield Setup(
            site=a_site(HOST, asked.port, host_key_fingerprints=pins, sign_in=how),
            secrets_sent=lambda: len(asked.answers),
        )


@contextmanager
def on_files(
    folder: Path,
    *,
    folders: tuple[bytes, ...] = (b"/inbox",),
    spoil: Callable[[ScriptedServer], object] = lambda _server: None,
    **changes: Any,
) -> Iterator[Setup]:
    """Run an SFTP server with some folders, which ``spoil`` breaks."""
    server = ScriptedServer({}, *folders)
    spoil(server)

    def order(script: Script) -> None:
        script.subsystem = files(server)

    with on_script(folder, order=order, **changes) as setup:
        yield setup
