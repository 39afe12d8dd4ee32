"""Keeps saved sites: one connection file each, in one folder."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import msgspec

from ferrygate.common.atomic_files import locked, write_whole
from ferrygate.common.display import display_text
from ferrygate.common.errors import ConnectionFileError, UsageError
from ferrygate.common.local_disk import own_file
from ferrygate.common.message import message
from ferrygate.sites.connection_file import (
    SUFFIX,
    format_connection_file,
    parse_connection_file,
    read_connection_file,
)
from ferrygate.sites.site import Site
from ferrygate.sites.without_code import may_do_without_code, with_join

_MAX_SLUG = 40  # characters of a site's name that are kept in its file's name
_HASH_DIGITS = 12  # 48 bits: two names of one person do not meet by chance


class SiteStore:
    """Reads and writes a folder of connection files, by the names of their sites.

    A file that cannot be read goes by its file name, so that asking for it tells what is wrong.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> tuple[str, ...]:
        """List the names of all saved sites, sorted.

        Raises:
            SettingsError: the folder cannot be read; so does every method.
        """
        return tuple(sorted(self._files(), key=str.casefold))

    def load(self, name: str) -> Site:
        """Load the saved site of a name.

        Raises:
            UsageError: there is none; the sentence lists those there are.
            ConnectionFileError: its file is broken.
        """
        return read_connection_file(self._file_of(name))

    def save(self, site: Site) -> None:
        """Save a site in place of the one of the same name, if any.

        Raises:
            ConnectionFileError: the site is not one that a connection file can hold.
            SettingsError: the folder cannot be written.
        """
        text = format_connection_file(site)
        parse_connection_file(text, source="")
        with locked(self._folder / "sites"):
            path = self._files().get(site.name, self._folder / _file_name(site.name))
            write_whole(path, text.encode())

    def keep_proven(self, site: Site) -> None:
        """Save a site that a sign-in has proven, unless one of that name is there.

        Of that one is kept what the person said of its codes, if it is the same account's.

        Raises:
            FerrygateError: as :meth:`load` and :meth:`save`.
        """
        if site.name not in self.names():
            self.save(site)
            return
        old = self.load(site.name)
        is_there = (old.host, old.port) == (site.host, site.port) and may_do_without_code(site)
        if is_there and old.username in {"", site.username} and may_do_without_code(old):
            changed = with_join(old, site.sign_in.join)
            if changed != old:
                self.save(changed)

    def renew_pins(self, outdated: Site, pins: tuple[str, ...]) -> None:
        """Give a saved site the host keys that a person trusts by now for its pins.

        Args:
            outdated: the site with its old pins, as it was opened. A saved site of its name that is
                another one keeps its pins: the one opened may be a connection file from elsewhere.
            pins: fingerprints of the keys on record.

        Raises:
            FerrygateError: as :meth:`load` and :meth:`save`.
        """
        site = self.load(outdated.name)
        if msgspec.structs.replace(site, username=outdated.username) == outdated:  # typed each time
            self.save(msgspec.structs.replace(site, host_key_fingerprints=pins))

    def remove(self, name: str) -> None:
        """Forget a saved site.

        Raises:
            UsageError: there is none of that name.
            SettingsError: its file cannot be removed.
        """
        path = self._file_of(name)
        with own_file(path):
            path.unlink(missing_ok=True)

    def _file_of(self, name: str) -> Path:
        files = self._files()
        if name in files:
            return files[name]
        known = ", ".join(display_text(known) for known in sorted(files, key=str.casefold))
        raise UsageError(
            message("There is no saved site “{name}”.", name=name),
            next_step=message("Saved sites: {names}.", names=known)
            if known
            else message("No site is saved yet."),
        )

    def _files(self) -> dict[str, Path]:
        files: dict[str, Path] = {}
        for path in self._paths():
            try:
                name = read_connection_file(path).name
            except ConnectionFileError:
                name = path.name
            files[path.name if name in files else name] = path
        return files

    def _paths(self) -> list[Path]:
        """List the files; glob would take a folder that may not be read for an empty one."""
        with own_file(self._folder):
            try:
                found = list(self._folder.iterdir())
            except FileNotFoundError:
                return []
        return sorted(path for path in found if path.match(f"*{SUFFIX}"))


def _file_name(name: str) -> str:
    """Make a file name that people recognise; the hash keeps different names apart on any disk."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower())[:_MAX_SLUG].strip("-")
    digest = hashlib.sha256(name.encode()).hexdigest()[:_HASH_DIGITS]
    return f"{slug}-{digest}{SUFFIX}".lstrip("-")
