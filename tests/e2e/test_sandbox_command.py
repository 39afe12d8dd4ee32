"""The sandbox as a program of its own."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from pathlib import Path

import pytest

from e2e.program import PROGRAM, Program
from ferrygate.codes.otpauth import parse_otpauth
from ferrygate.sites.connection_file import read_connection_file
from ferrygate.sites.site import Policy

pytestmark = pytest.mark.sandbox


def test_the_ready_line_has_what_a_client_needs(bare: Program, private_home: Path) -> None:
    with bare.sandbox("--period", "7") as ready:
        site = read_connection_file(Path(ready["connection_file"]))
    assert list(ready) == [
        "event",
        "ready",
        "host",
        "port",
        "username",
        "password",
        "totp_secret",
        "otpauth_uri",
        "host_key_fingerprint",
        "connection_file",
        "okta_address",
        "root",
    ]
    assert ready["ready"] is True
    assert ready["host"] == "127.0.0.1"
    assert (site.host, site.port, site.username) == (
        ready["host"],
        ready["port"],
        ready["username"],
    )
    assert site.host_key_fingerprints == (ready["host_key_fingerprint"],)
    assert (site.sign_in.okta_address, site.sign_in.period) == (ready["okta_address"], 7)
    assert site.policy == Policy()
    secret = parse_otpauth(ready["otpauth_uri"])
    assert (secret.key.reveal(), secret.period) == (ready["totp_secret"], 7)
    assert Path(ready["root"]).is_relative_to(private_home)


def test_what_it_says_can_be_pasted(bare: Program) -> None:
    with bare.running("sandbox", "--period", "3") as process:
        assert process.stdout is not None
        lines = map(str.strip, process.stdout)
        assert any(line.startswith("connection_file") for line in lines)
        assert "To try it, in another terminal:" in lines
        *exports, command = (next(lines) for _line in range(4))
        typed = command.replace("ferrygate", shlex.join(PROGRAM), 1)
        outcome = subprocess.run(
            ["/bin/sh", "-ec", "\n".join([*exports, typed])],
            env=bare.environment,
            capture_output=True,
            text=True,
            timeout=40,
            check=False,
        )
    assert outcome.returncode == 0, outcome.stderr
    assert "inbox/" in outcome.stdout.splitlines()


def test_its_host_key_stays_and_its_secrets_do_not(bare: Program) -> None:
    with bare.sandbox() as first, bare.sandbox() as second:
        files = [Path(ready["connection_file"]) for ready in (first, second)]
        ports = [read_connection_file(file).port for file in files]
    assert ports == [first["port"], second["port"]], "the second has overwritten the first's file"
    with bare.sandbox() as third:
        assert Path(third["connection_file"]) == files[0], "the name is free again"
    assert first["host_key_fingerprint"] == second["host_key_fingerprint"]
    assert first["password"] != second["password"]
    assert first["totp_secret"] != second["totp_secret"]


def test_its_store_can_stand_elsewhere(bare: Program, tmp_path: Path) -> None:
    with bare.sandbox("--root", str(tmp_path / "store")) as ready:
        assert Path(ready["root"]) == tmp_path / "store" / ready["username"]
        assert (tmp_path / "store" / ready["username"]).is_dir()


def test_ctrl_c_ends_it_well(bare: Program) -> None:
    with bare.running("sandbox") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "The sandbox is ready. Ctrl+C ends it.\n"
        process.send_signal(signal.SIGINT)
        _output, told = process.communicate(timeout=20)
    assert process.returncode == 0
    assert told == ""


def test_it_can_end_with_its_input(bare: Program) -> None:
    with bare.running("sandbox", "--end-with-input") as process:
        assert process.stdout is not None
        process.stdout.readline()
        _output, told = process.communicate(timeout=20)
    assert process.returncode == 0
    assert told == ""


def test_a_port_that_is_taken_is_one_sentence(bare: Program) -> None:
    with bare.sandbox() as ready:
        outcome = bare("sandbox", "--port", str(ready["port"]))
    assert outcome.returncode == 2
    assert f"Port {ready['port']} is in use by another program." in outcome.stderr


def test_a_host_whose_name_no_host_can_have_is_one_sentence(bare: Program) -> None:
    outcome = bare("sandbox", "--host", "a..b")
    assert outcome.returncode == 2
    assert "“a..b” is no address to listen on." in outcome.stderr


def test_only_its_owner_can_read_what_it_keeps(bare: Program, private_home: Path) -> None:
    with bare.sandbox():
        pass
    modes = {
        path.name: path.stat().st_mode & 0o077
        for path in (private_home, private_home / "sandbox", private_home / "sandbox" / "host_key")
    }
    assert set(modes.values()) == {0}, modes
    assert os.access(private_home / "sandbox" / "sandbox.ferrygate", os.R_OK)
