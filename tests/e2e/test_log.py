"""The log of a run: what runs, and how far its sign-in came."""

from __future__ import annotations

from pathlib import Path

import pytest

from e2e.program import connection_file, program_for
from ferrygate.sandbox.sandbox import Sandbox
from support.sandbox_site import site_of

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(120)]


def lines_of(home: Path) -> list[str]:
    """Each line of the log, without its time."""
    text = (home / "logs" / "ferrygate.log").read_text("utf-8")
    return [line.split(" ", 1)[1] for line in text.splitlines()]


def steps_of(lines: list[str]) -> list[str]:
    """Give the sign-in's steps, in their order."""
    begin = "INFO ferrygate.sign_in: "
    return [line.removeprefix(begin) for line in lines if line.startswith(begin)]


def test_a_refused_sign_ins_log_says_which_step_failed_and_why(
    sandbox: Sandbox, private_home: Path, tmp_path: Path
) -> None:
    ready = sandbox.ready
    wrong = program_for(ready).with_secrets("wrong-Passw0rd", ready.totp_secret.reveal())
    outcome = wrong("ls", connection_file(tmp_path, site_of(ready)), "--verbose")
    assert outcome.returncode == 3

    lines = lines_of(private_home)
    assert lines[0].startswith("INFO ferrygate: Ferrygate ")
    assert ": ls, site 'Sandbox'; Python 3." in lines[0]
    assert ", paramiko " in lines[0]
    steps = steps_of(lines)
    assert [step.split(":")[0] for step in steps] == [
        "settings",
        "dns",
        "tcp",
        "first-line",
        "algorithms",
        "host-key",
        "methods",
        "sent",
        "answered",
        "answered",
    ]
    assert steps[3] == "first-line: SSH-2.0-AWS_SFTP_1.2"
    assert "post-quantum), ssh-ed25519, aes" in steps[4]
    assert ready.host_key_fingerprint in steps[5]
    assert steps[7] == "sent: password and code (method password)"
    assert steps[8].startswith("answered: refused (method password)")
    assert steps[9].startswith("answered: failed, sign-in-refused: refusals in a row: 1")
    for step in steps:  # the details are the same stream
        assert step in outcome.stderr
    assert "wrong-Passw0rd" not in outcome.stderr + "\n".join(lines)


def test_a_sign_in_that_goes_well_ends_with_sftp(
    sandbox: Sandbox, private_home: Path, tmp_path: Path
) -> None:
    ready = sandbox.ready
    (tmp_path / "report.csv").write_text("a,b\n", "utf-8")
    program = program_for(ready)
    program.environment["FERRYGATE_LOG"] = "debug"
    site = connection_file(tmp_path, site_of(ready))
    assert program("put", site, tmp_path / "report.csv", "/inbox").returncode == 0
    lines = lines_of(private_home)
    assert "DEBUG ferrygate.transfers.schedule.lane: transfer-1 has a channel" in lines
    assert any(line.startswith("DEBUG ferrygate.sftp.connection: channel opened") for line in lines)
    assert steps_of(lines)[-3:] == [
        "answered: accepted (method password)",
        "channel: opened",
        "sftp: version 3, object store; extensions: none",
    ]
