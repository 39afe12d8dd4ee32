"""Keeps the files of the simulated server, which outlive its connections."""

from __future__ import annotations

from collections.abc import Callable


class StoredFile:
    """Holds a file's bytes, and when it was changed, in seconds since the epoch."""

    def __init__(self, content: bytes = b"", modified: int = 0) -> None:
        self.content = bytearray(content)
        self.modified = modified


class RemoteStore:
    """Keeps folders and files, by path.

    Attributes:
        is_object_store: a file shows when it is closed; else as soon as it is opened.
    """

    def __init__(self, now: Callable[[], float], *, is_object_store: bool) -> None:
        self.is_object_store = is_object_store
        self.files: dict[bytes, StoredFile] = {}
        self.folders: dict[bytes, None] = {b"/": None}  # in order
        self._now = now

    def put(self, path: bytes, content: bytes) -> None:
        """Put a file there, with the folders above it."""
        for end in [at for at, letter in enumerate(path) if letter == ord("/") and at]:
            self.folders[path[:end]] = None
        self.files[path] = StoredFile(content, int(self._now()))

    def contents(self) -> dict[bytes, bytes]:
        """Return the bytes of all files, by path."""
        return {path: bytes(file.content) for path, file in sorted(self.files.items())}

    def begin(self, path: bytes) -> StoredFile:
        """Begin a file that is written anew."""
        file = StoredFile(modified=int(self._now()))
        if not self.is_object_store:
            file = self.files.setdefault(path, file)
            file.content.clear()
            file.modified = int(self._now())
        return file

    def write(self, file: StoredFile, offset: int, data: bytes) -> None:
        """Write into a file, which an object store may not show yet."""
        if len(file.content) < offset:
            file.content.extend(bytes(offset - len(file.content)))
        file.content[offset : offset + len(data)] = data
        file.modified = int(self._now())

    def finish(self, path: bytes, file: StoredFile) -> None:
        """Show a file that was written, over whatever has its name."""
        if self.is_object_store:
            file.modified = int(self._now())
            self.files[path] = file

    def inside(self, folder: bytes) -> list[tuple[bytes, StoredFile | None]]:
        """Return the names in a folder, folders without a file."""
        top = folder.rstrip(b"/") + b"/"
        found: list[tuple[bytes, StoredFile | None]] = [
            (path[len(top) :], None) for path in self.folders if path.startswith(top)
        ]
        found += [
            (path[len(top) :], file) for path, file in self.files.items() if path.startswith(top)
        ]
        return [(name, file) for name, file in found if name and b"/" not in name]
