"""Uploads, as far as folders are concerned: which of them get files, and what has come."""

from __future__ import annotations

import msgspec

from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.remote_path import join
from ferrygate.engine.messages.transfers import BatchStarted, FileChanged
from ferrygate.transfers.views import BatchId, BatchView, FileView, LateCheck, TransferState

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
    """Follows uploads from the request on, and those that are tried again after their end."""

    def __init__(self) -> None:
        self._asked: dict[int, bytes] = {}
        self._batches: dict[BatchId, _Upload] = {}
        self._running: set[BatchId] = set()

    def ask(self, request: int, folder: bytes) -> None:
        """Note an upload that was asked for."""
        self._asked[request] = folder

    def has_failed(self, request: int) -> bool:
        """Tell whether a request that failed was one for an upload."""
        return self._asked.pop(request, None) is not None

    def start(self, event: BatchStarted) -> None:
        """Note the batch that a request became."""
        folder = self._asked.pop(event.request, None)
        if folder is not None:
            self._batches[event.batch] = _Upload(folder)
            self._running.add(event.batch)

    def follow(self, view: BatchView) -> None:
        """Note whether more may come of a batch."""
        if view.batch in self._batches:
            (self._running.discard if view.finished else self._running.add)(view.batch)

    def fills(self, folder: bytes) -> bool:
        """Tell whether files are on their way into a folder."""
        return any(self._batches[batch].reaches(folder) for batch in self._running)

    def made_folder(self, event: FileChanged) -> bytes | None:
        """The folder that a file's upload makes in the folder the batch goes to, told once."""
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
        """The entry that a file's news brings into a folder: the file, or the folder it lies in."""
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
    """The path from a folder on; empty where it does not lie below it."""
    base = folder.rstrip(b"/") + b"/"
    return path[len(base) :] if path.startswith(base) else b""
