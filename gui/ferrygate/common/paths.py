"""Where Ferrygate keeps its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

HOME_VARIABLE = "FERRYGATE_HOME"


@dataclass(frozen=True)
class Home:
    """One folder for sites, ledger, known hosts and logs; readable by its owner only."""

    root: Path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Home:
        """``FERRYGATE_HOME`` where set, else the platform's folder for user data."""
        chosen = environment.get(HOME_VARIABLE)
        root = Path(chosen) if chosen else platformdirs.user_data_path("ferrygate", False)  # noqa: FBT003  the library's own signature
        return cls(root.expanduser().absolute())

    def prepare(self) -> Home:
        """Make the folder with mode 0700 and return itself."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
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
        """The code ledger and lock-out breaker (SQLite)."""
        return self.root / "ledger.sqlite3"

    @property
    def skew(self) -> Path:
        """By how much this computer's clock is wrong, for each account."""
        return self.root / "skew.json"

    @property
    def logs(self) -> Path:
        """Log files."""
        return self.root / "logs"

    @property
    def sandbox(self) -> Path:
        """The sandbox's host key and folders."""
        return self.root / "sandbox"
