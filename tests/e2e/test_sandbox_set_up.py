"""The sandbox's settings on the command line, and what its identity function says."""

from __future__ import annotations

from pathlib import Path

import pytest

from e2e.program import Program, records
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.clock import SystemClock
from ferrygate.common.secret import Secret
from ferrygate.sites.connection_file import format_connection_file
from ferrygate.sites.site import SignInSettings, Site

pytestmark = pytest.mark.sandbox


def code_of(key: str, period: int) -> str:
    secret = CodeSecret(key=Secret(key), period=period)
    return secret.code_for_step(secret.step_at(SystemClock().now()))


def test_the_settings_are_listed(bare: Program) -> None:
    listed = bare("sandbox", "--set", "help")
    assert listed.returncode == 0
    assert "set-stat=refuse\n" in listed.stdout
    entries = records(bare("sandbox", "--set", "help", "--json"), "entry")
    assert {entry["name"]: entry["default"] for entry in entries}["attempts"] == "3"


@pytest.mark.parametrize("words", [("--set", "setstat=1"), ("--like", "x.toml")])
def test_what_is_not_known_is_wrong_usage(
    bare: Program, tmp_path: Path, words: tuple[str, str]
) -> None:
    option, value = words
    if option == "--like":
        (tmp_path / value).write_text("setstat = 1\n")
        value = str(tmp_path / value)
    outcome = bare("sandbox", option, value)
    assert outcome.returncode == 2
    assert "setstat: there is no such setting" in outcome.stderr


def test_a_file_that_is_missing(bare: Program, tmp_path: Path) -> None:
    assert bare("sandbox", "--like", str(tmp_path / "x.toml")).returncode == 1


def test_the_identity_function_is_tried_and_the_code_is_spent(bare: Program) -> None:
    with bare.sandbox("--period", "30") as ready:
        typed = ready["password"] + code_of(ready["totp_secret"], 30)
        first = bare("sandbox", "try-identity", ready["username"], "--json", stdin=typed + "\n")
        second = bare("sandbox", "try-identity", ready["username"], stdin=typed)
        nothing = bare("sandbox", "try-identity", ready["username"])
    (entry,) = records(first, "entry")
    assert (first.returncode, entry["granted"], entry["reason"]) == (0, True, "granted")
    assert set(entry["answer"]) == {
        "Role", "Policy", "HomeDirectoryType", "HomeDirectoryDetails",
    }  # fmt: skip
    assert second.returncode == 3
    assert second.stdout.startswith("Denied: code-replayed\n")
    assert nothing.returncode == 2


def test_folders_without_markers_are_removed_with_all_that_is_in_them(bare: Program) -> None:
    with bare.sandbox("--period", "3") as ready:
        program = bare.with_secrets(ready["password"], ready["totp_secret"])
        removed = program("rm", ready["connection_file"], "-r", "/exports/2026-09")
        exports = Path(ready["root"]) / "exports"
        left = sorted(path.name for path in exports.iterdir())
    assert removed.returncode == 0, removed.stderr
    assert left == ["2026-10", "2026-11"]


def test_without_a_sandbox_there_is_nothing_to_try(bare: Program) -> None:
    outcome = bare("sandbox", "try-identity", "vendor7", stdin="x")
    assert outcome.returncode == 2
    assert "No sandbox has run here." in outcome.stderr


@pytest.mark.parametrize("address", ["https://example.okta.com", ""])
def test_no_password_goes_to_the_okta_of_another_file(
    bare: Program, tmp_path: Path, address: str
) -> None:
    file = tmp_path / "work.ferrygate"
    site = Site(name="Work", host="h.example", sign_in=SignInSettings(okta_address=address))
    file.write_text(format_connection_file(site), "utf-8")
    words = ("sandbox", "try-identity", "dade@example.com", "--connection-file", str(file))
    outcome = bare(*words, stdin="Password123456")
    assert outcome.returncode == 2
    assert "This is no connection file of a sandbox." in outcome.stderr
