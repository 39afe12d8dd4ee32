"""The four walks: where each part begins and ends, and how many hops it may have at most.

A walk is the way of one thing through the program: it goes from an event (a drop, a key, a click,
the arguments of a command) to its effect. Its steps are the calls that led there, one from the
other. So a call that returns before the next step is none, however much was asked by it: such as
the OPEN of an upload, which its first WRITE waits for. Where a function waits for an answer, the
way down goes on from who waits, and the way back begins where the answer comes in. ``put`` is the
command's own part: between its two parts an upload goes the way of a dropped file.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from walks.callables import Values
from walks.paths import Hop, Node, Test, counted, path_to
from walks.tracer import Tracer

MARK = b"A file that walks from a window to a server and is known again by these bytes."

Condition = Callable[[Values], bool]


def _always(_values: Values) -> bool:
    return True


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One way through the program, from an event to its effect.

    Attributes:
        name: what is printed above it.
        begins: the first function, as ``module:Class.function``; empty for what was done by hand.
        ends: the last function.
        when: tells the call of ``ends`` that counts, by its arguments.
        at_end: that is known when ``ends`` returns, by its variables.
        through: a function that has to be on the way, where more than one way leads there.
        passes: tells the call of ``through`` that counts.
        is_back: the way of an answer.
    """

    name: str
    ends: str
    begins: str = ""
    when: Condition = _always
    at_end: bool = False
    through: str = ""
    passes: Condition = _always
    is_back: bool = False


class Walk(msgspec.Struct, frozen=True, kw_only=True):
    """Describes the way of one thing, such as a dropped file, for the tracer to follow and count.

    Attributes:
        name: what it is called on the page of walks.
        most: hops, over all parts, that it may have.
        parts: one after the other.
    """

    name: str
    most: int
    parts: tuple[Part, ...]


def _has_mark(values: Values) -> bool:
    return MARK in bytes(values["data"])


def _is_finished(values: Values) -> bool:
    """Tell whether an event is the end of a batch."""
    view = getattr(values["event"], "view", None)
    return bool(getattr(view, "finished", False))


def _says_delivered(values: Values) -> bool:
    status: str = values["view"].status
    return status.startswith("Delivered")


def _has_entries(values: Values) -> bool:
    return bool(values["entries"])


def _sends_password(values: Values) -> bool:
    return bool(values["method"] == "password")


DROP = Walk(
    name="a dropped file to bytes and back",
    most=60,
    parts=(
        Part(
            name="down: the drop, to the bytes that are given to the transport",
            ends="ferrygate.ssh.stream_transport:StreamTransport.send_data",
            when=_has_mark,
        ),
        Part(
            name="back: the last answer, to the row that says “Delivered”",
            begins="ferrygate.ssh.packetizer:Packetizer._read_message",
            ends="ferrygate.app.widgets.transfer_row_widget:TransferRowWidget.render_view",
            when=_says_delivered,
            through="ferrygate.app.presenters.transfers_presenter:TransfersPresenter.handle",
            passes=_is_finished,
            is_back=True,
        ),
    ),
)
PASSWORD = Walk(
    name="a typed password to the wire",
    most=24,
    parts=(
        Part(
            name="Enter in its field, to the request that holds it",
            ends="ferrygate.ssh.transport:AuthHandler.send_auth_request",
            when=_sends_password,
        ),
    ),
)
LISTING = Walk(
    name="a listing, click to rows",
    most=29,
    parts=(
        Part(
            name="a double click on a folder, to the rows in the model",
            ends="ferrygate.app.models.folder_model:FolderModel.add",
            when=_has_entries,
        ),
    ),
)
PUT = Walk(
    name="put, argv to exit status",
    most=10,
    parts=(
        Part(
            name="argv, to the queue that takes the upload",
            ends="ferrygate.engine.queue.transfer_queue:TransferQueue.take",
        ),
        Part(
            name="back: the end of the batch, to the exit status",
            begins="ferrygate.engine.engine:Engine._tell",
            ends="ferrygate.__main__:main",
            at_end=True,
            is_back=True,
        ),
    ),
)
WALKS = (DROP, PASSWORD, LISTING, PUT)


class Found:
    """Keeps the first call by which each part of a walk ended."""

    def __init__(self, tracer: Tracer, walk: Walk) -> None:
        self._walk = walk
        self._ends: dict[Part, Node] = {}
        self._passes: set[Node] = set()
        self._is_under_way = False
        for part in walk.parts:
            watch = tracer.watch_end if part.at_end else tracer.watch
            watch(part.ends, self._notes_end(part))
            if part.through:
                tracer.watch(part.through, self._notes_pass(part))

    def begin(self) -> None:
        """Heed what comes from now on."""
        self._is_under_way = True

    @property
    def is_over(self) -> bool:
        """Tell whether all parts have ended."""
        return len(self._ends) == len(self._walk.parts)

    def _notes_end(self, part: Part) -> Callable[[Node, Values], None]:
        def note(node: Node, values: Values) -> None:
            if self._is_under_way and part not in self._ends and part.when(values):
                self._ends[part] = node

        return note

    def _notes_pass(self, part: Part) -> Callable[[Node, Values], None]:
        def note(node: Node, values: Values) -> None:
            if self._is_under_way and part.passes(values):
                self._passes.add(node)

        return note

    def hops(self, part: Part) -> list[Hop]:
        """Return the steps of a part; none where no path leads from its beginning to its end."""
        end = self._ends.get(part)
        if end is None:
            return []
        through = self._passes.__contains__ if part.through else None
        return counted(path_to(end, _beginning(part), through, back=part.is_back))


def _beginning(part: Part) -> Test:
    def begins(node: Node) -> bool:
        name = f"{node.place.module}:{node.place.function}" if node.place.module else ""
        return name == part.begins

    return begins
