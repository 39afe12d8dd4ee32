"""A site whose one step is a private key, on OpenSSH."""

from __future__ import annotations

from pathlib import Path

import asyncssh
import pytest

from e2e.program import Program, connection_file
from e2e.screen import at_a_terminal
from ferrygate.sites.site import SignInSettings
from servers.rigs.rig import Rig
from servers.rigs.signing_in import site_of

PASSPHRASE = "quiet harbour"


def site_with_key(openssh: Rig, folder: Path, key: Path) -> Path:
    how = SignInSettings(steps=("publickey",), private_key=str(key))
    return connection_file(folder, site_of(openssh, how))


@pytest.fixture
def encrypted(openssh: Rig, tmp_path: Path) -> Path:
    """Put the same private key under a passphrase."""
    assert openssh.private_key is not None
    path = tmp_path / "id_encrypted"
    path.touch(mode=0o600)
    key = asyncssh.read_private_key(openssh.private_key)
    key.write_private_key(path, passphrase=PASSPHRASE)
    return path


def test_a_key_alone_needs_no_secret(bare: Program, openssh: Rig, tmp_path: Path) -> None:
    assert openssh.private_key is not None
    (openssh.home / "here.txt").touch()
    site = site_with_key(openssh, tmp_path, openssh.private_key)
    outcome = bare("ls", site, openssh.home)
    assert outcome.returncode == 0, outcome.stderr
    assert "here.txt" in outcome.stdout.splitlines()


def test_without_a_person_a_passphrase_is_missing(
    bare: Program, openssh: Rig, tmp_path: Path, encrypted: Path
) -> None:
    outcome = bare("ls", site_with_key(openssh, tmp_path, encrypted))
    assert outcome.returncode == 2
    assert "passphrase" in outcome.stderr.lower()


def test_a_key_of_putty_is_named_with_the_way_on(
    bare: Program, openssh: Rig, tmp_path: Path
) -> None:
    key = tmp_path / "id.ppk"
    key.write_text("PuTTY-User-Key-File-3: ssh-ed25519\n")
    outcome = bare("ls", "--json", site_with_key(openssh, tmp_path, key))
    assert outcome.returncode == 2
    assert '"kind": "private-key"' in outcome.stdout
    assert "Conversions > Export OpenSSH key" in outcome.stderr


def test_a_person_is_asked_for_the_passphrase(
    bare: Program, openssh: Rig, tmp_path: Path, encrypted: Path
) -> None:
    site = site_with_key(openssh, tmp_path, encrypted)
    with at_a_terminal(bare, "ls", site) as screen:
        screen.wait_for("Passphrase of the private key:")
        screen.type(PASSPHRASE)
        assert screen.end() == 0
    assert PASSPHRASE not in screen.text


def test_a_check_looks_at_a_key_without_reading_it_and_asks_for_its_passphrase_to_sign_in(
    bare: Program, openssh: Rig, tmp_path: Path, encrypted: Path
) -> None:
    site = site_with_key(openssh, tmp_path, encrypted)
    free = bare("check", site)
    assert free.returncode == 0, free.stdout
    assert bare("check", site, "--sign-in").returncode == 2
    with at_a_terminal(bare, "check", site, "--sign-in") as screen:
        screen.wait_for("Passphrase of the private key:")
        screen.type(PASSPHRASE)
        assert screen.end() == 0
    assert "The server has accepted the sign-in." in " ".join(screen.text.split())
    assert screen.text.count("Checking the access to") == 2


def test_a_check_asks_for_a_passphrase_once(
    bare: Program, openssh: Rig, tmp_path: Path, encrypted: Path
) -> None:
    site = site_with_key(openssh, tmp_path, encrypted)
    with at_a_terminal(bare, "check", site, "--sign-in") as screen:
        screen.wait_for("Passphrase of the private key:")
        screen.type("not that")
        assert screen.end() == 2
    last = " ".join(screen.text.rpartition("Not checked: ")[2].split())
    assert last.count("File transfer") == 1
