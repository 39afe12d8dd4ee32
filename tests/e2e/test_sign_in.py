"""Codes, refusals, host keys and secrets that let a command reach its server, or stop it."""

from __future__ import annotations

import re
import signal
import socket
import time
from pathlib import Path

import pytest

from e2e.program import (
    Program,
    after_waiting,
    connection_file,
    records,
    spend_codes,
    wait_for_new_code,
)
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sites.known_hosts import HostKey, KnownHosts
from support.sandbox_site import site_of

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(120)]

OTHER_KEY = HostKey("ssh-ed25519", b"another key")


def wrong(ferrygate: Program, sandbox: Sandbox) -> Program:
    return ferrygate.with_secrets("wrong", sandbox.ready.totp_secret.reveal())


@pytest.mark.slow
def test_a_second_command_uses_a_fresh_code(
    ferrygate: Program, site: Path, sandbox: Sandbox
) -> None:
    wait_for_new_code(sandbox.ready.period)
    outcomes = [ferrygate("ls", site) for _time in range(2)]
    assert [outcome.returncode for outcome in outcomes] == [0, 0]
    assert "inbox/" in outcomes[0].stdout.splitlines()
    assert outcomes[0].stdout == outcomes[1].stdout
    steps = [record.step for record in sandbox.log]
    assert len(set(steps)) == 2


def test_a_code_printed_is_never_sent(ferrygate: Program, site: Path, sandbox: Sandbox) -> None:
    printed = ferrygate("code", site, "--json")
    (told,) = records(printed)
    assert re.fullmatch(r"[0-9]{6}", told["code"])
    assert 0 <= told["seconds_left"] <= sandbox.ready.period
    assert ferrygate("ls", site).returncode == 0
    (record,) = sandbox.log
    assert record.code_hash != sandbox.log.hash_of(told["code"])


def test_ctrl_c_ends_the_wait_for_a_code(
    ferrygate: Program, site: Path, sandbox: Sandbox, private_home: Path
) -> None:
    spend_codes(private_home, sandbox.ready, seconds=120)
    with ferrygate.running("ls", site) as process:
        assert process.stderr is not None
        told = process.stderr.readline()
        assert re.fullmatch(r"Waiting [1-3] s for the next code \(each code is good once\)\n", told)
        process.send_signal(signal.SIGINT)
        assert process.wait(2) == 130
    assert len(sandbox.log) == 0


def test_a_wrong_password_is_one_sentence(ferrygate: Program, site: Path, sandbox: Sandbox) -> None:
    outcome = wrong(ferrygate, sandbox)("ls", site)
    assert outcome.returncode == 3
    assert "The server refused the sign-in." in outcome.stderr
    assert len(after_waiting(outcome.stderr)) == 1
    assert "wrong" not in outcome.stderr
    assert outcome.stdout == ""


@pytest.mark.slow
def test_after_two_refusals_a_person_has_to_say_so(
    ferrygate: Program, site: Path, sandbox: Sandbox
) -> None:
    mistaken = wrong(ferrygate, sandbox)
    assert [mistaken("ls", site).returncode for _time in range(2)] == [3, 3]
    stopped = ferrygate("ls", site, "--json")
    assert stopped.returncode == 6
    assert "--try-anyway" in stopped.stderr
    assert records(stopped)[0]["error"]["kind"] == "lock-out-breaker"
    assert len(sandbox.log) == 2, "the server was asked"
    assert ferrygate("ls", site, "--try-anyway").returncode == 0
    assert ferrygate("ls", site).returncode == 0, "a success opens the breaker"


@pytest.mark.slow
def test_after_four_refusals_only_a_reset_helps(
    ferrygate: Program, site: Path, sandbox: Sandbox
) -> None:
    mistaken = wrong(ferrygate, sandbox)
    refused = [mistaken("ls", site, "--try-anyway").returncode for _time in range(4)]
    assert refused == [3, 3, 3, 3]
    stopped = ferrygate("ls", site, "--try-anyway")
    assert stopped.returncode == 6
    assert f"ferrygate sites reset-lock {site}" in stopped.stderr
    assert len(sandbox.log) == 4, "the server was asked"
    assert ferrygate("sites", "reset-lock", site).returncode == 0
    assert ferrygate("ls", site).returncode == 0


def test_a_changed_host_key_stops_everything(
    ferrygate: Program, site: Path, sandbox: Sandbox, private_home: Path
) -> None:
    spend_codes(private_home, sandbox.ready, seconds=120)  # told before a code is waited for
    known_hosts = KnownHosts(private_home / "known_hosts")
    known_hosts.add(sandbox.ready.host, sandbox.ready.port, OTHER_KEY)
    outcome = ferrygate("ls", site, "--accept-new-host-key")
    assert outcome.returncode == 4
    assert len(sandbox.log) == 0


def test_another_key_than_the_pinned_one_stops_everything(
    ferrygate: Program, sandbox: Sandbox, tmp_path: Path
) -> None:
    pins = (OTHER_KEY.fingerprint,)
    site = connection_file(tmp_path, site_of(sandbox.ready), host_key_fingerprints=pins)
    outcome = ferrygate("ls", site, "--accept-new-host-key")
    assert outcome.returncode == 4
    assert len(sandbox.log) == 0


def test_an_unknown_host_key_is_taken_once_when_asked_for(
    ferrygate: Program, sandbox: Sandbox, tmp_path: Path
) -> None:
    site = connection_file(tmp_path, site_of(sandbox.ready), host_key_fingerprints=())
    refused = ferrygate("ls", site)
    assert refused.returncode == 4
    assert sandbox.ready.host_key_fingerprint in refused.stderr
    assert refused.stderr.rstrip().endswith("same fingerprint, add --accept-new-host-key once.")
    assert len(sandbox.log) == 0
    assert ferrygate("ls", site, "--accept-new-host-key").returncode == 0
    again = ferrygate("ls", site)
    assert again.returncode == 0
    assert sandbox.ready.host_key_fingerprint not in again.stderr


@pytest.mark.parametrize("spent", [0, 120])
def test_nothing_listening_is_told_soon(
    ferrygate: Program, sandbox: Sandbox, tmp_path: Path, private_home: Path, *, spent: int
) -> None:
    spend_codes(private_home, sandbox.ready, seconds=spent)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        site = connection_file(tmp_path, site_of(sandbox.ready), port=closed.getsockname()[1])
        began = time.monotonic()
        outcome = ferrygate("ls", site)
    assert outcome.returncode == 5
    assert time.monotonic() - began < 15
    assert len(outcome.stderr.splitlines()) == 1


def test_a_broken_connection_file_is_told_by_key_and_line(bare: Program, tmp_path: Path) -> None:
    path = tmp_path / "broken.ferrygate"
    path.write_text('format = 1\nname = "Acme"\nhost = "sftp.example.org"\nprot = 22\n')
    outcome = bare("ls", path, "--json")
    assert outcome.returncode == 2
    assert "line 4" in outcome.stderr
    assert "“prot”" in outcome.stderr
    assert records(outcome)[0]["error"]["kind"] == "connection-file"


def test_a_site_that_is_not_saved_is_wrong_usage(bare: Program) -> None:
    assert bare("ls", "nowhere").returncode == 2


def test_without_secrets_and_without_a_person_nothing_begins(
    bare: Program, site: Path, sandbox: Sandbox
) -> None:
    outcome = bare("ls", site)
    assert outcome.returncode == 2
    assert re.search("The password .* is missing.* Set FERRYGATE_PASSWORD", outcome.stderr)
    outcome = Program({**bare.environment, "FERRYGATE_PASSWORD": "pw"})("ls", site)
    assert outcome.returncode == 2
    assert re.search("The key for the codes .* Set FERRYGATE_TOTP_SECRET", outcome.stderr)
    assert len(sandbox.log) == 0


def test_an_unusable_secret_is_not_quoted(bare: Program, site: Path) -> None:
    outcome = bare.with_secrets("correct horse", "not!a!key")("ls", site, "--verbose")
    assert outcome.returncode == 2
    assert "not!a!key" not in outcome.stderr
