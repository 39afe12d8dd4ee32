"""The command with a person at a terminal."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from e2e.program import Program, connection_file, program_for, spend_codes
from e2e.screen import at_a_terminal
from ferrygate.sandbox.sandbox import Sandbox
from support.sandbox_site import site_of

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(120)]


def test_what_is_missing_is_asked_for(bare: Program, sandbox: Sandbox, tmp_path: Path) -> None:
    ready = sandbox.ready
    site = connection_file(tmp_path, site_of(ready), username="", host_key_fingerprints=())
    with at_a_terminal(bare, "ls", site) as screen:
        screen.wait_for("User name:")
        screen.type(ready.username)
        screen.wait_for("Password of vendor7:")
        screen.type(ready.password.reveal())
        screen.wait_for("Key for the codes of vendor7:")
        screen.type(ready.totp_secret.reveal())
        screen.wait_for(ready.host_key_fingerprint)
        screen.wait_for("[y/N]:")
        screen.type("y")
        screen.wait_for("inbox/")
        assert screen.end() == 0
    assert ready.password.reveal() not in screen.text
    assert ready.totp_secret.reveal() not in screen.text


def test_a_host_key_can_be_refused(sandbox: Sandbox, tmp_path: Path, bare: Program) -> None:  # noqa: ARG001  its environment
    site = connection_file(tmp_path, site_of(sandbox.ready), host_key_fingerprints=())
    with at_a_terminal(program_for(sandbox.ready), "ls", site) as screen:
        screen.wait_for("[y/N]:")
        screen.type("")
        assert screen.end() == 4
    assert len(sandbox.log) == 0


@pytest.mark.slow
def test_the_wait_for_a_code_counts_down(
    ferrygate: Program, site: Path, sandbox: Sandbox, private_home: Path
) -> None:
    spend_codes(private_home, sandbox.ready, seconds=9)
    with at_a_terminal(ferrygate, "ls", site) as screen:
        assert screen.end() == 0
    told = [int(left) for left in re.findall(r"Waiting (\d+) s for the next code", screen.text)]
    assert len(set(told)) > 1
    # Only a wait that is over is followed by another.
    assert {before for before, after in pairwise(told) if after > before} <= {1}


def test_a_taken_name_is_asked_about_beside_the_bar(
    ferrygate: Program, site: Path, sandbox: Sandbox, tmp_path: Path
) -> None:
    inbox = sandbox.ready.root / "inbox"
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes(b"new")
        (inbox / name).write_bytes(b"old")
    files = [tmp_path / "a.csv", tmp_path / "b.csv"]
    with at_a_terminal(ferrygate, "put", site, *files, "/inbox") as screen:
        screen.wait_for("(r, k, s, c):")
        screen.type("r")
        screen.wait_for("For which files (a,")
        screen.type("a")
        assert screen.end() == 0
    assert screen.text.count("(r, k, s, c):") == 1
    assert "If an upload breaks off, the file that it replaces is lost." in screen.text
    assert "2 files delivered" in screen.text
    assert {(inbox / name).read_bytes() for name in ("a.csv", "b.csv")} == {b"new"}


def test_a_bar_leaves_standard_output_alone(ferrygate: Program, site: Path, tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(100_000_000)
    told = tmp_path / "told.jsonl"
    with (
        told.open("wb") as stdout,
        at_a_terminal(ferrygate, "put", site, large, "/inbox", "--json", stdout=stdout) as screen,
    ):
        assert screen.end() == 0
    assert "100.0 MB" in screen.text, "the bar"
    assert "sha256" not in screen.text
    *_progress, record, summary = [json.loads(line) for line in told.read_text().splitlines()]
    assert (summary["event"], summary["bytes"], summary["exit"]) == ("summary", 100_000_000, 0)
    assert (record["state"], record["size"]) == ("delivered", 100_000_000)
