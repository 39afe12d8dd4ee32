"""A folder's entries, with READDIRs ahead of their replies."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable

from ferrygate.common.entry import Entry
from ferrygate.sftp import wire
from ferrygate.sftp.channel import SftpChannel
from ferrygate.sftp.replies import expect
from ferrygate.sftp.status import error_for_status
from ferrygate.sftp.tasks import Future
from ferrygate.sftp.wire import NameReply, Reply, Status, StatusReply, Type

Take = Callable[[tuple[Entry, ...]], Awaitable[None]]
"""Gets a block of entries; while it waits no more are asked for."""

_STEPS = (2, 4, 16, 64, 256)  # READDIRs in flight, a step for each round trip


class _Ahead:
    """The READDIRs in flight on one handle."""

    def __init__(self, channel: SftpChannel, handle: bytes) -> None:
        self._channel = channel
        self._body = wire.string(handle)
        self._flying: deque[Future[Reply]] = deque()
        self._step = -1
        self._until_next_step = 0
        self._fullest = 0

    def ask(self, answered: int | None = None) -> None:
        """Have as many in flight as the folder has proved to need.

        More of them only pay while replies are full: ``answered`` is how many entries the last
        one had. A step up waits until a round trip has shown what the last step brought. The first
        two are for a small folder and its end: no more are asked for until both were answered.
        """
        if answered is not None:
            self._until_next_step -= 1
            self._fullest = max(self._fullest, answered)
            if self._step == 0 and self._until_next_step > 0:
                return
        full = answered is None or answered == self._fullest
        if full and self._until_next_step <= 0 and self._step < len(_STEPS) - 1:
            self._step += 1
            self._until_next_step = _STEPS[self._step]
        while len(self._flying) < _STEPS[self._step]:
            self._flying.append(self._channel.request(Type.READDIR, self._body))

    def next(self) -> Future[Reply] | None:
        """The oldest of them; none when all were answered."""
        return self._flying.popleft() if self._flying else None


async def read_folder(channel: SftpChannel, handle: bytes, path: bytes, take: Take) -> None:
    """Hand the entries of an open folder to ``take``, a block at a time.

    ``.``, ``..`` and names that could not be one part of a path are left out. A folder ends with
    EOF, or with a block without names, as some servers have it.

    Raises:
        FerrygateError: what the server refused, before the folder's end.
    """
    ahead = _Ahead(channel, handle)
    ahead.ask()
    end = False
    while (flying := ahead.next()) is not None:
        reply = await flying
        if isinstance(reply, StatusReply):
            if reply.code != Status.EOF and not end:
                raise error_for_status(reply, path)
            end = True
            continue
        entries = expect(NameReply, reply, path).entries
        if not entries:
            end = True
            continue
        if not end:
            ahead.ask(len(entries))
        await take(tuple(entry for entry in entries if _is_name(entry.name)))


def _is_name(name: bytes) -> bool:
    """Whether a name stands for something in its folder, and for nothing outside of it."""
    return name not in {b"", b".", b".."} and b"/" not in name and b"\0" not in name
