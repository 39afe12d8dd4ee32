"""A keychain in a file, for a program in a process of its own: see ``support.file_keychain``.

``keyring`` may choose whatever class of its back ends a process has loaded, so no test loads this.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend

from support.file_keychain import VARIABLE


class FileKeyring(KeyringBackend):
    """Keeps its entries in the file that the environment names."""

    priority = 1.0

    @property
    def _path(self) -> Path:
        return Path(os.environ[VARIABLE])

    def get_password(self, service: str, username: str) -> str | None:
        return self._entries().get(f"{service}\n{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        entries = {**self._entries(), f"{service}\n{username}": password}
        self._path.write_text(json.dumps(entries), encoding="utf-8")

    def delete_password(self, service: str, username: str) -> None:
        entries = self._entries()
        del entries[f"{service}\n{username}"]
        self._path.write_text(json.dumps(entries), encoding="utf-8")

    def _entries(self) -> dict[str, str]:
        if not self._path.exists():
            return {}
        entries: dict[str, str] = json.loads(self._path.read_text(encoding="utf-8"))
        return entries
