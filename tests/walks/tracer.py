"""Records which function of ours called which, and what was handed over from one to another.

The interpreter tells of each call and each return of every thread (:func:`sys.setprofile`).
Functions of others are looked through: what a library calls back is called by who called the
library. A coroutine is called by who made it, whichever loop drives it.
"""

from __future__ import annotations

import inspect
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

import msgspec

from walks.callables import Values, code_of, is_at_yield, is_call_of, value_at
from walks.paths import Cause, Link, Node, Place

_SUSPENDED = inspect.CO_COROUTINE | inspect.CO_GENERATOR | inspect.CO_ITERABLE_COROUTINE

_PARTS = {"<module>", "<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"}  # of functions


class HandOver(msgspec.Struct, frozen=True, kw_only=True):
    """A way by which one function leaves something for another.

    Attributes:
        put: the function that is given it, as ``module:Class.function``.
        what: the name of that argument; with a dot, an attribute of it, or of each in a list.
        taken: the function that takes it; empty where it is a callable, which is taken when it is
            called, or a coroutine, which counts as called by who called ``put``.
        by: the name of an argument of ``taken`` that is the same as ``what``; empty where
            ``taken`` returns it.
        is_returned: ``by`` is taken once ``taken`` has returned something, by who called it.
        kept_while: an argument, or an attribute of one, which is true while it is put aside, and
            not any more when it is taken; empty where that is always done.
        link: between threads, or later on the same one.
        is_answer: it wakes who waits for it.
    """

    put: str
    what: str
    taken: str = ""
    by: str = ""
    is_returned: bool = False
    kept_while: str = ""
    link: Link = Link.THREAD
    is_answer: bool = False


class _Code(msgspec.Struct, eq=False):
    """Tells what to look at when a function is called, and when it returns.

    ``place`` is None for a function that is not ours: calls go through it, and make no step.
    """

    place: Place | None
    puts: list[HandOver] = []
    given: list[HandOver] = []
    returned: list[HandOver] = []
    watched: list[Callable[[Node, Values], None]] = []
    left: list[Callable[[Node, Values], None]] = []
    suspends: bool = False
    waits: bool = False  # a coroutine


class _Activation:
    """A call under way: as it began, since it last took something, and since it last went on."""

    __slots__ = ("is_resumed", "node", "now", "taken")

    def __init__(self, node: Node) -> None:
        self.node = self.taken = self.now = node
        self.is_resumed = False  # and has called nobody since


class Tracer:
    """Records while it is :meth:`tracing`; threads that were there before are not traced."""

    def __init__(
        self, hand_overs: tuple[HandOver, ...], is_ours: Callable[[str], bool], mark: bytes = b""
    ) -> None:
        """Begin.

        Args:
            hand_overs: what is followed from one function to another.
            is_ours: tells modules of ours by name.
            mark: bytes by which bytes are known again that are copied and put together.
        """
        self._hand_overs = hand_overs
        self._is_ours = is_ours
        self._mark = mark
        self._codes: dict[CodeType, _Code] = {}
        self._activations: dict[FrameType, _Activation] = {}
        self._roots: dict[int, Node] = {}  # of what is done by hand, by thread
        self._starts: dict[threading.Thread, Node] = {}
        self._puts: dict[tuple[HandOver, object], list[Node]] = {}
        self._held: dict[object, object] = {}  # by key, so that no key is another's later
        self._callables: dict[CodeType, list[tuple[Any, HandOver, Node]]] = {}
        self._creators: dict[FrameType, Node] = {}
        self._watched: dict[str, list[Callable[[Node, Values], None]]] = {}
        self._left: dict[str, list[Callable[[Node, Values], None]]] = {}

    @contextmanager
    def tracing(self) -> Iterator[None]:
        """Record calls of this thread, and of all that begin within the context."""
        threading.setprofile(self._note)
        sys.setprofile(self._note)
        try:
            yield
        finally:
            sys.setprofile(None)
            threading.setprofile(None)

    @contextmanager
    def act(self, name: str) -> Iterator[None]:
        """Take what this thread does within the context as done by that event."""
        number = threading.get_ident()
        self._roots[number] = Node(Place("", name))
        try:
            yield
        finally:
            del self._roots[number]

    def watch(self, function: str, told: Callable[[Node, Values], None]) -> None:
        """Call ``told`` with each call of a function, and its arguments; on any thread."""
        self._watched.setdefault(function, []).append(told)

    def watch_end(self, function: str, told: Callable[[Node, Values], None]) -> None:
        """Call ``told`` with each call of a function as it ends, and its variables."""
        self._left.setdefault(function, []).append(told)

    # ------------------------------------------------------------ from the interpreter

    def _note(self, frame: FrameType, event: str, value: Any) -> None:
        if event not in {"call", "return"}:
            return
        code = self._codes.get(frame.f_code)
        if code is None:
            code = self._codes[frame.f_code] = self._meaning(frame)
        if code.place is None:
            if frame.f_code is _START and event == "call":
                self._note_start(frame)
        elif event == "call":
            self._enter(frame, code, code.place)
        else:
            self._leave(frame, code, value)

    def _meaning(self, frame: FrameType) -> _Code:
        module = frame.f_globals.get("__name__", "")
        if not self._is_ours(module) or frame.f_code.co_name in _PARTS:
            return _Code(None)
        name = f"{module}:{frame.f_code.co_qualname}"
        takers = [way for way in self._hand_overs if way.taken == name]
        return _Code(
            Place(module, frame.f_code.co_qualname),
            puts=[way for way in self._hand_overs if way.put == name],
            given=[way for way in takers if way.by and not way.is_returned],
            returned=[way for way in takers if way.is_returned or not way.by],
            watched=self._watched.get(name, []),
            left=self._left.get(name, []),
            suspends=bool(frame.f_code.co_flags & _SUSPENDED),
            waits=bool(frame.f_code.co_flags & inspect.CO_COROUTINE),
        )

    def _note_start(self, frame: FrameType) -> None:
        caller = self._caller(frame)
        if caller is not None:
            self._starts[frame.f_locals["self"]] = caller.now

    # ------------------------------------------------------------ calls

    def _enter(self, frame: FrameType, code: _Code, place: Place) -> None:
        caller = self._caller(frame)
        there = self._activations.get(frame)
        if there is not None:
            if code.waits and caller is not None:
                self._resume(there, caller)
            return
        values = frame.f_locals
        parent, link = self._parent(frame, caller)
        causes, is_answer = self._causes(frame, code, values)
        keys = frozenset(id(value) for value in values.values() if id(value) in self._held)
        node = Node(place, parent, link, causes=causes, is_answer=is_answer, keys=keys)
        self._activations[frame] = _Activation(node)
        if caller is not None:
            caller.is_resumed = False
        for way in code.puts:
            if way.kept_while and not value_at(values, way.kept_while):
                continue
            self._put(way, value_at(values, way.what), node, parent or node)
        for told in code.watched:
            told(node, values)

    def _parent(self, frame: FrameType, caller: _Activation | None) -> tuple[Node | None, Link]:
        creator = self._creators.pop(frame, None)
        if creator is not None:
            return creator, Link.CALL
        if caller is not None:
            return caller.now, Link.CALL
        root = self._roots.get(threading.get_ident())
        if root is not None:
            return root, Link.CALL
        return self._starts.get(threading.current_thread()), Link.THREAD

    def _caller(self, frame: FrameType) -> _Activation | None:
        """Find the nearest function of ours further up, through those of others."""
        back = frame.f_back
        while back is not None:
            there = self._activations.get(back)
            if there is not None:
                return there
            back = back.f_back
        return None

    def _resume(self, there: _Activation, caller: _Activation) -> None:
        """Let a coroutine go on: the news is for the innermost, whoever awaits that."""
        causes: tuple[Cause, ...] = (Cause(None, Link.RESUMED, caller.now),)
        if caller.is_resumed:
            causes = caller.now.causes
        there.now = Node(there.node.place, there.taken, Link.SAME, causes=causes, is_answer=True)
        there.is_resumed = True

    # ------------------------------------------------------------ hand-overs

    def _put(self, way: HandOver, what: Any, node: Node, creator: Node) -> None:
        if inspect.iscoroutine(what):
            if what.cr_frame is not None:
                self._creators.setdefault(what.cr_frame, creator)
        elif not way.taken:
            for each in what if isinstance(what, list) else [what]:
                code = code_of(each)
                if code is not None:
                    self._callables.setdefault(code, []).append((each, way, node))
        else:
            for key, value in self._keys(what):
                self._held[key] = value
                self._puts.setdefault((way, key), []).append(node)

    def _keys(self, what: Any) -> list[tuple[object, object]]:
        """Give a thing, or each in a list, and what it is known by again."""
        if what is None:
            return []
        if isinstance(what, list):
            return [pair for each in what for pair in self._keys(each)]
        if isinstance(what, bytes | memoryview | tuple):
            parts = what if isinstance(what, tuple) else (what,)
            blobs = [bytes(part) for part in parts if isinstance(part, bytes | memoryview)]
            if self._mark and any(self._mark in blob for blob in blobs):
                return [(self._mark, None)]
            if blobs:
                return []
        return [(id(what), what)]

    def _take(self, way: HandOver, what: Any) -> list[Cause]:
        return [
            Cause(key, way.link, node)
            for key, _what in self._keys(what)
            for node in self._puts.pop((way, key), [])
        ]

    def _causes(self, frame: FrameType, code: _Code, values: Values) -> tuple[list[Cause], bool]:
        """Find what was handed over to a function by calling it, or as its argument."""
        calls = [
            each for each in self._callables.get(frame.f_code, ()) if is_call_of(each[0], values)
        ]
        if calls:
            if calls[0][1].link is Link.THREAD:  # each call of it is one of its own
                calls = calls[:1]
            for call in calls:
                self._callables[frame.f_code].remove(call)
            return [Cause(None, way.link, node) for _call, way, node in calls], calls[0][
                1
            ].is_answer
        for way in code.given:
            if way.kept_while and value_at(values, way.kept_while):
                continue
            causes = self._take(way, value_at(values, way.by))
            if causes:
                return causes, way.is_answer
        return [], False

    # ------------------------------------------------------------ what returns

    def _leave(self, frame: FrameType, code: _Code, value: Any) -> None:
        there = self._activations.get(frame)
        if there is None:
            return
        caller = self._caller(frame)
        for way in code.returned:
            self._take_returned(way, there, caller, frame, value)
        is_over = not (code.suspends and is_at_yield(frame))
        if is_over:
            for told in code.left:
                told(there.now, frame.f_locals)
            del self._activations[frame]
        if caller is not None and there.now is not there.node and (is_over or not code.waits):
            _pass_on(there.now, caller)

    def _take_returned(
        self,
        way: HandOver,
        there: _Activation,
        caller: _Activation | None,
        frame: FrameType,
        value: Any,
    ) -> None:
        what = value_at(frame.f_locals, way.by) if way.by else value
        causes = self._take(way, what) if value else []
        if causes:
            there.now = Node(
                there.node.place,
                there.taken,
                Link.SAME,
                causes=causes,
                is_answer=way.is_answer,
            )
        elif caller is not None:  # what it took before is over
            caller.taken = caller.now = caller.node


def _pass_on(returned: Node, caller: _Activation) -> None:
    """Let the caller go on for what a function has taken, and returned to it."""
    caller.now = Node(
        caller.node.place,
        caller.taken,
        Link.SAME,
        causes=(Cause(None, Link.RETURNED, returned),),
        is_answer=returned.is_answer,
    )
    caller.is_resumed = False
    if not returned.is_answer:
        caller.taken = caller.now


_START = threading.Thread.start.__code__
