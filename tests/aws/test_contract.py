"""The identity function's contract: each row of the table, for the package and the built file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import pytest

from aws.contract_runner import CONTRACT, REQUEST_ID, Row, differences, load_builder, rows, run
from ferrygate.identity import handler
from ferrygate.identity.http_client import HttpClient
from ferrygate.identity.reason import ERRORS, STATUSES, Reason

ROWS = rows()
RUNNER = CONTRACT.with_name("contract_runner.py")
SECRETS = (
    "correct horse",
    "123456",
    "007ucIX7PATyn94hsHfOLVaXAmOBkKHWnOOLG43bsb",
    "00Fpzf4en68pCXTsMjcX8JPMctzN2Wiw4LDOBL_9pe",
    "JBTWGV22G4ZGKV3N",
)
HARMLESS = ("s-0123456789abcdef0", "arn:aws:iam::123456789012:role/sftp-user")


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Builds the function's one file."""
    path = tmp_path_factory.mktemp("lambda") / "index.py"
    build = load_builder()
    path.write_text(build.join(build.read_sources(), "{}"), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ROWS)
def test_the_package_keeps_the_contract(name: str) -> None:
    assert differences(ROWS[name], run(handler, ROWS[name])) == []


def environment() -> dict[str, str]:
    """Return what a program needs to start, and no setting of the function."""
    return {name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}}


def later_pythons() -> list[str]:
    """Find the later Pythons of this computer, stand-ins of version managers tried out."""
    names = ("python3.12", "python3.13", "python3.14")
    found = [path for name in names if (path := shutil.which(name))]
    return [path for path in found if not subprocess.run([path, "-c", ""], check=False).returncode]


@pytest.mark.parametrize("python", [sys.executable, *later_pythons()], ids=os.path.basename)
def test_the_built_file_alone_gives_the_same_answers(index: Path, python: str) -> None:
    done = subprocess.run(
        [python, "-I", RUNNER, index], capture_output=True, check=False, env=environment()
    )
    assert (done.returncode, done.stderr.decode()) == (0, "")
    differing, own_line, answer = done.stdout.decode().splitlines()
    assert json.loads(differing) == {}
    assert json.loads(own_line)["reason"] == "configuration"
    assert answer == "{}"


def test_no_row_logs_a_secret() -> None:
    for row in ROWS.values():
        text = json.dumps(run(handler, row)["log"])
        for harmless in HARMLESS:
            text = text.replace(harmless, "")
        assert [secret for secret in SECRETS if secret in text] == []


# ---------------------------------------------------------------- the table itself


def test_the_table_is_large_enough() -> None:
    assert len(ROWS) >= 120


def test_every_reason_occurs() -> None:
    assert {row["reason"] for row in ROWS.values()} == set(get_args(Reason))


@pytest.mark.parametrize("step", ["authn", "verify"])
def test_every_status_and_error_of_the_reference_occurs_in_both_steps(step: str) -> None:
    for status, reason in STATUSES.items():
        row = ROWS[f"{step}-{status.lower().replace('_', '-')}"]
        assert (last(row)["body"]["status"], row["reason"]) == (status, reason)
    for code, reason in ERRORS.items():
        row = ROWS[f"{step}-{code.lower()}"]
        assert (last(row)["body"]["errorCode"], row["reason"]) == (code, reason)


def last(row: Row) -> Any:
    """Return Okta's last answer."""
    return row["okta"][-1]


def test_a_row_grants_exactly_what_its_reason_says() -> None:
    for name, row in ROWS.items():
        assert bool(row["answer"]) == (row["reason"] in {"granted", "public-keys"}), name
        assert ("PublicKeys" in row["answer"]) == (row["reason"] == "public-keys"), name


def test_every_grant_has_a_home_and_a_policy_that_aws_takes() -> None:
    for row in ROWS.values():
        if row["answer"]:
            assert len(row["answer"]["Policy"]) <= 2048
            (home,) = json.loads(row["answer"]["HomeDirectoryDetails"])
            assert home["Entry"] == "/"
            assert home["Target"].startswith("/")
            assert not home["Target"].endswith("/")


def test_every_grant_with_a_password_comes_from_verify() -> None:
    for row in ROWS.values():
        if row["reason"] == "granted":
            assert row["sent"][-1][0].endswith("/verify")
            assert last(row)["body"]["status"] == "SUCCESS"


def test_files_are_named_in_one_way_and_end_in_a_line() -> None:
    for file in CONTRACT.iterdir():
        assert file.suffix == ".json"
        assert file.read_text("utf-8").endswith("}\n")


# ---------------------------------------------------------------- the runner finds what differs


def changed(**more: object) -> list[str]:
    row = ROWS["granted-short-name"]
    return differences({**row, **more}, run(handler, row))


def test_a_row_that_promises_something_else_is_found() -> None:
    row = ROWS["granted-short-name"]
    assert changed() == []
    assert changed(answer={})[0].startswith("answered {'Role'")
    assert changed(sent=[])[0].startswith("sent [")
    assert changed(reason="no-code")[0].startswith("logged {")
    assert changed(log={**row["log"], "step": "code"})[0].startswith("logged {")
    assert changed(log=None) == ["logged something"]


class Raising(ModuleType):
    """A function that raises, or that logs nothing."""

    HttpClient = staticmethod(HttpClient)

    @staticmethod
    def respond(*_arguments: object, **_options: object) -> None:
        raise KeyError(REQUEST_ID)


def test_a_function_that_raises_is_found() -> None:
    row = ROWS["granted-short-name"]
    assert differences(row, run(Raising("raising"), row)) == [
        "raised KeyError",
        "sent []",
        "answered None",
        "logged 0 lines",
    ]
