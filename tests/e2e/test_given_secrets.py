"""Secrets from files and the environment, with the whole program."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

import ferrygate
from e2e.program import Program, connection_file, records
from ferrygate.common.errors import CodeSecretError
from ferrygate.common.paths import Home
from ferrygate.common.secret import Secret
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sites.site import Site
from support.sandbox_fixtures import MakeSandbox
from support.sandbox_site import site_of

pytestmark = pytest.mark.sandbox


def secret_file(path: Path, text: str) -> str:
    path.write_text(text)
    path.chmod(0o600)
    return str(path)


def with_files(bare: Program, sandbox: Sandbox, folder: Path, **more: str) -> Program:
    """Give the program, with a sandbox's secrets in files that end in a line end."""
    ready = sandbox.ready
    files = {
        "FERRYGATE_PASSWORD_FILE": secret_file(folder / "p", f"{ready.password.reveal()}\n"),
        "FERRYGATE_TOTP_SECRET_FILE": secret_file(
            folder / "k", f"{ready.totp_secret.reveal()}\r\n"
        ),
    }
    return Program({**bare.environment, **files, **more})


def test_a_password_that_ends_in_a_space_signs_in_and_is_warned_of_once(
    bare: Program, make_sandbox: MakeSandbox, tmp_path: Path
) -> None:
    sandbox = make_sandbox(period=3, password=Secret("pw "))
    site = connection_file(tmp_path, site_of(sandbox.ready))
    outcome = with_files(bare, sandbox, tmp_path)("ls", site, "--json")
    assert outcome.returncode == 0, outcome.stderr
    (warning,) = records(outcome, "warning")
    assert warning["code"] == "invisible-characters"
    assert outcome.stderr.count("The password ends in a space, which nobody can see.") == 1


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("FERRYGATE_PASSWORD", os.fsdecode(b"caf\xe9"), "FERRYGATE_PASSWORD is not UTF-8 text."),
        ("FERRYGATE_PASSWORD", "pw\n\n", "FERRYGATE_PASSWORD holds more than one line."),
        (
            "FERRYGATE_PASSWORD",
            "pw",
            "FERRYGATE_PASSWORD and FERRYGATE_PASSWORD_FILE are given",
        ),
    ],
)
def test_secrets_that_cannot_be_used_end_a_command_before_anything_is_sent(
    bare: Program, sandbox: Sandbox, tmp_path: Path, variable: str, value: str, words: str
) -> None:
    site = connection_file(tmp_path, site_of(sandbox.ready))
    program = with_files(bare, sandbox, tmp_path, **{variable: value})
    if "given" not in words:
        del program.environment["FERRYGATE_PASSWORD_FILE"]
    outcome = program("ls", site)
    assert outcome.returncode == 2
    assert words in outcome.stderr
    assert len(sandbox.log) == 0


@pytest.mark.parametrize("key", ["zzz", "zzz2", "0189", "otpauth://totp/a?secret=zzz"])
@pytest.mark.parametrize("place", ["environment", "file", "credentials", "library"])
def test_what_can_be_no_key_ends_a_command_before_the_server_is_reached(
    bare: Program, tmp_path: Path, key: str, place: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        site = connection_file(tmp_path, Site(name="s", host="127.0.0.1", port=port, username="u"))
        given = {"FERRYGATE_PASSWORD": "pw"}
        if place == "environment":
            given["FERRYGATE_TOTP_SECRET"] = key
        elif place == "file":
            given["FERRYGATE_TOTP_SECRET_FILE"] = secret_file(tmp_path / "k", key)
        elif place == "credentials":
            secret_file(tmp_path / "ferrygate.totp-secret", key)
            given["CREDENTIALS_DIRECTORY"] = str(tmp_path)
        if place == "library":
            home = Home(tmp_path / "home")
            with pytest.raises(CodeSecretError):
                ferrygate.connect(site, password="pw", totp_secret=key, home=home)
        else:
            outcome = Program({**bare.environment, **given})("put", site, site, "/inbox")
            assert outcome.returncode == 2
            assert key not in outcome.stderr
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_command_that_needs_no_secret_reads_none(bare: Program) -> None:
    program = Program({**bare.environment, "FERRYGATE_PASSWORD_FILE": "/dev/zero"})
    assert program("sites", "list").returncode == 0


def test_an_address_for_codes_is_no_argument(bare: Program, site: Path) -> None:
    address = "otpauth://totp/a?secret=JBSWY3DPEHPK3PXP"
    outcome = bare("enroll", site, "--uri", address)
    assert outcome.returncode == 2
    assert "--uri -" in outcome.stderr
    assert "JBSWY3DP" not in outcome.stderr + outcome.stdout
