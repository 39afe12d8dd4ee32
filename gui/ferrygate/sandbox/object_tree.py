"""Holds S3's rules about names, in one tree over whatever store has the objects.

A bucket knows keys only. A folder is there while a key begins with its name and a slash: an
object below it, or a marker, which is an empty object under that very name. So a folder that was
never made is gone with its last object. Sources: S3 user guide, "Organizing objects using
prefixes" and "Naming Amazon S3 objects"; AWS Transfer Family user guide, "Using logical
directories to simplify your Transfer Family directory structures".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ferrygate.sandbox.operation_table import Case, refused
from ferrygate.sandbox.settings import MissingParents, Settings
from ferrygate.sandbox.store import (
    Attributes,
    ObjectStore,
    Reading,
    Status,
    StatusError,
    Writing,
)

MAX_KEY_BYTES = 1024  # S3 user guide, "Naming Amazon S3 objects": the whole key in UTF-8


class ObjectTree:
    """Serves one person's home, made of one or several folders of a bucket.

    Args:
        objects: the bucket.
        mappings: key prefixes, without slashes at either end, by the path that shows each: ``/``
            alone, or several of which none is in another. What lies above these is virtual, and
            cannot be written to.
        settings: what is not known of AWS Transfer, or can be set there.
    """

    def __init__(
        self, objects: ObjectStore, mappings: Mapping[str, str], settings: Settings
    ) -> None:
        self._objects = objects
        self._mappings = dict(mappings)
        self._settings = settings

    def stat(self, path: str) -> Attributes:
        """Describe the entry at ``path``."""
        if path in self._mappings or self._virtual_names(path):
            return Attributes(is_folder=True)
        key = self._key(path)
        found = self._objects.head(key)
        if found is None and not self._objects.has_prefix(f"{key}/"):
            raise self._refused(Case.OPEN_MISSING)
        return found or Attributes(is_folder=True)

    def list(self, path: str) -> Iterator[tuple[bytes, Attributes]]:
        """Return the names in a folder, in byte order."""
        names = self._virtual_names(path)
        if names:
            return ((name.encode(), Attributes(is_folder=True)) for name in names)
        return self._objects.list(f"{self._key(path)}/")

    def open_reading(self, path: str) -> Reading:
        """Open a file for reading."""
        if self.stat(path).is_folder:
            raise self._refused(Case.OPEN_FOLDER)
        return self._objects.open_reading(self._key(path))

    def open_writing(self, path: str, *, create: bool, exclusive: bool) -> Writing:
        """Start an upload; the bucket has it once it is published."""
        found = self._find(path)
        if found and found.is_folder:
            raise self._refused(Case.OPEN_FOLDER)
        if found and exclusive:
            raise self._refused(Case.OPEN_EXCLUSIVE)
        if not found and not create:
            raise self._refused(Case.OPEN_MISSING)
        self._check_parent(path)
        return self._objects.open_writing(self._key(path))

    def make_folder(self, path: str) -> None:
        """Make a folder, by putting its marker."""
        if self._find(path):
            raise self._refused(Case.MAKE_EXISTING)
        self._check_parent(path)
        self._objects.put_marker(f"{self._key(path)}/")

    def remove_folder(self, path: str) -> None:
        """Remove the marker of a folder that holds nothing else."""
        if path in self._mappings or self._virtual_names(path):
            raise self._refused(Case.VIRTUAL)
        if not self.stat(path).is_folder:
            raise self._refused(Case.OPEN_MISSING)
        prefix = f"{self._key(path)}/"
        if not self._objects.is_empty(prefix):
            raise self._refused(Case.RMDIR_NOT_EMPTY)
        self._objects.delete(prefix)

    def remove(self, path: str) -> None:
        """Remove a file."""
        if self.stat(path).is_folder:
            raise self._refused(Case.REMOVE_FOLDER)
        self._objects.delete(self._key(path))

    def rename(self, source: str, target: str) -> None:
        """Give a file a free name; a folder's name is part of every key below, and stays."""
        if self.stat(source).is_folder:
            raise self._refused(Case.RENAME_FOLDER)
        if self._find(target):
            raise self._refused(Case.RENAME_ONTO_EXISTING)
        self._check_parent(target)
        self._objects.move(self._key(source), self._key(target))

    def _find(self, path: str) -> Attributes | None:
        try:
            return self.stat(path)
        except StatusError as error:
            if error.status is Status.NO_SUCH_FILE:
                return None
            raise

    def _check_parent(self, path: str) -> None:
        """Refuse a name in a folder that is not there, unless this server makes folders up."""
        parent = path.rpartition("/")[0] or "/"
        if self._virtual_names(parent):
            raise self._refused(Case.VIRTUAL)
        if self._settings.missing_parents is MissingParents.CREATE and not self._find(parent):
            self._check_parent(parent)
        elif not self.stat(parent).is_folder:
            raise self._refused(Case.OPEN_MISSING)

    def _key(self, path: str) -> str:
        """Return the key of a path inside a mapping."""
        for entry, prefix in self._mappings.items():
            above = f"{entry.rstrip('/')}/"
            if path == entry or path.startswith(above):
                key = f"{prefix}/{path.removeprefix(above)}" if path != entry else prefix
                if len(key.encode()) > MAX_KEY_BYTES:
                    raise self._refused(Case.KEY_TOO_LONG)
                return key
        raise self._refused(Case.OPEN_MISSING)

    def _virtual_names(self, path: str) -> Sequence[str]:
        """Return the names in a folder that is there only because mappings lie below."""
        above = f"{path.rstrip('/')}/"
        below = (entry.removeprefix(above) for entry in self._mappings if entry.startswith(above))
        return sorted({rest.partition("/")[0] for rest in below if rest})

    def _refused(self, case: Case) -> StatusError:
        return refused(case, self._settings)
