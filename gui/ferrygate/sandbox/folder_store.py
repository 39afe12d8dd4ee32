"""Keeps the sandbox's files in a folder of this computer."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ferrygate.common.clock import Clock
from ferrygate.sandbox.store import Attributes, Reading, Status, StatusError, Writing

MAX_KEY_BYTES = 1024  # S3 user guide, "Naming Amazon S3 objects": the whole key in UTF-8
_MAX_TIME = 0xFFFFFFFF  # SFTP version 3 has 32 bits for it


class FolderStore:
    """Serves a home folder on disk, which no path leads out of.

    Args:
        root: the visible store; the home folder's place below it is the start of every key.
        home: the person's folder.
        staging: folder on the same file system, outside every home, for uploads under way.
        clock: gives uploads their time, as S3 does.
    """

    def __init__(self, root: Path, home: Path, staging: Path, clock: Clock) -> None:
        self._home = home.resolve()
        self._prefix = self._home.relative_to(root.resolve()).as_posix()
        self._staging = staging
        self._clock = clock

    def stat(self, path: str) -> Attributes:
        """Describe the entry at ``path``."""
        with _translated():
            return _attributes(self._resolve(path).lstat())

    def list(self, path: str) -> Iterator[tuple[bytes, Attributes]]:
        """Return the names in a folder, in byte order; links are left out, as S3 has none."""
        with _translated():
            folder = self._resolve(path)
            found = sorted(os.listdir(os.fsencode(folder)))  # noqa: PTH208  bytes, which pathlib does not know
        return _described(os.fsencode(folder), found)

    def open_reading(self, path: str) -> Reading:
        """Open a file for reading."""
        with _translated():
            place = self._resolve(path)
            if place.is_dir():
                raise StatusError(Status.FAILURE, "Is a directory")
            return _FileReading(place.open("rb", buffering=0))

    def open_writing(self, path: str, *, create: bool, exclusive: bool) -> Writing:
        """Start an upload in the staging folder."""
        with _translated():
            place = self._resolve(path)
            if place.is_dir():
                raise StatusError(Status.FAILURE, "Is a directory")
            if exclusive and place.exists():
                raise StatusError(Status.FAILURE, "File already exists")
            if not place.parent.is_dir() or not (create or place.exists()):
                raise StatusError(Status.NO_SUCH_FILE, "No such file")
            descriptor, staged = tempfile.mkstemp(dir=self._staging)
            file = open(descriptor, "wb", buffering=0)  # noqa: PTH123, SIM115  a descriptor, open until published
            return _FileWriting(file, Path(staged), place, self._clock)

    def make_folder(self, path: str) -> None:
        """Make one folder."""
        with _translated():
            self._resolve(path).mkdir()

    def remove_folder(self, path: str) -> None:
        """Remove an empty folder."""
        place = self._resolve(path)
        if place == self._home:
            raise StatusError(Status.PERMISSION_DENIED, "Permission denied")
        with _translated():
            place.rmdir()

    def remove(self, path: str) -> None:
        """Remove a file."""
        with _translated():
            place = self._resolve(path)
            if place.is_dir():
                raise StatusError(Status.FAILURE, "Is a directory")
            place.unlink()

    def rename(self, source: str, target: str) -> None:
        """Give a file a free name."""
        with _translated():
            old, new = self._resolve(source), self._resolve(target)
            if old.is_dir():
                raise StatusError(Status.OP_UNSUPPORTED, "Cannot rename a directory")
            if new.exists():
                raise StatusError(Status.FAILURE, "File already exists")
            old.rename(new)

    def _resolve(self, path: str) -> Path:
        """Return the place on disk of a path, which stays inside the home, links included."""
        if len(f"{self._prefix}{path}".encode()) > MAX_KEY_BYTES:
            raise StatusError(Status.FAILURE, "Key is too long")
        plain = self._home.joinpath(path.strip("/"))
        try:
            resolved = plain.resolve()
        except (OSError, RuntimeError, ValueError):
            raise StatusError(Status.FAILURE, "Invalid path") from None
        if not resolved.is_relative_to(self._home):
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
    def __init__(self, file: IO[bytes], staged: Path, place: Path, clock: Clock) -> None:
        self._file = file
        self._staged = staged
        self._place = place
        self._clock = clock
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
                self._staged.replace(self._place)
        finally:
            self._staged.unlink(missing_ok=True)


def _described(folder: bytes, found: list[bytes]) -> Iterator[tuple[bytes, Attributes]]:
    for name in found:
        try:
            value = os.lstat(os.path.join(folder, name))  # noqa: PTH118  bytes, which pathlib does not know
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
