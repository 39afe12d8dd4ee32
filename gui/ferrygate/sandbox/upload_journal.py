"""Records open multipart uploads on disk, so that none outlives a sandbox for long.

S3 keeps the parts of an upload, and bills them, until the upload is completed or aborted. A sandbox
that ends by force does neither; the next one that starts does, by the file that was left. A running
sandbox holds its file locked, so that no other takes its uploads for left over.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from ferrygate.common.atomic_files import locked
from ferrygate.common.file_lock import LockResult, try_lock
from ferrygate.common.local_disk import damaged

_PREFIX = "uploads-"
_SUFFIX = ".jsonl"
_LOCK = "uploads"  # name of the lock under which files come and go


class OpenUpload(msgspec.Struct, frozen=True, kw_only=True):
    """Names an upload that is open, or is about to be.

    Attributes:
        endpoint: address of the S3.
        bucket: name of the bucket.
        key: of the object.
        number: counts the uploads of one run.
        upload_id: as S3 gave it; empty while S3 has not answered.
        ended: completed or aborted.
    """

    endpoint: str
    bucket: str
    key: str
    number: int
    upload_id: str = ""
    ended: bool = False


class UploadJournal:
    """Writes the uploads of one run into a file of its own; used from any thread.

    Args:
        folder: where such files are.
        endpoint: address of the S3.
        bucket: name of the bucket.
    """

    def __init__(self, folder: Path, endpoint: str, bucket: str) -> None:
        descriptor, self._path = _new_file(folder)
        self._file = open(descriptor, "ab", buffering=0)  # noqa: PTH123, SIM115  a descriptor, open for the run
        self._endpoint = endpoint
        self._bucket = bucket
        self._lock = threading.Lock()
        self._open: dict[int, OpenUpload] = {}
        self._count = 0

    def begin(self, key: str) -> OpenUpload:
        """Record an upload, before S3 is asked for it."""
        with self._lock:
            self._count += 1
            number = self._count
        upload = OpenUpload(endpoint=self._endpoint, bucket=self._bucket, key=key, number=number)
        self._write(upload)
        return upload

    def opened(self, upload: OpenUpload, upload_id: str) -> OpenUpload:
        """Record the upload's name at S3."""
        named = msgspec.structs.replace(upload, upload_id=upload_id)
        self._write(named)
        return named

    def end(self, upload: OpenUpload) -> None:
        """Record that S3 keeps no parts of an upload any more."""
        self._write(msgspec.structs.replace(upload, ended=True))

    def close(self) -> None:
        """Remove the file, unless an upload is open still, which is then left to the next start."""
        with self._lock:
            self._file.close()  # first, as Windows removes no open file
            if not self._open:
                self._path.unlink()

    def _write(self, upload: OpenUpload) -> None:
        with self._lock:
            if upload.ended:
                self._open.pop(upload.number, None)
            else:
                self._open[upload.number] = upload
            self._file.write(msgspec.json.encode(upload) + b"\n")
            os.fsync(self._file.fileno())


def clear_left_over(
    folder: Path, endpoint: str, bucket: str, abort: Callable[[OpenUpload], None]
) -> None:
    """Abort a bucket's uploads of runs that ended by force, and remove the files of these runs.

    A file stays if ``abort`` raises for one of its uploads, or if these are another bucket's.

    Raises:
        OSError: a file cannot be read or removed.
        SettingsError: a file is damaged, or another start holds the lock for long.
    """
    with locked(folder / _LOCK):
        for path in sorted(folder.glob(f"{_PREFIX}*{_SUFFIX}")):
            if _is_unused(path) and _cleared(path, endpoint, bucket, abort):
                path.unlink()


def _new_file(folder: Path) -> tuple[int, Path]:
    """Make a file and lock it, while no start takes it for left over."""
    with locked(folder / _LOCK):
        descriptor, name = tempfile.mkstemp(prefix=_PREFIX, suffix=_SUFFIX, dir=folder)
        try_lock(descriptor)
    return descriptor, Path(name)


def _is_unused(path: Path) -> bool:
    """Tell whether no sandbox that runs has the file."""
    with path.open("rb+") as file:
        return try_lock(file.fileno()) is not LockResult.HELD


def _cleared(path: Path, endpoint: str, bucket: str, abort: Callable[[OpenUpload], None]) -> bool:
    """Abort what a file has, and tell whether that was all of this bucket."""
    uploads = _left_open(path)
    if any((each.endpoint, each.bucket) != (endpoint, bucket) for each in uploads):
        return False
    for upload in uploads:
        abort(upload)
    return True


def _left_open(path: Path) -> list[OpenUpload]:
    """Return the uploads without an end; a last line that is cut off is of one never begun."""
    uploads: dict[int, OpenUpload] = {}
    for line in path.read_bytes().split(b"\n")[:-1]:
        try:
            upload = msgspec.json.decode(line, type=OpenUpload)
        except msgspec.MsgspecError as error:
            raise damaged(path, str(error)) from None
        uploads[upload.number] = upload
    return [upload for upload in uploads.values() if not upload.ended]
