"""A command loads few libraries: each is time that passes before the server hears anything."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from e2e.program import Program, connection_file
from ferrygate.sandbox.sandbox import Sandbox
from servers.rigs.rig import Rig
from servers.rigs.signing_in import by_key
from servers.rigs.signing_in import site_of as rig_site
from support.sandbox_site import site_of

# Libraries for windows, keychains, pictures, drawing, dates in words, servers and Okta; unittest
# and email come with the parts of paramiko that are left out.
NEEDLESS = {"PySide6", "shiboken6", "keyring", "jeepney", "secretstorage", "PIL", "zxingcpp"}
NEEDLESS |= {"rich", "babel", "asyncssh", "asyncio", "http", "ssl", "boto3", "unittest", "email"}
IMPORTED = re.compile(r"^import time: +\d+ \| +\d+ \| +(\w+)", re.MULTILINE)


def loaded(program: Program, *arguments: str | Path) -> set[str]:
    """Collect the libraries that a command has loaded."""
    telling = Program({**program.environment, "PYTHONPROFILEIMPORTTIME": "1"})
    outcome = telling(*arguments)
    assert outcome.returncode == 0, outcome.stderr
    libraries = set(IMPORTED.findall(outcome.stderr))
    assert libraries >= {"ferrygate", "paramiko"}
    return libraries


def needless(program: Program, *arguments: str | Path) -> set[str]:
    """Collect what a command that makes no code has loaded and does not need."""
    return loaded(program, *arguments) & (NEEDLESS | {"pyotp"})


@pytest.fixture
def key_site(openssh: Rig, tmp_path: Path) -> Path:
    return connection_file(tmp_path, rig_site(openssh, by_key(openssh)))


def test_a_listing_loads_nothing_needless(bare: Program, openssh: Rig, key_site: Path) -> None:
    assert needless(bare, "ls", key_site, openssh.home) == set()


@pytest.mark.parametrize("command", ["put", "get"])
def test_a_transfer_loads_nothing_needless(
    bare: Program, openssh: Rig, key_site: Path, tmp_path: Path, command: str
) -> None:
    file = (tmp_path if command == "put" else openssh.home) / "a.csv"
    file.write_text("a")
    folder = openssh.home / "in" if command == "put" else tmp_path / "in"
    assert needless(bare, command, key_site, file, folder) == set()


def test_secrets_of_the_environment_need_no_keychain(
    ferrygate: Program, sandbox: Sandbox, tmp_path: Path
) -> None:
    site = connection_file(tmp_path, site_of(sandbox.ready))
    libraries = loaded(ferrygate, "ls", site)
    assert libraries & NEEDLESS == set()
    assert "pyotp" in libraries
