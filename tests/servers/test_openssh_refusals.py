"""OpenSSH lets people transfer no files: its words, and what people are told."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from ferrygate.api.connecting import connect
from ferrygate.cli.exit_codes import exit_for
from ferrygate.common.errors import FerrygateError, Kind, Problem
from ferrygate.common.paths import Home
from ferrygate.sites.site import SignInSettings
from servers.rigs.keys import make_key
from servers.rigs.openssh import openssh_rig
from servers.rigs.rig import Rig
from servers.rigs.signing_in import by_key, site_of

UNUSABLE, BUSY = Kind.SERVER_UNUSABLE, Kind.SERVER_BUSY


@contextmanager
def sshd(folder: Path, **settings: str) -> Iterator[Rig]:
    state = folder / "sshd"
    state.mkdir()
    with openssh_rig(state, extra=settings) as rig:
        yield rig


def refused(rig: Rig, folder: Path, sign_in: SignInSettings | None = None) -> Problem:
    site = site_of(rig, sign_in or by_key(rig))
    with pytest.raises(FerrygateError) as caught, connect(site, home=Home(folder / "home")):
        pass
    return caught.value.problem


@pytest.mark.parametrize(
    ("setting", "value", "sentence", "said"),
    [
        (
            "ForceCommand",
            "/nowhere/sftp-server",
            "no file transfer",
            "",
        ),  # standard error is dropped
        ("ForceCommand", "echo git only, sorry", "not part of a file transfer", "git only, sorry"),
        ("MaxSessions", "0", "no file transfer", "open failed"),
        ("Ciphers", "chacha20-poly1305@openssh.com", "does not have", ""),
    ],
)
def test_a_server_that_cannot_be_used(
    tmp_path: Path, setting: str, value: str, sentence: str, said: str
) -> None:
    with sshd(tmp_path, **{setting: value}) as rig:
        problem = refused(rig, tmp_path)
    assert sentence in str(problem.sentence)
    assert said in problem.server_said
    assert (problem.kind, exit_for(problem.kind)) == (UNUSABLE, 5)
    assert problem.next_step


def test_a_server_that_takes_rsa_keys_in_the_old_way_only(tmp_path: Path) -> None:
    key = make_key(tmp_path / "id_rsa", "rsa")
    settings = {
        "PubkeyAcceptedAlgorithms": "ssh-rsa",
        "AuthorizedKeysFile": str(key.with_suffix(".pub")),
    }
    with sshd(tmp_path, **settings) as rig:
        problem = refused(rig, tmp_path, SignInSettings(steps=("publickey",), private_key=str(key)))
    assert (problem.kind, exit_for(problem.kind)) == (Kind.SIGN_IN_REFUSED, 3)
    # This sshd does not say that it takes the old way only.
    assert "Ed25519" in str(problem.next_step)


def test_a_banner_goes_with_a_refusal(tmp_path: Path) -> None:
    text = tmp_path / "banner"
    text.write_text("Suspended.\nCall 555-0199.\n")
    key = make_key(tmp_path / "id_other", "ed25519")
    with sshd(tmp_path, Banner=str(text)) as rig:
        problem = refused(rig, tmp_path, SignInSettings(steps=("publickey",), private_key=str(key)))
    assert problem.kind is Kind.SIGN_IN_REFUSED
    assert problem.server_said == "Suspended. Call 555-0199."


def test_a_server_that_has_too_many_guests(tmp_path: Path) -> None:
    with sshd(tmp_path, MaxStartups="1:100:1") as rig, ExitStack() as guests:
        for _ in range(2):
            guest = guests.enter_context(socket.create_connection((rig.host, rig.port)))
            guest.settimeout(5)
            guest.recv(100)  # its name, or that there are too many
        problem = refused(rig, tmp_path)
    assert (problem.kind, exit_for(problem.kind)) == (BUSY, 5)
    assert "MaxStartups" in problem.server_said
