"""OpenSSH's sftp over the operation table: what it prints is kept in ``operations``."""

from __future__ import annotations

from pathlib import Path

import pytest

from ferrygate.sandbox.settings import SetStat, Settings
from support.openssh_sftp import openssh_sftp
from support.sandbox_clients import CLOCK, OPTIONS
from support.sandbox_fixtures import MakeSandbox

pytestmark = pytest.mark.sandbox

EXPECTED = Path(__file__).parent / "operations"
COMMANDS = (
    "version",
    "pwd",
    "mkdir /t",
    "mkdir /t",
    "mkdir /missing/t",
    "put local /t/a",
    "put local /t/a",
    "put -p local /t/b",
    "put local /t/d/",
    "put -a local /t/a",
    "put local /missing/a",
    "get /t/a back",
    "reget /t/a back",
    "ls -1 /t",
    "ls -1 /t/",
    "chmod 600 /t/a",
    "chown 7 /t/a",
    "rename /t/a /t/c",
    "rename /t/b /t/c",
    "rename /t /u",
    "ln /t/c /t/hard",
    "ln -s /t/c /t/link",
    "df",
    "copy /t/b /t/e",
    "rmdir /t",
    "rm /t",
    "rm /t/missing",
    "rm /t/b",
    "rm /t/c",
    "rmdir /t/",
    "rmdir /t",
    "cd /t",
    "cd /exports/2026-09",
    "pwd",
    "ls plates",
    "rm plates/*",
    "ls -1",
)


@pytest.mark.parametrize("set_stat", SetStat)
def test_openssh_prints_what_it_should(
    make_sandbox: MakeSandbox, tmp_path: Path, set_stat: SetStat
) -> None:
    (tmp_path / "local").write_bytes(b"content")
    box = make_sandbox(clock=CLOCK, settings=Settings(set_stat=set_stat), **OPTIONS)
    printed = openssh_sftp(box, tmp_path, *COMMANDS)
    assert (tmp_path / "back").read_bytes() == b"content"
    assert printed == (EXPECTED / f"openssh-{set_stat}.txt").read_text()
