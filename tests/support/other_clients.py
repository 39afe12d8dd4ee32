"""Runs lftp and rclone (packaging/unpack-servers.sh) against a sandbox."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from ferrygate.sandbox.sandbox import Sandbox
from support.fake_clock import ManualClock
from support.openssh_sftp import SSH_OPTIONS
from support.sandbox_clients import CODE_SECRET, typed

UNPACKED = Path(__file__).parents[2] / "build" / "peers" / "usr" / "bin"
_SECONDS = 30.0
_RCLONE_OPTIONS = (
    *("--config", "/dev/null", "--log-format", "", "-v"),
    *("--stats", "0", "--stats-log-level", "DEBUG"),  # of times and speeds
    # One try, and one thing after the other, so that what is printed has its order.
    *("--retries", "1", "--low-level-retries", "1", "--checkers", "1", "--transfers", "1"),
)


def lftp(sandbox: Sandbox, folder: Path, *commands: str) -> str:
    """Run commands over one connection, errors and all, and give what was printed."""
    ready = sandbox.ready
    ssh = ("ssh", "-a", "-x", "-F/dev/null", *(f"-o{option}" for option in SSH_OPTIONS))
    lines = [
        f'set sftp:connect-program "{shlex.join(ssh)}"',
        "set net:max-retries 1",
        "set net:timeout 20",
        "set cache:enable no",
        f"open -u {ready.username},{shlex.quote(typed())} sftp://{ready.host}:{ready.port}",
    ]
    for command in commands:
        lines += [f"echo {shlex.quote(f'lftp> {command}')}", command]
    finished = subprocess.run(
        [UNPACKED / "lftp", "--norc"],
        cwd=folder,
        input="\n".join(lines) + "\n",
        env={**os.environ, "LC_ALL": "C.UTF-8", "LFTP_HOME": str(folder / "lftp")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="surrogateescape",
        timeout=_SECONDS,
        check=False,  # since the status is that of the last command
    )
    return finished.stdout


def rclone(
    sandbox: Sandbox, folder: Path, sign_in: Callable[[], Mapping[str, str]], *commands: str
) -> str:
    """Run commands and give what was printed, and each exit status that is not 0.

    Args:
        sandbox: server.
        folder: where the local files are.
        sign_in: makes the settings by which one command signs in.
        commands: with ``:sftp:`` before remote paths.
    """
    ready = sandbox.ready
    printed = ""
    for command in commands:
        environment = {
            "RCLONE_SFTP_HOST": ready.host,
            "RCLONE_SFTP_PORT": str(ready.port),
            "RCLONE_SFTP_USER": ready.username,
            "RCLONE_SFTP_SHELL_TYPE": "none",
            **sign_in(),
        }
        finished = _run(shlex.split(command), folder, environment)
        output = finished.stdout.replace(f":{ready.port}/", ":PORT/").rstrip("\n")
        printed += f"$ rclone {command}\n{output}\n" if output else f"$ rclone {command}\n"
        if finished.returncode:
            printed += f"exit status {finished.returncode}\n"
    return printed


def by_key(file: Path) -> dict[str, str]:
    """Make rclone's settings for a private key."""
    return {"RCLONE_SFTP_KEY_FILE": str(file)}


def by_code(folder: Path, clock: ManualClock) -> dict[str, str]:
    """Make rclone's settings for password and code, and move the clock on to the next code."""
    obscured = _run(["obscure", "-"], folder, {}, typed(clock=clock)).stdout.strip()
    clock.time += CODE_SECRET.period
    return {"RCLONE_SFTP_PASS": obscured}


def _run(
    arguments: Iterable[str], folder: Path, environment: dict[str, str], typed_in: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [UNPACKED / "rclone", *_RCLONE_OPTIONS, *arguments],
        cwd=folder,
        input=typed_in,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
