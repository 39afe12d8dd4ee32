"""``ferrygate check --report``: what can be mailed after a run full of known secrets."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from e2e.program import Completed, Program, connection_file, program_for
from ferrygate.cli.exit_codes import Exit
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sites.site import SignInSettings, Site
from servers.rigs.asking import Round, asking_server
from servers.rigs.server_process import HOST
from support.sandbox_site import site_of
from support.secret_spellings import found_in, spellings

PASSWORD, KEY = "correct <horse> & 1/4 of staple", "JBSWY3DPEHPK3PXP"


def told(done: Completed, *folders: Path) -> str:
    """Join all that a run has printed and written."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    texts = [path.read_bytes().decode("utf-8", "replace") for path in files]
    return "\n".join([done.stdout, done.stderr, *texts])


def test_a_report_tells_what_a_check_without_a_sign_in_has_found(
    bare: Program, sandbox: Sandbox, tmp_path: Path
) -> None:
    site = connection_file(tmp_path, site_of(sandbox.ready))
    page = tmp_path / "report" / "check.html"
    page.parent.mkdir()
    done = bare("check", site, "--json", "--report", page)
    assert done.returncode == Exit.DONE, done.stderr
    assert f"The report is in “{page}”" in done.stderr
    record = json.loads(page.with_suffix(".json").read_text("utf-8"))
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    stages = [line for line in lines if line["event"] == "stage"]
    assert [each["stage"] for each in record["stages"]] == [each["stage"] for each in stages]
    assert [each["result"] for each in record["stages"]] == [each["result"] for each in stages]
    assert record["summary"]["result"] == lines[-1]["result"]
    assert any("first-line: SSH-2.0-" in line for line in record["log"])
    assert {file.stat().st_mode & 0o777 for file in page.parent.iterdir()} == {0o600}
    assert len(sandbox.log) == 0


def test_names_are_shortened_on_request(bare: Program, tmp_path: Path) -> None:
    site = Site(name="Acme", host="sftp.example.invalid", username="vendor7", port=1)
    file = connection_file(tmp_path, site)
    page = tmp_path / "check.html"
    bare("check", file, "--report", page, "--shorten-names")
    both = page.read_text("utf-8") + page.with_suffix(".json").read_text("utf-8")
    assert "sftp.example.invalid" not in both
    assert "vendor7" not in both
    assert "sf…" in both


def test_a_broken_connection_file_has_a_report_too(bare: Program, tmp_path: Path) -> None:
    file = tmp_path / "acme.ferrygate"
    file.write_text("format = 1\n")
    page = tmp_path / "check.html"
    assert bare("check", file, "--report", page).returncode == Exit.USAGE
    record = json.loads(page.with_suffix(".json").read_text("utf-8"))
    assert record["summary"]["first_failed"] == "settings"


def test_nothing_is_checked_where_the_report_would_replace_a_file(
    bare: Program, sandbox: Sandbox, tmp_path: Path
) -> None:
    site = connection_file(tmp_path, site_of(sandbox.ready))
    mine = tmp_path / "mine.html"
    mine.write_text("my only copy")
    done = bare("check", site, "--json", "--report", mine)
    assert done.returncode == Exit.USAGE
    assert [json.loads(line)["event"] for line in done.stdout.splitlines()] == ["error"]
    assert mine.read_text() == "my only copy"


@pytest.mark.timeout(120)
@pytest.mark.parametrize("is_right", [True, False], ids=["accepted", "refused"])
def test_after_a_sign_in_no_secret_is_in_report_log_or_output(
    sandbox: Sandbox, private_home: Path, tmp_path: Path, *, is_right: bool
) -> None:
    ready = sandbox.ready
    right = ready.password.reveal()
    password = right if is_right else PASSWORD
    key = ready.totp_secret.reveal()
    program = program_for(ready).with_secrets(password, key)
    program.environment["FERRYGATE_LOG"] = "debug"
    site = connection_file(tmp_path, site_of(ready))
    page = tmp_path / "check.html"
    options = ("--sign-in", "--report", page, "--json", "--verbose")
    done = program("check", site, *options)
    assert done.returncode == (Exit.DONE if is_right else Exit.REFUSED), done.stderr
    assert len(sandbox.log) == 1
    assert found_in(told(done, private_home, tmp_path), password, key) == []


@pytest.mark.timeout(120)
def test_a_server_that_says_what_it_was_sent_has_it_taken_out(
    bare: Program, private_home: Path, tmp_path: Path
) -> None:
    echoes = [
        "\n".join(f"You said {spelling}!" for spelling in list(spellings(secret))[start::5][:3])
        for secret, start in ((PASSWORD, 0), (KEY, 1))
    ]
    rounds: list[Round] = [
        (echoes[0], [("Password: ", False)]),
        (echoes[1], [("One-time code: ", False)]),
    ]
    program = Program({**os.environ, **bare.environment, "FERRYGATE_LOG": "debug"}).with_secrets(
        PASSWORD, KEY
    )
    page = tmp_path / "check.html"
    with asking_server(rounds) as asked:
        how = SignInSettings(steps=("keyboard-interactive",), period=5)
        site = Site(name="asking", host=HOST, port=asked.port, username="vendor7", sign_in=how)
        file = connection_file(tmp_path, site)
        options = ("--sign-in", "--accept-new-host-key", "--report", page, "--json", "--verbose")
        done = program("check", file, *options)
    assert len(asked.answers) == len(rounds), done.stderr
    everything = told(done, private_home, tmp_path)
    assert everything.count("You said [secret]") >= 6
    assert found_in(everything, PASSWORD, KEY) == []
