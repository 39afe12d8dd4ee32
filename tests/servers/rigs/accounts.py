"""Local accounts that live as long as a server of a test does. All of this needs root."""

from __future__ import annotations

import fcntl
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ferrygate.common.secret import Secret

_SBIN = Path("/usr/sbin")
_SEPARATION_USER = "sshd"
_SEPARATION_FOLDER = Path("/run/sshd")
_SEPARATION_NOTE = Path("/run/ferrygate-tests-sshd")
_SEPARATION_GATE = Path("/run/ferrygate-tests-sshd.gate")


@dataclass(frozen=True)
class Account:
    """A local account with a password and an empty home."""

    name: str
    password: Secret
    home: Path


@contextmanager
def throw_away_account(token: str) -> Iterator[Account]:
    """Make an account with a random password, gone afterwards with its home.

    Args:
        token: a random word that ends its name.
    """
    name = account_name(token)
    password = Secret(secrets.token_urlsafe(12))
    # A pytest folder is closed to other accounts; this one belongs to the account itself.
    home = Path(tempfile.mkdtemp(prefix=f"{name}-"))
    with ExitStack() as undo:
        undo.callback(shutil.rmtree, home)
        _run_alone(
            "useradd", "--no-create-home", "--home-dir", str(home), "--shell", "/bin/sh", name
        )
        undo.callback(_run_alone, "userdel", "--force", name)
        _run_alone("chpasswd", given=f"{name}:{password.reveal()}\n")
        shutil.chown(home, name, name)
        yield Account(name, password, home)


def account_name(token: str) -> str:
    """Name the account with that token."""
    return f"fgtest{token}"


@contextmanager
def privilege_separation() -> Iterator[None]:
    """Make the account and folder that an sshd run by root insists on, where they are missing.

    Test runs may share them: each holds a shared lock on a note of who made them, and the last
    one to leave removes what a test run made.
    """
    if os.geteuid() != 0:
        yield  # sshd separates nothing then
        return
    with _SEPARATION_NOTE.open("a+", encoding="ascii") as note:
        with _one_at_a_time():
            if not _account_exists(_SEPARATION_USER):
                _run(
                    *("useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin"),
                    *("--home-dir", str(_SEPARATION_FOLDER), _SEPARATION_USER),
                )
                note.write("made by a test run\n")
                note.flush()
            _SEPARATION_FOLDER.mkdir(mode=0o755, exist_ok=True)
            fcntl.flock(note, fcntl.LOCK_SH)
        try:
            yield
        finally:
            with _one_at_a_time():
                if _is_last(note.fileno()) and _SEPARATION_NOTE.read_text(encoding="ascii"):
                    _run("userdel", _SEPARATION_USER)
                    _SEPARATION_FOLDER.rmdir()
                    note.truncate(0)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with _SEPARATION_GATE.open("a") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


def _is_last(note: int) -> bool:
    """Tell whether nobody else holds the shared lock."""
    try:
        fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _account_exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _run_alone(program: str, *arguments: str, given: str = "") -> None:
    """Run such a program while no other process of the tests does: they refuse to wait."""
    with _one_at_a_time():
        _run(program, *arguments, given=given)


def _run(program: str, *arguments: str, given: str = "") -> None:
    """Run a program of the passwd package; what is ``given`` goes to its standard input."""
    subprocess.run(
        [_SBIN / program, *arguments],
        input=given,
        text=True,
        check=True,
        stdout=subprocess.DEVNULL,
    )
