"""Finds the folder of Ferrygate's files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from ferrygate.common.errors import SettingsError
from ferrygate.common.local_disk import other_home, reason
from ferrygate.common.message import message

HOME_VARIABLE = "FERRYGATE_HOME"


@dataclass(frozen=True)
class Home:
    """Names the folder of sites, ledger, known hosts and logs, which only its owner can read."""

    root: Path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Home:
        """Take ``FERRYGATE_HOME`` where set, else the platform's folder for user data.

        Raises:
            SettingsError: it begins with a ``~`` that names no folder, or the current folder
                is gone, which it is relative to.
        """
        chosen = environment.get(HOME_VARIABLE)
        root = Path(chosen) if chosen else platformdirs.user_data_path("ferrygate", False)  # noqa: FBT003  the library's own signature
        try:
            return cls(root.expanduser().absolute())
        except (OSError, RuntimeError) as error:
            raise _unusable(root, str(error)) from error

    def prepare(self) -> Home:
        """Make the folder with mode 0700 and return itself.

        Raises:
            SettingsError: the folder cannot be made or written.
        """
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise _unusable(self.root, reason(error)) from error
        if not os.access(self.root, os.R_OK | os.W_OK | os.X_OK):
            raise _unusable(self.root, "no permission to write there")
        return self

    @property
    def sites(self) -> Path:
        """Saved sites, one connection file each."""
        return self.root / "sites"

    @property
    def known_hosts(self) -> Path:
        """Host keys a person has confirmed."""
        return self.root / "known_hosts"

    @property
    def ledger(self) -> Path:
        """Name the file of the code ledger and lock-out breaker (SQLite)."""
        return self.root / "ledger.sqlite3"

    @property
    def skew(self) -> Path:
        """By how much this computer's clock is wrong, for each account."""
        return self.root / "skew.json"

    @property
    def upload_claims(self) -> Path:
        """Name the folder with a locked file for each remote name that is being replaced."""
        return self.root / "replacing"

    @property
    def logs(self) -> Path:
        """Log files."""
        return self.root / "logs"

    @property
    def sandbox(self) -> Path:
        """Name the folder of the sandbox's host key and folders."""
        return self.root / "sandbox"


def _unusable(root: Path, detail: str) -> SettingsError:
    return SettingsError(
        message("Ferrygate cannot keep its files in “{folder}”.", folder=str(root)),
        next_step=other_home(),
        detail=detail,
    )
