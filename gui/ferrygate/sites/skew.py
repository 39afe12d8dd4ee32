"""Keeps by how much this computer's clock differs from the one that checks codes.

Codes are made for the corrected time once the person has agreed. The computer's clock itself is
never touched.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.atomic_files import locked, write_whole
from ferrygate.common.local_disk import damaged, own_file
from ferrygate.sites.site import Site

NOTABLE = 10
"""Seconds above which a difference is worth a word; codes that are less off are taken anywhere."""


class SkewStore:
    """Keeps a correction for each account in a small file; safe from any thread and process."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, site: Site) -> int:
        """Give the seconds that the server is ahead, as the person agreed; 0 if never.

        Raises:
            SettingsError: the file is damaged or cannot be read.
        """
        return self._load().get(site.account, 0)

    def keep(self, site: Site, seconds: int) -> None:
        """Correct codes by ``seconds`` from now on; a value of 10 s or less removes the correction.

        Raises:
            SettingsError: the file is damaged, or cannot be written.
        """
        with locked(self._path):
            skews = self._load()
            if abs(seconds) > NOTABLE:
                skews[site.account] = seconds
            else:
                skews.pop(site.account, None)
            write_whole(self._path, msgspec.json.encode(skews))

    def correct(self, site: Site, secret: CodeSecret) -> CodeSecret:
        """Make the secret give the codes that the server expects now.

        Raises:
            SettingsError: the file is damaged or cannot be read.
        """
        return msgspec.structs.replace(secret, epoch=-self.read(site))

    def _load(self) -> dict[str, int]:
        with own_file(self._path):
            try:
                content = self._path.read_bytes()
            except FileNotFoundError:
                return {}
        try:
            return msgspec.json.decode(content, type=dict[str, int])
        except msgspec.DecodeError as error:
            raise damaged(self._path, str(error)) from error
