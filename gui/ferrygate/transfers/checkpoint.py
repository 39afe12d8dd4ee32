"""Describes how far an upload came."""

from __future__ import annotations

import msgspec

from ferrygate.common.entry import Entry
from ferrygate.transfers.late_parts import OldHandle
from ferrygate.transfers.outcome import Outcome


class UploadCheckpoint(msgspec.Struct, gc=False):
    """Holds how far an upload came; filled in while it runs, for the case that it fails.

    Attributes:
        path: where it is being written; ``None`` before OPEN left, and after CLOSE was answered.
        stood_before: the file that stood there, which OPEN has cut to nothing.
        asked: the server said what stood there; a drop box may refuse to.
        answered: OPEN was answered, so that what stands there then is ours.
        sent: the most bytes that can have arrived, over whichever handle.
        closing: bytes sent and their SHA-256, once CLOSE left.
        delivered: once CLOSE was answered, what holds even if nothing more can be asked.
        before: what stood there when the last OPEN left, our own part included.
        told: the server said so.
        version: size and time (nanoseconds) of the local file, as it was opened last.
        written: the most bytes that can have arrived since the last OPEN.
        is_open: an OPEN left whose handle the server may hold.
    """

    path: bytes | None = None
    stood_before: Entry | None = None
    asked: bool = True
    answered: bool = False
    sent: int = 0
    closing: tuple[int, str] | None = None
    delivered: Outcome | None = None
    before: Entry | None = None
    told: bool = True
    version: tuple[int, int] = (0, 0)
    written: int = 0
    is_open: bool = False

    def lose_handle(self, until: float) -> OldHandle | None:
        """The connection ended: the handle it leaves to the server, if there is one.

        ``until`` is the steady clock's seconds at which the server has surely given it up.
        """
        if not self.is_open:
            return None
        self.is_open = False
        return OldHandle(
            sent=self.written,
            until=until,
            before=self.before,
            told=self.told,
            version=self.version,
            whole=self.closing is not None,
        )

    def owns(self, standing: Entry) -> bool:
        """Tell whether what stands there can be the part we have begun, and no file of anybody's.

        An OPEN whose answer was lost may have left an empty one.
        """
        return standing.size is not None and standing.size <= self.sent
