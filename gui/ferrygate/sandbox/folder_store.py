"""Keeps the sandbox's objects as the files of a folder on this computer."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from ferrygate.common.clock import Clock
from ferrygate.sandbox.long_names import LongNames
from ferrygate.sandbox.markers import Markers
from ferrygate.sandbox.store import Attributes, Reading, Status, StatusError, Writing

_VERSIONS = ".versions"  # no user name starts with a dot, so no home folder is called this
_VERSION = ".version-"  # begins the names of versions, which lie among those of folders
_MAX_TIME = 0xFFFFFFFF  # SFTP version 3 has 32 bits for it


class FolderStore:
    """Serves a folder as a bucket, whose keys are the paths of files; none leads out of it.

    A folder that was made as a marker, or was empty when something was put into it, stays when its
    last object is deleted; others go with it, as on S3. Used from one thread.

    Args:
        root: the bucket.
        staging: folder on the same file system, outside every home, for uploads under way.
        clock: gives uploads their time, as S3 does.
        keeps_versions: what is replaced or deleted is kept below ``.versions``, as a bucket with
            versioning does, out of reach of every session.
    """

    def __init__(
        self, root: Path, staging: Path, clock: Clock, *, keeps_versions: bool = False
    ) -> None:
        self._root = root.resolve()
        self._staging = staging
        self._clock = clock
        self._long_names = LongNames(self._root)
        self._markers = Markers(self._root)
        self._versions = self._root / _VERSIONS if keeps_versions else None

    def head(self, key: str) -> Attributes | None:
        """Describe an object, or return None if there is none of this key."""
        found = self._find(key)
        return found if found and not found.is_folder else None

    def has_prefix(self, prefix: str) -> bool:
        """Tell whether there is a folder of this name."""
        found = self._find(prefix)
        return found is not None and found.is_folder

    def is_empty(self, prefix: str) -> bool:
        """Tell whether a folder holds nothing."""
        return next(self.list(prefix), None) is None

    def list(self, prefix: str) -> Iterator[tuple[bytes, Attributes]]:
        """Return the names in a folder, in byte order; links are left out, as S3 has none."""
        if not self.has_prefix(prefix):
            return iter(())
        with _translated():
            folder = self._resolve(prefix)
            names = os.listdir(os.fsencode(folder))  # noqa: PTH208  bytes, which pathlib does not know
        found = sorted((self._long_names.original(name), name) for name in names)
        return _described(os.fsencode(folder), found)

    def open_reading(self, key: str) -> Reading:
        """Open an object for reading."""
        with _translated():
            return _FileReading(self._resolve(key).open("rb", buffering=0))

    def open_writing(self, key: str) -> Writing:
        """Start an upload in the staging folder."""
        with _translated():
            place = self._prepare_place(key)
            descriptor, staged = tempfile.mkstemp(dir=self._staging)
            file = open(descriptor, "wb", buffering=0)  # noqa: PTH123, SIM115  a descriptor, open until published
            return _FileWriting(
                file,
                Path(staged),
                place,
                self._clock,
                before_publishing=lambda: self._prepare_publishing(place),
                after_discarding=lambda: self._prune(place.parent),
            )

    def put_marker(self, prefix: str) -> None:
        """Make a folder that stays when it is empty."""
        with _translated():
            place = self._prepare_place(prefix)
            place.mkdir(exist_ok=True)
            self._markers.add(place)

    def delete(self, key: str) -> None:
        """Delete a file, or an empty folder, and the folders above that are gone with it."""
        with _translated():
            place = self._resolve(key)
            if key.endswith("/"):
                place.rmdir()
                self._markers.discard(place)
            else:
                self._keep_version(place)
                place.unlink()
            self._prune(place.parent)

    def move(self, source: str, target: str) -> None:
        """Give a file another place."""
        with _translated():
            old, new = self._resolve(source), self._prepare_place(target)
            self._keep_version(old)
            old.rename(new)
            self._prune(old.parent)

    def keep(self, prefix: str) -> None:
        """Count a folder as marked, even if it holds something already."""
        self._markers.keep(self._resolve(prefix))

    def _prepare_place(self, key: str) -> Path:
        """Return a key's place, after making the folders above it.

        A folder that is there and empty gets a marker: without an object, only that shows it.
        """
        place = self._resolve(key)
        self._make_folder(place.parent)
        self._long_names.remember(key)
        return place

    def _make_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            self._make_folder(folder.parent)
            folder.mkdir(exist_ok=True)
            self._markers.discard(folder)  # of a folder that somebody removed by other means
        elif folder not in self._markers and _is_empty(folder):
            self._markers.add(folder)

    def _prepare_publishing(self, place: Path) -> None:
        """Make an upload's folder again if it is gone, and keep the file that is to be replaced."""
        if not place.parent.is_dir():
            self._make_folder(place.parent)
        self._keep_version(place)

    def _keep_version(self, place: Path) -> None:
        """Link the file at a place, if there is one, into a folder of its earlier versions."""
        if self._versions is None or not place.is_file():
            return
        folder = self._versions / place.relative_to(self._root)
        folder.mkdir(parents=True, exist_ok=True)
        number = sum(each.name.startswith(_VERSION) for each in folder.iterdir()) + 1
        os.link(place, folder / f"{_VERSION}{number}")

    def _prune(self, folder: Path) -> None:
        """Remove folders that hold no object any more, and no marker."""
        while folder not in self._markers:
            try:
                folder.rmdir()
            except OSError:  # it holds something, or somebody removed it
                return
            folder = folder.parent

    def _find(self, key: str) -> Attributes | None:
        try:
            with _translated():
                return _attributes(self._resolve(key).lstat())
        except StatusError as error:
            if error.status is Status.NO_SUCH_FILE:
                return None
            raise

    def _resolve(self, key: str) -> Path:
        """Return the place on disk of a key, which stays inside the bucket, links included."""
        parts = [self._long_names.on_disk(part) for part in key.split("/") if part]
        plain = self._root.joinpath(*parts)
        try:
            resolved = plain.resolve()
        except (OSError, RuntimeError, ValueError):
            raise StatusError(Status.FAILURE, "Invalid path") from None
        if not resolved.is_relative_to(self._root):
            raise StatusError(Status.PERMISSION_DENIED, "Permission denied")
        if resolved != plain:
            raise StatusError(Status.NO_SUCH_FILE, "No such file")
        return resolved


class _FileReading:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, offset: int, length: int) -> bytes:
        with _translated():
            self._file.seek(offset)
            return self._file.read(length)

    def attributes(self) -> Attributes:
        with _translated():
            return _attributes(os.fstat(self._file.fileno()))

    def close(self) -> None:
        self._file.close()


class _FileWriting:
    def __init__(
        self,
        file: IO[bytes],
        staged: Path,
        place: Path,
        clock: Clock,
        *,
        before_publishing: Callable[[], None],
        after_discarding: Callable[[], None],
    ) -> None:
        self._file = file
        self._staged = staged
        self._place = place
        self._clock = clock
        self._before_publishing = before_publishing
        self._after_discarding = after_discarding
        self._size = 0

    def append(self, content: bytes) -> None:
        with _translated():
            self._file.write(content)
        self._size += len(content)

    def attributes(self) -> Attributes:
        return Attributes(is_folder=False, size=self._size, modified=int(self._clock.now()))

    def publish(self) -> None:
        self._file.close()
        now = self._clock.now()
        try:
            with _translated():
                os.utime(self._staged, (now, now))
                self._before_publishing()
                self._staged.replace(self._place)
        finally:
            self._staged.unlink(missing_ok=True)

    def discard(self) -> None:
        self._file.close()
        with _translated():
            self._staged.unlink()
        self._after_discarding()


def _is_empty(folder: Path) -> bool:
    with os.scandir(folder) as entries:
        return next(entries, None) is None


def _described(
    folder: bytes, found: list[tuple[bytes, bytes]]
) -> Iterator[tuple[bytes, Attributes]]:
    """Describe the names of a folder, each of which comes with its name on disk."""
    for name, name_on_disk in found:
        try:
            value = os.lstat(os.path.join(folder, name_on_disk))  # noqa: PTH118  bytes, which pathlib does not know
        except FileNotFoundError:  # removed since the folder was read
            continue
        if not stat.S_ISLNK(value.st_mode):
            yield name, _attributes(value)


def _attributes(value: os.stat_result) -> Attributes:
    if stat.S_ISDIR(value.st_mode):
        return Attributes(is_folder=True)
    modified = min(max(0, int(value.st_mtime)), _MAX_TIME)
    return Attributes(is_folder=False, size=value.st_size, modified=modified)


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, NotADirectoryError):
        raise StatusError(Status.NO_SUCH_FILE, "No such file") from None
    except PermissionError:
        raise StatusError(Status.PERMISSION_DENIED, "Permission denied") from None
    except FileExistsError:
        raise StatusError(Status.FAILURE, "File already exists") from None
    except OverflowError:  # an offset that no file has
        raise StatusError(Status.FAILURE, "Invalid offset") from None
    except OSError as error:
        raise StatusError(Status.FAILURE, error.strerror or "Failure") from None
