"""Deals with names that are taken: the errors about them, and the meaning of each choice."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from itertools import count

from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import ConflictError, WrongTypeError
from ferrygate.common.message import Message, message
from ferrygate.common.names import MAX_EXTENSION_BYTES, MAX_NAME_BYTES
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.name_conflict import FileFacts
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.views import ConflictChoice, SkipReason, TransferState

NEEDS_A_FILE = frozenset({ConflictChoice.REPLACE, ConflictChoice.SKIP, ConflictChoice.CHANGED})
"""The choices that say something of a file that is there, and nothing of a folder."""

_CONTINUATION_BYTE = 0x80  # two highest bits of each byte of a character but the first (UTF-8)


class NameTakenError(ConflictError):
    """Tells that the name is taken, and that neither job nor person said what to do.

    Attributes:
        new: the file that is to be moved.
        existing: what has its name.
    """

    def __init__(self, name: str | bytes, new: FileFacts, existing: FileFacts) -> None:
        super().__init__(
            message("“{name}” is already there, and was left as it is.", name=name),
            next_step=message("Choose what to do with files that are already there."),
        )
        self.new = new
        self.existing = existing


class NotAFileError(WrongTypeError):
    """Tells that the name is taken by a folder, or by what else no file can replace.

    Attributes:
        existing: what has the name.
    """

    def __init__(
        self, sentence: Message, existing: FileFacts, *, next_step: Message | None = None
    ) -> None:
        super().__init__(sentence, next_step=next_step)
        self.existing = existing


def facts_of(status: os.stat_result) -> FileFacts:
    """Tell size and time of a file on this computer."""
    return FileFacts(kind_of(status), status.st_size, status.st_mtime)


def kind_of(status: os.stat_result) -> EntryKind:
    """Tell the kind of what was looked at on this computer."""
    kinds = {
        stat.S_IFREG: EntryKind.FILE,
        stat.S_IFDIR: EntryKind.FOLDER,
        stat.S_IFLNK: EntryKind.LINK,
    }
    return kinds.get(stat.S_IFMT(status.st_mode), EntryKind.OTHER)


def demand_file(kind: EntryKind, name: str | bytes) -> None:
    """Check that what is taken for a file is one; an entry of unknown kind may be.

    Args:
        kind: of what has the name, links followed; a link is one that leads nowhere.
        name: to call it by.

    Raises:
        NotAFileError: it is a folder, a device or the like, or a link that leads nowhere.
    """
    if kind in {EntryKind.FILE, EntryKind.UNKNOWN}:
        return
    match kind:
        case EntryKind.FOLDER:
            sentence = message("“{name}” is a folder there, so no file can have that name.")
        case EntryKind.LINK:
            sentence = message("“{name}” is a link there that leads nowhere.")
        case _:
            sentence = message("“{name}” is neither a file nor a folder there.")
    raise NotAFileError(
        sentence.filled(name=name),
        FileFacts(kind),
        next_step=message("Choose another folder, or have both kept."),
    )


def skipped(job: FileJob, size: int | None, size_there: int | None) -> FileOutcome:
    """Make the end of a file whose name is taken, where that was to be skipped.

    Args:
        job: the file.
        size: its bytes; ``None`` where they are not known.
        size_there: bytes of what has the name; ``None`` where they are not known.
    """
    differs = size is not None and size_there is not None and size != size_there
    reason = SkipReason.OTHER_SIZE_THERE
    if not differs:
        is_compared = job.on_conflict is ConflictChoice.CHANGED
        reason = SkipReason.UNCHANGED if is_compared else SkipReason.NAME_TAKEN
    return FileOutcome(
        state=TransferState.SKIPPED,
        local=job.local,
        remote=job.remote,
        skip_reason=reason,
    )


def is_to_be_sent(there: Entry, size: int, modified: float, *, object_store: bool) -> bool:
    """Tell whether a local file seems to be another one than that on the server.

    An upload sets no time on the server, so the server's is that of the upload: a file that was
    modified after it is another one. An object store's time may be of a copy, and says nothing.
    What is missed is a change that keeps the size and lies before the upload by the server's clock.

    Args:
        there: what the server has.
        size: bytes of the local file.
        modified: seconds since the epoch.
        object_store: only the size counts.
    """
    if there.size is None or there.size != size:
        return True
    return not object_store and bool(there.modified) and modified > (there.modified or 0)


def is_to_be_fetched(here: os.stat_result, size: int | None, modified: int | None) -> bool:
    """Tell whether a local file seems to be another one than that on the server.

    A fetched file has the server's time. What is missed is a change that keeps size and second.

    Args:
        here: the local file.
        size: bytes, as the server says; ``None`` where it does not.
        modified: seconds since the epoch, likewise; AWS says 0 where it has no time.
    """
    if size is None or here.st_size != size:
        return True
    return bool(modified) and int(here.st_mtime) != modified


def numbered_names(name: bytes) -> Iterator[bytes]:
    """Yield ``report (2).csv``, ``report (3).csv`` and so on, for ``report.csv``.

    None is longer than the longest name of usual file systems, or than the name itself where that
    is longer: the stem is cut, between characters.
    """
    stem, dot, extension = name.rpartition(b".")
    if not stem or len(extension) > MAX_EXTENSION_BYTES:
        stem, dot, extension = name, b"", b""
    longest = max(MAX_NAME_BYTES, len(name))
    for number in count(2):
        end = b" (%d)%s%s" % (number, dot, extension)
        yield _cut(stem, longest - len(end)) + end


def _cut(stem: bytes, max_bytes: int) -> bytes:
    """Return up to ``max_bytes`` of a name, without half a character of UTF-8 at the end."""
    if len(stem) <= max_bytes:
        return stem
    ends = (
        at
        for at in range(max_bytes, max(max_bytes - 4, 0), -1)
        if stem[at] & 0xC0 != _CONTINUATION_BYTE
    )
    return stem[: next(ends, max_bytes)]
