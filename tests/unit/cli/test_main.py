"""Which command a command line means, and how it ends."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ferrygate.cli.command_context import CommandContext, DesktopApp, WindowRequest
from ferrygate.cli.main import command_name
from ferrygate.cli.run_facts import RunFacts
from ferrygate.cli.terminal import Terminal
from ferrygate.common.environment import (
    FILE_SUFFIX,
    PASSPHRASE_VARIABLE,
    PASSWORD_VARIABLE,
    TOTP_SECRET_VARIABLE,
    GivenSecrets,
)
from ferrygate.common.errors import Problem
from ferrygate.common.logs import LiveSecrets, logging_to
from ferrygate.common.paths import Home
from ferrygate.common.secret import Secret
from ferrygate.sites.site import Site
from support.fake_clock import ManualClock

Command = Callable[..., int]

KEY = "JBSWY3DPEHPK3PXP"
SECRETS = GivenSecrets(password=Secret("correct horse"), totp_secret=Secret(KEY))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "acme.ferrygate"
    path.write_text(
        'format = 1\nname = "Acme"\nhost = "sftp.example.org"\n[sign_in]\nperiod = 60\n'
    )
    return path


def test_without_a_command_the_window_opens(command: Command, opened: list[WindowRequest]) -> None:
    assert command(secrets=SECRETS) == 0
    (request,) = opened
    assert request.opened is None
    assert request.given == SECRETS
    assert not request.is_demo


@pytest.mark.parametrize("words", [(), ("app",)], ids=["alone", "after app"])
def test_a_connection_file_opens_the_window_on_its_site(
    command: Command, opened: list[WindowRequest], file: Path, words: tuple[str, ...]
) -> None:
    assert command(*words, file, secrets=SECRETS) == 0
    (request,) = opened
    assert isinstance(request.opened, Site)
    assert request.opened.name == "Acme"
    assert request.came_from == file.parent
    assert request.given == SECRETS


def test_a_broken_connection_file_opens_the_window_on_a_sentence(
    command: Command, opened: list[WindowRequest], file: Path
) -> None:
    file.write_text("format = 2\n")
    assert command(file, secrets=SECRETS) == 0
    (request,) = opened
    assert isinstance(request.opened, Problem)
    assert "line 1" in str(request.opened.sentence)


def test_a_word_that_is_no_command_is_wrong_usage(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("lst") == 2
    told = capsys.readouterr()
    assert "No such command 'lst'" in told.err
    assert told.out == ""


def test_a_name_with_a_dash_is_told_where_to_go(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("rm", "acme", "-old.csv") == 2
    assert capsys.readouterr().err.endswith("Put -- before names that start with a dash.\n")


@pytest.mark.parametrize("seconds", ["nan", "inf", "-1"])
def test_trying_again_has_an_end(
    command: Command, capsys: pytest.CaptureFixture[str], file: Path, seconds: str
) -> None:
    words = "put", str(file), str(file), "/inbox", "--keep-trying", seconds, "--json"
    assert command(*words) == 2
    told = capsys.readouterr()
    assert json.loads(told.out)["error"]["kind"] == "usage"
    assert "--keep-trying" in told.err


def test_a_demo_whose_codes_have_no_life_is_wrong_usage(command: Command) -> None:
    assert command("demo", "--period", "0") == 2


@pytest.mark.parametrize("port", ["65536", "-1"])
def test_a_sandbox_on_no_port_is_wrong_usage(command: Command, port: str) -> None:
    assert command("sandbox", "--port", port) == 2


def test_help_names_every_way_to_give_a_secret(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = dict.fromkeys((PASSWORD_VARIABLE, TOTP_SECRET_VARIABLE), "x")
    environ |= {name + FILE_SUFFIX: "/x" for name in (*environ, PASSPHRASE_VARIABLE)}
    assert command("--help") == 0
    told = capsys.readouterr().out
    assert [name for name in environ if not re.search(rf"\b{name}\b", told)] == []


def test_help_lists_every_command(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("--help") == 0
    text = capsys.readouterr().out
    for name in [
        "app",
        "code",
        "demo",
        "enroll",
        "get",
        "ls",
        "mkdir",
        "mv",
        "put",
        "rm",
        "sandbox",
        "sites",
    ]:
        assert f"\n  {name} " in text
    assert "130 interrupted" in text


def test_the_version_is_told(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("--version") == 0
    assert capsys.readouterr().out.startswith("ferrygate, version ")


def test_an_error_is_a_json_object_too_where_json_is_wanted(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("sites", "show", "Acme", "--json") == 2
    told = capsys.readouterr()
    error = json.loads(told.out)["error"]
    assert error["kind"] == "usage"
    assert error["sentence"] in told.err


def test_details_come_when_asked_for(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "none.ferrygate"
    assert command("ls", missing) == 2
    assert "Details" not in capsys.readouterr().err
    assert command("ls", missing, "--verbose") == 2
    assert "Details: No such file or directory" in capsys.readouterr().err


def test_the_unforeseen_is_one_sentence_without_its_text(
    broken_command: Command, private_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert broken_command("app", "--help") == 0
    capsys.readouterr()
    assert broken_command("app") == 1
    told = capsys.readouterr().err
    sentence, details, log = told.splitlines()
    assert "Copy the details" in sentence
    assert details.startswith("Details: ValueError in ferrygate/cli/commands/app.py:")
    assert log == f"The log is in {private_home / 'logs' / 'ferrygate.log'}"
    assert "hush" not in told


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (("put", "acme", "secret.csv", "/inbox"), "put"),
        (("--json", "ls", "acme"), "ls"),
        ((), "the window"),
        (("./acme.ferrygate",), "the window"),
    ],
)
def test_the_log_names_the_command_and_nothing_that_it_was_given(
    words: tuple[str, ...], command: str
) -> None:
    assert command_name(words) == command


def test_the_logs_first_line_says_what_runs_for_which_site_and_on_what() -> None:
    line = RunFacts("put", "Acme\u202e\nexports").line()
    assert re.fullmatch(
        r"Ferrygate \d\S*: put, site 'Acme\S+exports'; Python 3\.\d+\.\d+,"
        r" paramiko \d+\.\S+, \w+ \S+( \w+)?",
        line,
    )
    assert "\u202e" not in line
    assert line.isprintable()


def test_a_site_is_in_the_logs_first_line_once_it_is_known(
    private_home: Path, clock: ManualClock, tmp_path: Path
) -> None:
    file = tmp_path / "acme.ferrygate"
    file.write_text('format = 1\nname = "Acme exports"\nhost = "sftp.example.org"\n', "utf-8")
    facts = RunFacts("ls")
    context = CommandContext(
        home=Home(private_home),
        clock=clock,
        read_secrets=GivenSecrets,
        live_secrets=LiveSecrets(),
        window=DesktopApp(run=_unused, tour=_unused, take_pictures=_unused),
        terminal=Terminal(clock),
        facts=facts,
    )
    with logging_to(Home(private_home).logs, logging.INFO, facts.line):
        context.site(str(file))
        logging.getLogger("ferrygate.engine").info("session connecting")
    first = (private_home / "logs" / "ferrygate.log").read_text("utf-8").splitlines()[0]
    assert "INFO ferrygate: Ferrygate" in first
    assert ": ls, site 'Acme exports'; Python" in first


def _unused(*_given: object) -> int:
    raise AssertionError
