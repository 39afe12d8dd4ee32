"""Uploads as seen from folders: which folders get files, and what has come into them."""

from __future__ import annotations

import msgspec

from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.remote_path import join
from ferrygate.engine.messages.transfers import FileChanged
from ferrygate.transfers.views import (
    BatchId,
    BatchView,
    Direction,
    FileView,
    LateCheck,
    TransferState,
)

_MADE = {TransferState.SENDING, TransferState.CHECKING, TransferState.DELIVERED}


class _Upload(msgspec.Struct):
    """One batch.

    Attributes:
        folder: where it goes to.
        below: the folders in that folder which have got files, or are about to.
    """

    folder: bytes
    below: set[bytes] = msgspec.field(default_factory=set)

    def reaches(self, folder: bytes) -> bool:
        """Tell whether it brings files into a folder."""
        if folder == self.folder:
            return True
        name, _slash, _rest = _below(self.folder, folder).partition(b"/")
        return bool(name) and join(self.folder, name) in self.below


class FolderUploads:
    """Follows uploads by what is told of their batches, whoever began them."""

    def __init__(self) -> None:
        self._batches: dict[BatchId, _Upload] = {}
        self._running: set[BatchId] = set()

    def follow(self, view: BatchView) -> None:
        """Note whether more may come of a batch; that of a download is nothing here."""
        if view.direction is Direction.UPLOAD:
            self._batches.setdefault(view.batch, _Upload(view.remote_folder))
            (self._running.discard if view.finished else self._running.add)(view.batch)

    def fills(self, folder: bytes) -> bool:
        """Tell whether files are on their way into a folder."""
        return any(self._batches[batch].reaches(folder) for batch in self._running)

    def made_folder(self, event: FileChanged) -> bytes | None:
        """Name the folder that a file's upload makes in the folder the batch goes to; once."""
        upload = self._batches.get(event.batch)
        if upload is None or event.view.state not in _MADE:
            return None
        name, slash, _rest = _below(upload.folder, event.view.remote).partition(b"/")
        made = join(upload.folder, name)
        if not slash or made in upload.below:
            return None
        upload.below.add(made)
        return made

    def arrival(self, event: FileChanged, folder: bytes, now: float) -> Entry | None:
        """Return the entry that a file's news brings into a folder: the file, or its folder."""
        view = event.view
        if event.batch not in self._batches or view.state not in _MADE:
            return None
        name, slash, _rest = _below(folder, view.remote).partition(b"/")
        if name and slash:
            return Entry(name, EntryKind.FOLDER)
        return (
            Entry(name, EntryKind.FILE, view.size, int(now)) if name and _is_there(view) else None
        )


def _is_there(view: FileView) -> bool:
    """Tell whether a file has been delivered, though it may be asked about once more."""
    return view.state is TransferState.DELIVERED or view.late_check is LateCheck.DUE


def _below(folder: bytes, path: bytes) -> bytes:
    """Return the path from a folder on; empty if it does not lie below it."""
    base = folder.rstrip(b"/") + b"/"
    return path[len(base) :] if path.startswith(base) else b""
