"""What a batch consists of: folders are walked and made, files are announced as they are found."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import chain
from pathlib import Path

from ferrygate.common import remote_path
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import Cancelled, FerrygateError, LocalFileError, NotFoundError
from ferrygate.common.i18n import _
from ferrygate.common.local_disk import writing
from ferrygate.common.names import NameSet, remote_name
from ferrygate.sftp.files import RemoteFiles, check_depth
from ferrygate.transfers.conflict import numbered_names
from ferrygate.transfers.outcome import FileJob
from ferrygate.transfers.views import ConflictChoice

Announce = Callable[[FileJob], None]


class Planner:
    """Numbers the files of one batch and announces each once, however often it has to begin."""

    def __init__(self, announce: Announce, on_conflict: ConflictChoice) -> None:
        self._announce = announce
        self._on_conflict = on_conflict
        self._next = 0
        self._announced: set[tuple[str, bytes]] = set()
        self._senders: dict[bytes, str] = {}

    async def plan_upload(
        self, files: RemoteFiles, sources: tuple[str, ...], folder: bytes
    ) -> None:
        """Announce every file of ``sources``, once its remote folder is there.

        A folder lands as a folder of its name. What cannot be read is announced all the same and
        fails as a file, so that the rest goes on. Links to folders are not followed.

        Raises:
            FerrygateError: a remote folder cannot be made.
        """
        await files.make_folders(folder)
        for source in sources:
            path = Path(os.path.abspath(source))  # noqa: PTH100  resolves “..”, not links
            target = remote_path.join(folder, remote_name(path.name))
            if path.is_dir():
                await self._upload_folder(files, str(path), target)
            else:
                self._found_local(str(path), target)

    async def _upload_folder(self, files: RemoteFiles, root: str, target: bytes) -> None:
        waiting = [(root, target)]
        while waiting:
            folder, remote = waiting.pop()
            await _ensure_folder(files, remote)
            for entry in self._scan(folder, remote):
                path = remote_path.join(remote, remote_name(entry.name))
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((entry.path, path))
                else:
                    self._found_local(entry.path, path)

    def _scan(self, folder: str, remote: bytes) -> list[os.DirEntry[str]]:
        """What a local folder holds; one that cannot be read is announced, and fails as a file."""
        try:
            with os.scandir(folder) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except OSError:
            self._found_local(folder, remote)
            return []

    async def plan_download(
        self, files: RemoteFiles, sources: tuple[bytes, ...], folder: str
    ) -> None:
        """Announce every file of ``sources``, once its local folder is there.

        Names are made safe for this disk, folder by folder; no path leads out of ``folder``, and
        links to folders are left out.

        Raises:
            LocalFileError: a local folder cannot be made.
            FerrygateError: a remote folder cannot be listed, or is beyond all measure.
        """
        root = Path(folder)
        _make_local(root)
        given = NameSet()
        for source in sources:
            try:
                entry = await files.stat(source)
            except NotFoundError:
                entry = Entry(remote_path.basename(source), EntryKind.FILE)  # fails as a file
            name = given.give(entry.name) if entry.name else ""
            if entry.kind is EntryKind.FOLDER:
                await self._download_folder(files, source, root / name if name else root)
            else:
                self._found_remote(str(root / name), source, entry)

    async def _download_folder(self, files: RemoteFiles, source: bytes, target: Path) -> None:
        waiting = [(source, target)]
        while waiting:
            remote, local = waiting.pop()
            check_depth(remote, source)
            _make_local(local)
            given = NameSet()
            for entry in sorted(await files.entries(remote), key=lambda entry: entry.name):
                path = remote_path.join(remote, entry.name)
                if entry.kind is EntryKind.FOLDER:
                    waiting.append((path, local / given.give(entry.name)))
                elif entry.kind is EntryKind.FILE or (
                    entry.kind is EntryKind.LINK and await _links_to_file(files, path)
                ):
                    self._found_remote(str(local / given.give(entry.name)), path, entry)

    def _found_local(self, local: str, remote: bytes) -> None:
        """Two files of one name would overwrite each other: the second gets a number."""
        folder, name = remote_path.parent(remote), remote_path.basename(remote)
        others = (remote_path.join(folder, other) for other in numbered_names(name))
        for target in chain((remote,), others):
            if self._senders.setdefault(target, local) == local:
                self._say(local, target, _local_size(Path(local)))
                return

    def _found_remote(self, local: str, remote: bytes, entry: Entry) -> None:
        size = entry.size if entry.kind is EntryKind.FILE else None
        self._say(local, remote, size)

    def _say(self, local: str, remote: bytes, size: int | None) -> None:
        if (local, remote) in self._announced:  # found before the connection was lost
            return
        self._announced.add((local, remote))
        number, self._next = self._next, self._next + 1
        self._announce(
            FileJob(
                number=number,
                local=local,
                remote=remote,
                size=size,
                on_conflict=self._on_conflict,
            )
        )


async def _ensure_folder(files: RemoteFiles, path: bytes) -> None:
    try:
        await files.mkdir(path)
    except Cancelled:
        raise
    except FerrygateError:
        # Servers say FAILURE for a name that is taken, so only a look tells.
        if (await files.stat(path)).kind is not EntryKind.FOLDER:
            raise


async def _links_to_file(files: RemoteFiles, path: bytes) -> bool:
    try:
        return (await files.stat(path)).kind is EntryKind.FILE
    except Cancelled:
        raise
    except FerrygateError:
        return False


def _local_size(path: Path) -> int | None:
    try:
        return path.stat().st_size if path.is_file() else None
    except OSError:
        return None


def _make_local(path: Path) -> None:
    if path.is_file():
        raise LocalFileError(
            _("“{name}” is a file, not a folder.").format(name=path.name),
            next_step=_("Name a folder to put the files into."),
        )
    with writing(path):
        path.mkdir(parents=True, exist_ok=True)
