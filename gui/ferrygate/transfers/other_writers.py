"""Notices another writer of a file while it is sent, where files show from their OPEN on.

Two uploads to one name at once are two handles for one file on most servers. Each writes from the
start to the end, so what is left is a mixture wherever one had passed the other, and its size is
that of the longer one: the size after CLOSE does not tell. Times do not either. Those of SFTP are
whole seconds, and what is newer than our CLOSE may be a file that was sent after it, rightly.

What tells is the size *while* we write. A file that was cut to nothing by our OPEN, and is written
in order, is never longer than what we have sent, unless another writer is ahead of us. For a
mixture one of the two must pass the other, so one has the other ahead of itself for a while. FSTAT
on our handle, between two WRITEs, shows that. A server should handle the requests for one file in
the order in which they come (draft-ietf-secsh-filexfer-02 §6.1), so it costs no wait. It is asked
for every few WRITEs, and before the last one: of two writers of equal length the one that writes
its last piece later finds the whole length of the other there. A file of one WRITE is never mixed;
the shorter of two shows the longer one's size after CLOSE.

Only OpenSSH is known to keep that order. The Go library behind many servers has a thread for FSTAT
and eight for WRITEs, so the size may be that after WRITEs that left later. Of such a server only
bytes count that we have not sent by the time it answers. Nor do those that an earlier handle of
ours may have put there: its server may still be working off what had arrived.

Some servers tell the old file's size until CLOSE, as they store the new one elsewhere until then.
So the size is asked behind OPEN as well: where it is that of the earlier file, or that file is
not known, the server may be one of those, and nothing that it says of the handle counts.
"""

from __future__ import annotations

from functools import partial

from ferrygate.common import remote_path
from ferrygate.common.entry import EntryKind
from ferrygate.common.errors import SizeMismatchError
from ferrygate.common.message import message
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.wire import AttrsReply, Reply
from ferrygate.transfers.checkpoint import UploadCheckpoint

_WRITES_BETWEEN_CHECKS = 8  # fewer would cost more requests than they are worth


class MixedError(SizeMismatchError):
    """Tells that another writer wrote to the file while it was sent, so it may be a mixture."""

    def __init__(self, path: bytes, detail: str) -> None:
        super().__init__(
            message(
                "Somebody else wrote to “{name}” while it was sent.",
                name=remote_path.basename(path),
            ),
            next_step=message("Send it again once the other one is finished."),
            detail=detail,
        )


class OtherWriters:
    """Looks at one file while it is written."""

    def __init__(
        self, files: RemoteFiles, handle: bytes, size: int, checkpoint: UploadCheckpoint
    ) -> None:
        """Begin with no other writer seen.

        Args:
            files: the channel.
            handle: of the file, just opened.
            size: bytes to write.
            checkpoint: the entry under the name when OPEN left.
        """
        self._files = files
        self._handle = handle
        self._size = size
        self._checkpoint = checkpoint
        self._sent_before = checkpoint.sent  # over a handle that was lost
        self._old_size = _old_size(checkpoint)
        self._tells_nothing = False
        self._writes = 0
        self._seen = ""

    def before_write(self, offset: int, length: int) -> None:
        """Look at the file where it is time; the WRITE is to be queued behind this at once."""
        self._writes += 1
        is_first, is_last = offset == 0, offset + length >= self._size
        if is_first and is_last:  # one WRITE is never mixed
            return
        if is_first or is_last or not self._writes % _WRITES_BETWEEN_CHECKS:
            self._look(offset)

    def _look(self, sent: int) -> None:
        self._files.request_fstat(self._handle).then = partial(self._told, sent)

    def _told(self, sent: int, reply: Reply) -> None:
        size = reply.entry.size if isinstance(reply, AttrsReply) else None
        keeps_order = self._files.channel.keeps_order
        ours = max(sent, self._sent_before) if keeps_order else self._checkpoint.sent
        if size is None or size <= ours:
            return
        if sent == 0 and self._old_size in {None, size}:
            self._tells_nothing = True
        if not self._tells_nothing:
            self._seen = self._seen or f"{size} bytes were there after {sent} were sent"

    def check(self, path: bytes) -> None:
        """Raise if another writer was seen.

        Raises:
            MixedError: so it is.
        """
        if self._seen:
            raise MixedError(path, self._seen)


def _old_size(checkpoint: UploadCheckpoint) -> int | None:
    """Return the size of the file that OPEN has cut to nothing; ``None`` where not known."""
    if checkpoint.before is None:
        return 0 if checkpoint.told else None
    return checkpoint.before.size if checkpoint.before.kind is EntryKind.FILE else None
