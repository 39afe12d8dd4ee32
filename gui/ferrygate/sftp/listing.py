"""Reads a folder's entries, with several READDIRs in flight.

A listing of many entries takes a round trip for each block of some hundred, so READDIRs are sent
ahead of the replies (draft-ietf-secsh-filexfer-02 §6.7: each brings the next block, and those
behind the end bring EOF). How many are in flight grows by :data:`_IN_FLIGHT_STEPS`, a step for each
round trip, as long as replies are as full as the fullest one so far. The first step is what a small
folder needs: its entries and the end.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Iterator

from ferrygate.common.entry import Entry, EntryKind, ListingEnd
from ferrygate.common.errors import FerrygateError, IncompleteListingError, RemoteFailureError
from ferrygate.common.message import message, plural_message
from ferrygate.sftp import wire
from ferrygate.sftp.channel import SftpChannel
from ferrygate.sftp.replies import expect
from ferrygate.sftp.status import error_for_status
from ferrygate.sftp.tasks import Future
from ferrygate.sftp.wire import NameReply, Reply, Status, StatusReply, Type

Take = Callable[[tuple[Entry, ...]], Awaitable[None]]
"""Gets a block of entries; while it waits no more are asked for."""

_MAX_NAME_BYTES = 4096  # PATH_MAX of Linux, four times what an object store takes
_MAX_EXAMPLE_BYTES = 100  # bytes
_MAX_EMPTY_REPLIES = 1000  # answers in a row without a name for us; a server could go on for ever
_SELF = frozenset({b"", b".", b".."})  # the folder itself, and the one above
_IN_FLIGHT_STEPS = (2, 4, 16, 64, 256)  # READDIRs in flight, a step for each round trip


class _ReadAhead:
    """Keeps READDIRs in flight on one handle."""

    def __init__(self, channel: SftpChannel, handle: bytes) -> None:
        self._channel = channel
        self._body = wire.string(handle)
        self._in_flight: deque[Future[Reply]] = deque()
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
        if full and self._until_next_step <= 0 and self._step < len(_IN_FLIGHT_STEPS) - 1:
            self._step += 1
            self._until_next_step = _IN_FLIGHT_STEPS[self._step]
        while len(self._in_flight) < _IN_FLIGHT_STEPS[self._step]:
            self._in_flight.append(self._channel.request(Type.READDIR, self._body))

    def next(self) -> Future[Reply] | None:
        """Take the oldest of them; none when all were answered."""
        return self._in_flight.popleft() if self._in_flight else None


async def read_folder(channel: SftpChannel, handle: bytes, path: bytes, take: Take) -> ListingEnd:
    """Hand the entries of an open folder to ``take``, a block at a time; returns how that ended.

    ``.`` and ``..`` are left out, in whatever way they are written. A folder ends with EOF, or with
    a block without names, as some servers have it. Where the server breaks off after some names,
    or tells none for ever, those it told are handed out, and the end says why there are no more.

    Raises:
        FerrygateError: the server refused before it told any name.
    """
    ahead = _ReadAhead(channel, handle)
    ahead.ask()
    names = _Names(path)
    end = told = False
    empty_replies = 0
    refusal: FerrygateError | None = None
    while (future := ahead.next()) is not None:
        reply = await future
        if isinstance(reply, StatusReply):
            if reply.code != Status.EOF and not end:
                refusal = refusal or error_for_status(reply, path)
            end = True
            continue
        entries = expect(NameReply, reply, path).entries
        if not entries:
            end = True
            continue
        told = True
        cleaned = tuple(names.cleaned(entries))
        empty_replies = 0 if cleaned else empty_replies + 1
        if empty_replies >= _MAX_EMPTY_REPLIES and not end:
            refusal, end = _no_end(path), True
        if not end:
            ahead.ask(len(entries))
        await take(cleaned)
    if refusal is not None and not told:
        raise refusal
    return ListingEnd(
        cut_short=None if refusal is None else refusal.problem,
        unusable=names.unusable,
        example=names.example,
    )


def _no_end(path: bytes) -> RemoteFailureError:
    return RemoteFailureError(
        message("The list of “{name}” does not end.", name=path),
        detail=f"{_MAX_EMPTY_REPLIES} READDIRs in a row without a name",
    )


def incomplete(end: ListingEnd, path: bytes) -> IncompleteListingError:
    """Make the error for a listing of ``path`` that is not whole."""
    if end.cut_short is None:
        return IncompleteListingError(
            plural_message(
                "“{name}” holds {count} name that cannot be used here, such as “{example}”.",
                "“{name}” holds {count} names that cannot be used here, such as “{example}”.",
                end.unusable,
                name=path,
                example=end.example,
            ),
            next_step=message("Ask your contact to give it another name."),
        )
    return IncompleteListingError(
        message("The server broke off its list of “{name}”: more may be there.", name=path),
        next_step=message("Try again; if that does not help, ask your contact."),
        detail=end.cut_short.detail,
        server_said=end.cut_short.server_said,
    )


class _Names:
    """The names of one folder, as servers write them.

    Some put the folder's own path in front, or a slash behind the name of a folder. A name that
    leads elsewhere is not used, and is counted.
    """

    def __init__(self, folder: bytes) -> None:
        inside = folder.strip(b"/")
        self._fronts = (b"/" + inside + b"/", inside + b"/") if inside else (b"/",)
        self.unusable = 0
        self.example = b""

    def cleaned(self, entries: tuple[Entry, ...]) -> Iterator[Entry]:
        """Yield the entries that are in the folder itself, under their bare names."""
        for entry in entries:
            name = entry.name
            if name and b"/" not in name and b"\0" not in name and len(name) <= _MAX_NAME_BYTES:
                if name not in _SELF:  # nearly every one comes here
                    yield entry
                continue
            bare = self._bare(name)
            if bare is None or len(bare) > _MAX_NAME_BYTES:
                self.unusable += 1
                self.example = self.example or name[:_MAX_EXAMPLE_BYTES]
            elif bare not in _SELF:
                kind = entry.kind
                if kind is EntryKind.UNKNOWN and name.endswith(b"/"):
                    kind = EntryKind.FOLDER
                yield Entry(bare, kind, entry.size, entry.modified)

    def _bare(self, name: bytes) -> bytes | None:
        """Return a name without the path around it; ``None`` if it leads out of the folder.

        The folder's own path becomes empty. A name with slashes at its end only stays a name,
        even the folder's own.
        """
        bare = name.rstrip(b"/")
        front = next((front for front in self._fronts if (bare + b"/").startswith(front)), b"./")
        if b"/" in bare or not bare:
            if not (name and (bare + b"/").startswith(front)):
                return None
            bare = bare[len(front) :]
        return None if b"/" in bare or b"\0" in bare else bare
