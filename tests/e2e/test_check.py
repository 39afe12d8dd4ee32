"""``ferrygate check``: its lines, its exit status, and that it spends nothing unasked."""

from __future__ import annotations

import json
import signal
import socket
from pathlib import Path
from typing import Any

import pytest

from e2e.program import Completed, Program, connection_file
from ferrygate.access_check.stages import Stage
from ferrygate.bootstrap import open_ledger
from ferrygate.common.clock import SystemClock
from ferrygate.common.paths import Home
from ferrygate.sandbox.sandbox import Sandbox
from support.sandbox_site import code_secret_of, site_of


def lines(outcome: Completed) -> list[dict[str, Any]]:
    """Read the lines of ``--json``."""
    return [json.loads(line) for line in outcome.stdout.splitlines()]


def stages(outcome: Completed) -> dict[str, str]:
    """Give each stage's result."""
    return {line["stage"]: line["result"] for line in lines(outcome) if line["event"] == "stage"}


@pytest.fixture
def dead(sandbox: Sandbox, tmp_path: Path) -> Path:
    """Write a connection file for a port at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    folder = tmp_path / "dead"
    folder.mkdir()
    return connection_file(folder, site_of(sandbox.ready, port=port))


def test_a_free_check_tells_all_stages_and_reads_no_secret(
    ferrygate: Program, sandbox: Sandbox, site: Path, private_home: Path, tmp_path: Path
) -> None:
    unreadable = tmp_path / "not there"
    environment = {
        name: value for name, value in ferrygate.environment.items() if name != "FERRYGATE_PASSWORD"
    }
    program = Program({**environment, "FERRYGATE_PASSWORD_FILE": str(unreadable)})
    outcome = program("check", site, "--json")
    assert outcome.returncode == 0, outcome.stderr
    told = lines(outcome)
    assert [line["stage"] for line in told[:-1]] == [stage.value for stage in Stage]
    found = {line["stage"]: line for line in told[:-1]}
    assert found["dns"]["sentence_parameters"] == {"host": sandbox.ready.host}
    assert "FERRYGATE_PASSWORD_FILE" in found["secrets-at-hand"]["detail"]
    assert "FERRYGATE_TOTP_SECRET" in found["secrets-at-hand"]["detail"]
    assert found["methods"]["result"] == found["okta"]["result"] == "passed"
    assert found["sign-in"]["result"] == "not-reached"
    summary = told[-1]
    assert (summary["event"], summary["first_failed"], summary["exit"]) == ("summary", "", 0)
    assert len(sandbox.log) == 0
    secret = code_secret_of(sandbox.ready)
    ledger = open_ledger(Home(private_home), SystemClock())
    now = secret.step_at(SystemClock().now())
    assert not any(ledger.is_claimed(secret, step) for step in range(now - 10, now + 2))


def test_a_sign_in_is_one_attempt_and_leaves_nothing(
    ferrygate: Program, sandbox: Sandbox, site: Path
) -> None:
    outcome = ferrygate("check", site, "--sign-in", "--write", "/", "--speed", "--json")
    assert outcome.returncode == 0, outcome.stdout
    results = stages(outcome)
    assert {
        results[stage] for stage in ("sign-in", "sftp", "home-folder", "write-probe", "speed")
    } == {"passed"}
    assert lines(outcome)[-1]["result"] == "passed"
    assert lines(outcome)[-1]["sentence"] == "Access works."
    assert [record.outcome for record in sandbox.log] == ["granted"]
    assert not list(Path(sandbox.ready.root).glob(".ferrygate-check-*"))


def test_people_are_told_the_verdict_and_whose_move_it_is(ferrygate: Program, dead: Path) -> None:
    outcome = ferrygate("check", dead)
    assert outcome.returncode == 5
    told = outcome.stdout.splitlines()
    assert told[0] == "Checking the access to “Sandbox”"
    (failed,) = [line for line in told if line.startswith("Failed  ")]
    assert "nothing answers on port" in failed
    assert any(line.startswith("Not checked: The server's first words, ") for line in told)
    assert told[-5:-3] == ["", "Failed at: Connection to the server"]
    assert told[-3] in failed
    assert told[-2] == "Whose move it is: Your contact"
    assert told[-1].startswith("What to do: ")


def test_the_details_are_told_where_they_are_asked_for(ferrygate: Program, site: Path) -> None:
    told = ferrygate("check", site, "--verbose").stdout.splitlines()
    assert f"from: {site}" in [line.strip() for line in told]
    assert any(line.startswith("Not checked") and "Speed: Not asked for." in line for line in told)


def test_the_exit_status_is_that_of_the_first_failed_stage(
    ferrygate: Program, sandbox: Sandbox, tmp_path: Path
) -> None:
    folder = tmp_path / "unknown"
    folder.mkdir()
    unknown = connection_file(folder, site_of(sandbox.ready, host_key_fingerprints=()))
    outcome = ferrygate("check", unknown, "--json")
    assert outcome.returncode == 4
    assert lines(outcome)[-1]["first_failed"] == "host-key"
    assert lines(outcome)[-1]["who"] == "your-contact"


def test_a_broken_connection_file_is_told_as_a_stage(bare: Program, tmp_path: Path) -> None:
    file = tmp_path / "broken.ferrygate"
    file.write_text("format = 1\nname = 3\n")
    outcome = bare("check", file, "--json")
    assert outcome.returncode == 2
    told = lines(outcome)
    assert told[0]["stage"] == "settings"
    assert (told[0]["result"], told[0]["kind"]) == ("failed", "connection-file")
    assert len(stages(outcome)) == len(Stage)
    assert told[-1]["who"] == "your-contact"


def test_a_home_that_cannot_be_used_is_told_as_a_stage(
    bare: Program, site: Path, tmp_path: Path
) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("")
    program = Program({**bare.environment, "FERRYGATE_HOME": str(blocked)})
    outcome = program("check", site, "--json")
    assert outcome.returncode == 2
    assert lines(outcome)[-1]["first_failed"] == "home"
    assert program("check", site).stdout.count("Checking") == 1


@pytest.mark.parametrize("variable", ["FERRYGATE_PASSWORD_FILE", "FERRYGATE_TOTP_SECRET"])
def test_a_secret_that_is_given_and_cannot_be_used_is_told_as_a_stage(
    bare: Program, sandbox: Sandbox, site: Path, variable: str
) -> None:
    given = Program({**bare.environment, variable: "not there"})
    assert given("check", site).returncode == 0
    outcome = given("check", site, "--sign-in", "--json")
    assert outcome.returncode == 2
    assert lines(outcome)[-1]["first_failed"] == "secrets-at-hand"
    assert len(stages(outcome)) == len(Stage)
    assert len(sandbox.log) == 0


def test_a_missing_secret_fails_a_sign_in_before_anything_is_sent(
    bare: Program, sandbox: Sandbox, site: Path
) -> None:
    outcome = bare("check", site, "--sign-in", "--json")
    assert outcome.returncode == 2
    assert lines(outcome)[-1]["first_failed"] == "secrets-at-hand"
    assert stages(outcome)["methods"] == "passed"
    assert len(sandbox.log) == 0


def test_a_refusal_is_told_with_its_causes(ferrygate: Program, site: Path) -> None:
    wrong = Program({**ferrygate.environment, "FERRYGATE_PASSWORD": "not that"})
    outcome = wrong("check", site, "--sign-in", "--json")
    assert outcome.returncode == 3
    (told,) = [line for line in lines(outcome) if line.get("stage") == "sign-in"]
    assert told["causes"][0] == "password-wrong"
    assert told["next_step"].endswith("To ask Okta for the reason, add --explain.")
    assert lines(outcome)[-1]["next_step"] == told["next_step"]
    assert "not that" not in outcome.stdout + outcome.stderr


@pytest.mark.parametrize(
    "options",
    [
        ("--write", "/"),
        ("--speed",),
        ("--explain",),
        ("--try-anyway",),
        ("--code-stdin",),
        ("--sign-in", "--watch", "5"),
    ],
)
def test_options_that_make_no_sense_are_wrong_usage(
    bare: Program, site: Path, options: tuple[str, ...]
) -> None:
    assert bare("check", site, *options).returncode == 2


def test_a_check_is_made_again_and_again(ferrygate: Program, sandbox: Sandbox, site: Path) -> None:
    with ferrygate.running("check", site, "--watch", "1", "--json") as process:
        assert process.stdout is not None
        summaries = 0
        while summaries < 2:
            summaries += json.loads(process.stdout.readline())["event"] == "summary"
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
    assert len(sandbox.log) == 0
