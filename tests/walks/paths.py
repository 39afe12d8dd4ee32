"""Paths through what a tracer has recorded: what caused a call, step by step, back to an event.

Each call of a function of ours is a node. A node knows who called it, and, where the thing that it
deals with was handed over to it by way of a queue, who put that in. So what a call was caused by is
followed upwards from one node to the next, and not what else ran meanwhile.

A *hop* is an edge of such a path that leads from one module to another, or from one thread to
another. Neither a return is one, nor a call within a module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from typing import NamedTuple


class Place(NamedTuple):
    """A function of a module."""

    module: str
    function: str


class Link(Enum):
    """Names how one step leads to the next."""

    CALL = "call"
    THREAD = "thread"  # put into something by one thread, and taken by another
    LATER = "later"  # likewise, by the same thread
    RESUMED = "resumed"  # a coroutine goes on, since its answer is there
    RETURNED = "returned"
    SAME = "same"  # the same call, later on


class Cause(NamedTuple):
    """Something that a call was caused by; ``key`` is that of what was handed over."""

    key: object
    link: Link
    node: Node


class Node:
    """A call of a function, or the part of it from the moment on when it took something.

    Attributes:
        place: the function.
        parent: who called it, or the call of which this is the later part.
        link: the way from there.
        causes: what it goes on for, where that was handed over; the latest is the last.
        is_answer: the causes are news that it waited for. They are followed only on the way back.
        keys: of what was handed over and is among its arguments.
    """

    __slots__ = ("causes", "is_answer", "keys", "link", "parent", "place")

    def __init__(
        self,
        place: Place,
        parent: Node | None = None,
        link: Link = Link.CALL,
        *,
        causes: Sequence[Cause] = (),
        is_answer: bool = False,
        keys: frozenset[object] = frozenset(),
    ) -> None:
        self.place = place
        self.parent = parent
        self.link = link
        self.causes = tuple(causes)
        self.is_answer = is_answer
        self.keys = keys

    def led_to_by(self, seen: frozenset[object], *, is_way_back: bool) -> Iterator[Cause]:
        """Give what the node was caused by, likeliest first; ``seen`` are keys further down."""
        if self.causes and (is_way_back or not self.is_answer):
            latest = self.causes[::-1]
            yield from [cause for cause in latest if cause.key in seen] or latest
        elif self.parent is not None:
            yield Cause(None, self.link, self.parent)


class Step(NamedTuple):
    """One step of a path: how it was come to, and the function."""

    link: Link
    place: Place


Test = Callable[[Node], bool]


def path_to(end: Node, begins: Test, through: Test | None = None, *, back: bool) -> list[Step]:
    """Follow a node upwards to the nearest one that ``begins`` the path; none where there is none.

    Args:
        end: the last of the path.
        begins: tells the first one.
        through: tells a node that has to be on the way, where more than one way leads up.
        back: answers are followed to where they came in, instead of to who waited for them.
    """
    trail = [(end, Link.CALL)]
    ways = [end.led_to_by(end.keys, is_way_back=back)]
    seen = [end.keys]
    passed = [through is None or through(end)]
    been = set()
    while ways:
        if begins(trail[-1][0]) and passed[-1]:
            return _in_order(trail)
        cause = next(ways[-1], None)
        if cause is None:
            for stack in (trail, ways, seen, passed):
                stack.pop()
            continue
        has_passed = passed[-1] or through is None or through(cause.node)
        if (id(cause.node), has_passed) in been or begins(trail[-1][0]):
            continue
        been.add((id(cause.node), has_passed))
        trail.append((cause.node, cause.link))
        seen.append(seen[-1] | cause.node.keys)
        passed.append(has_passed)
        ways.append(cause.node.led_to_by(seen[-1], is_way_back=back))
    return []


def _in_order(trail: list[tuple[Node, Link]]) -> list[Step]:
    """Turn a trail round: the link of each of its nodes leads to the one before it."""
    links = [link for _node, link in trail[1:]] + [Link.CALL]
    nodes = [node for node, _link in trail]
    return [
        Step(link, node.place) for node, link in zip(reversed(nodes), reversed(links), strict=True)
    ]


class Hop(NamedTuple):
    """A step of a path as it is printed: ``number`` is none where the step is not a hop."""

    number: int | None
    link: Link
    place: Place


def counted(steps: Sequence[Step]) -> list[Hop]:
    """Number the hops of a path; leave out where a function only goes on."""
    hops: list[Hop] = []
    number = 0
    before: Place | None = None
    for step in steps:
        if step.link is Link.SAME:
            continue
        is_hop = before is not None and _is_hop(step.link, before, step.place)
        number += is_hop
        hops.append(Hop(number if is_hop else None, step.link, step.place))
        before = step.place
    return hops


def _is_hop(link: Link, before: Place, place: Place) -> bool:
    if link is Link.RETURNED:
        return False
    return link is Link.THREAD or before.module != place.module
