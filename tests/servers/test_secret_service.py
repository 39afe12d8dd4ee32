"""The keychain vault over a real Secret Service: gnome-keyring in a D-Bus session of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = {"gnome-keyring-daemon": "gnome-keyring", "dbus-run-session": "dbus"}

UNLOCKED = """
set -e
coproc KEYRING { exec gnome-keyring-daemon --foreground --unlock --components=secrets <<< "" 2>&1; }
echo "$KEYRING_PID" > "$HOME/daemon.pid"
daemon=$KEYRING_PID
trap 'kill "$daemon"; wait "$daemon" || true' EXIT
bus="--session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus"
until dbus-send $bus.GetNameOwner string:org.freedesktop.secrets >/dev/null 2>&1; do
  sleep 0.05
done
"$@"
"""

WRITE = """
from ferrygate.common.secret import Secret
from ferrygate.vault.keychain import KeychainVault, open_vault
from ferrygate.vault.vault import Binding, SecretKind

vault = open_vault()
assert isinstance(vault, KeychainVault), vault.note
binding = Binding(host="sftp.example.org", port=22, username="vendor7")
assert vault.read(SecretKind.PASSWORD, binding) is None
vault.forget(SecretKind.PASSWORD, binding)
vault.write(SecretKind.PASSWORD, binding, Secret("first"))
vault.write(SecretKind.PASSWORD, binding, Secret("pässword"))
vault.write(SecretKind.CODE_SECRET, binding, Secret("JBSWY3DPEHPK3PXP"))
vault.forget(SecretKind.CODE_SECRET, binding)
assert vault.read(SecretKind.CODE_SECRET, binding) is None
"""

READ = """
from ferrygate.common.secret import Secret
from ferrygate.vault.keychain import open_vault
from ferrygate.vault.vault import Binding, SecretKind

binding = Binding(host="sftp.example.org", port=22, username="vendor7")
vault = open_vault()
saved = vault.read(SecretKind.PASSWORD, binding)
assert saved is not None and saved.secret == Secret("pässword")
assert vault.has(SecretKind.PASSWORD, binding) is True
assert vault.has(SecretKind.CODE_SECRET, binding) is False
"""

NOBODY = """
from ferrygate.vault.keychain import open_vault

vault = open_vault(deadline=10)
assert vault.note
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Give a home and a run-time folder of their own, and nothing of this desktop's session."""
    missing = [package for program, package in PROGRAMS.items() if not shutil.which(program)]
    if missing:
        reason = f"not installed: {', '.join(missing)}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    for folder in (".cache", ".local/share/keyrings", "run"):
        (tmp_path / folder).mkdir(parents=True, mode=0o700)
    return {
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path / "run"),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONWARNINGS": "error",
        "LANG": "C.UTF-8",
    }


def run(environment: dict[str, str], *command: str) -> None:
    """Run a command, and show what it said when it fails."""
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _nothing = process.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        said, _nothing = process.communicate()
    assert process.returncode == 0, said


def with_keyring(environment: dict[str, str], script: str) -> None:
    session = ("dbus-run-session", "--", "bash", "-c", UNLOCKED, "bash")
    run(environment, *session, sys.executable, "-c", script)
    pid = (Path(environment["HOME"]) / "daemon.pid").read_text().strip()
    assert not Path(f"/proc/{pid}/exe").exists()


def test_a_secret_survives_into_the_next_session(environment: dict[str, str]) -> None:
    with_keyring(environment, WRITE)
    with_keyring(environment, READ)
    kept = list((Path(environment["HOME"]) / ".local/share/keyrings").glob("*.keyring"))
    assert kept


def test_without_a_session_there_is_no_keychain(environment: dict[str, str]) -> None:
    environment["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={environment['XDG_RUNTIME_DIR']}/none"
    run(environment, sys.executable, "-c", NOBODY)
