"""The README's commands do what it says, and it leaves out no option, variable, kind or status."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import dropwhile
from pathlib import Path

import click
import pytest

from e2e.program import Program
from ferrygate.access_check.stages import Cause, Party, Stage, StageOutcome
from ferrygate.cli.exit_codes import Exit
from ferrygate.cli.main import program
from ferrygate.common import environment, paths
from ferrygate.common.errors import Kind
from ferrygate.sites.connection_file import parse_connection_file
from ferrygate.transfers.views import Confirmation, LateCheck, LeftBehind, SkipReason

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
_SECONDS = 120
_FINGERPRINT = "SHA256:" + 43 * "A"


def blocks(language: str) -> list[str]:
    """Give the fenced blocks of one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def shell_blocks() -> dict[str, str]:
    """Give the blocks to be typed into a shell, by what runs them here."""
    found = {}
    for block in blocks("sh"):
        if re.search(r"^ferrygate sandbox", block, re.MULTILINE):
            found["sandbox"] = block
        elif "pip install" in block:
            found["install"] = block
        elif re.search(r"^make ", block):
            found["make"] = block
        else:
            assert "client" not in found, "two blocks for one test"
            found["client"] = block
    return found


def commands(command: click.Command, name: str = "") -> Iterator[tuple[str, click.Command]]:
    """Give a command and all below it that are shown, with their whole names."""
    yield name.strip(), command
    if isinstance(command, click.Group):
        for word, below in command.commands.items():
            if not below.hidden:
                yield from commands(below, f"{name} {word}")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Copy the part of a clone that the examples use, so that nothing is left in the real one."""
    place = tmp_path / "clone"
    shutil.copytree(ROOT / "resources", place / "resources")
    shutil.copy(ROOT / "README.md", place)
    (place / ".venv").symlink_to(sys.prefix)
    return place


def run(block: str, place: Path, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "-eu", "-c", block],
        cwd=place,
        env=environ,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )


def test_every_shell_block_is_run_by_a_test_of_this_file() -> None:
    assert set(shell_blocks()) == {"make", "sandbox", "client", "install"}


def test_make_knows_the_commands_of_a_newcomer(tmp_path: Path) -> None:
    for line in shell_blocks()["make"].splitlines():
        command = shlex.split(line, comments=True)
        assert command[0] == "make"
        done = run(shlex.join(["make", "-n", "-C", str(ROOT), *command[1:]]), tmp_path, {})
        assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.timeout(_SECONDS + 60)
def test_the_examples_run_in_a_clone_against_the_sandbox(bare: Program, clone: Path) -> None:
    (start,) = [
        line for line in shell_blocks()["sandbox"].splitlines() if line.startswith("ferrygate")
    ]
    with bare.running(*shlex.split(start, comments=True)[1:]) as sandbox:
        assert sandbox.stdout is not None
        lines = dropwhile(
            lambda line: not line.startswith("export"), map(str.strip, sandbox.stdout)
        )
        exports = [next(lines) for _number in range(3)]
        block = "\n".join([*exports, shell_blocks()["client"]])
        done = run(block, clone, bare.environment)
        assert done.returncode == 0, done.stderr
        (example,) = blocks("python")
        file = shlex.split(exports[2])[1].removeprefix("SITE=")
        shutil.copy(file, clone / "acme.ferrygate")
        (clone / "report.csv").write_text("a,b\n")
        (clone / "example.py").write_text(example, "utf-8")
        python = f"{shlex.quote(sys.executable)} example.py"
        done = run("\n".join([*exports, python]), clone, bare.environment)
        assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.unsteady  # it fetches packages, so it depends on where they come from
@pytest.mark.timeout(_SECONDS + 600)
def test_the_program_is_installed_as_it_says(tmp_path: Path) -> None:
    place = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", ROOT, place], check=True)  # noqa: S607  wherever git is
    (place / ".venv").symlink_to(ROOT / ".venv")
    home = tmp_path / "home"
    home.mkdir()
    done = subprocess.run(
        ["/bin/sh", "-eu", "-c", shell_blocks()["install"]],
        cwd=place,
        env={**os.environ, "HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=_SECONDS + 540,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("ferrygate")


@pytest.mark.parametrize("language", ["crontab", "ini"])
def test_commands_for_timers_are_such_as_the_program_takes(language: str) -> None:
    (block,) = blocks(language)
    if language == "ini":
        unit = configparser.ConfigParser(strict=False)
        unit.read_string(block)
        lines = [unit["Service"]["ExecStart"]]
    else:
        lines = [line for line in block.splitlines() if "ferrygate " in line]
    assert lines
    for line in lines:
        words = shlex.split(line[line.index("ferrygate ") :], comments=True)[1:]
        command, arguments = program.commands[words[0]], words[1:]
        context = click.Context(command)
        given, _arguments, _order = command.make_parser(context).parse_args(arguments)
        for option in command.params:
            if option.name in given and given[option.name] is not None:
                option.type_cast_value(context, given[option.name])


def test_the_connection_file_of_the_readme_is_one() -> None:
    (block,) = blocks("toml")
    parse_connection_file(block.replace("SHA256:...", _FINGERPRINT), source="README.md")


def test_every_command_and_every_option_is_named() -> None:
    missing = []
    for name, command in commands(program):
        if name and not re.search(rf"`ferrygate [^`]*\b{name.split()[-1]}\b", README):
            missing.append(name)
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                longest = max(parameter.opts, key=len)
                if f"`{longest}" not in README:
                    missing.append(f"{name} {longest}")
    assert missing == []


def test_every_variable_is_named() -> None:
    secrets = (environment.PASSWORD_VARIABLE, environment.TOTP_SECRET_VARIABLE)
    files = (*secrets, environment.PASSPHRASE_VARIABLE)
    names = {*secrets, environment.LOG_VARIABLE, paths.HOME_VARIABLE}
    names |= {name + environment.FILE_SUFFIX for name in files}
    assert {name for name in names if f"`{name}`" not in README} == set()
    assert f"${environment.CREDENTIALS_VARIABLE}" in README


def test_every_kind_of_problem_is_named() -> None:
    assert {kind.value for kind in Kind if f"`{kind.value}`" not in README} == set()


def test_every_word_that_a_program_may_choose_by_is_named() -> None:
    words = {
        one.value
        for kind in (
            *(Confirmation, LateCheck, LeftBehind, SkipReason),
            *(Cause, Party, Stage, StageOutcome),
        )
        for one in kind
    }
    assert {word for word in words if f"`{word}`" not in README} == set()


def test_every_exit_status_is_named() -> None:
    assert {int(status) for status in Exit if f"| {int(status)} |" not in README} == set()
