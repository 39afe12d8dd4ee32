"""The walks themselves, and what is printed of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from walks.__main__ import line_of
from walks.paths import Cause, Hop, Link, Node, Place, counted, path_to
from walks.walks import WALKS

_TESTS = Path(__file__).parents[1]
_ROOT = Place("a", "root")


def _is_root(node: Node) -> bool:
    return node.place == _ROOT


@pytest.mark.parametrize(
    ("hop", "line"),
    [
        (Hop(3, Link.CALL, Place("ferrygate.a.b", "C.d")), "   3 → a.b.C.d"),
        (Hop(12, Link.THREAD, Place("ferrygate.a", "f.<locals>.g")), "  12 ⇒ a.f.g"),
        (Hop(None, Link.RETURNED, Place("ferrygate.a", "f")), "     ← a.f"),
        (Hop(None, Link.CALL, Place("", "a drop")), "     · a drop"),
    ],
)
def test_a_step_is_printed_with_its_number_and_its_kind(hop: Hop, line: str) -> None:
    assert line_of(hop) == line


def test_of_two_ways_up_that_one_is_taken_which_goes_through_a_function() -> None:
    root = Node(_ROOT)
    first, second = Node(Place("b", "first"), root), Node(Place("c", "second"), root)
    causes = [Cause(1, Link.LATER, first), Cause(2, Link.LATER, second)]
    end = Node(Place("d", "end"), causes=causes)

    def ways(through: Node | None) -> list[str]:
        def passes(node: Node) -> bool:
            return node is through

        steps = path_to(end, _is_root, passes if through else None, back=False)
        return [hop.place.function for hop in counted(steps)]

    assert ways(None) == ["root", "second", "end"]  # the latest
    assert ways(first) == ["root", "first", "end"]


def test_of_two_ways_up_that_one_is_taken_whose_thing_was_seen_on_the_way() -> None:
    root = Node(_ROOT)
    first, second = Node(Place("b", "first"), root), Node(Place("c", "second"), root)
    loop = Node(
        Place("d", "loop"), causes=[Cause(1, Link.THREAD, first), Cause(2, Link.THREAD, second)]
    )
    end = Node(Place("e", "end"), loop, keys=frozenset({1}))
    steps = path_to(end, _is_root, back=False)
    assert [step.place.function for step in steps] == ["root", "first", "loop", "end"]


@pytest.mark.slow
@pytest.mark.sandbox
@pytest.mark.timeout(120)
def test_each_walk_leads_from_its_beginning_to_its_end(private_home: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(_TESTS), "TMPDIR": str(private_home.parent)}
    run = subprocess.run(
        [sys.executable, "-m", "walks"],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=100,
    )
    assert "no path leads there" not in run.stdout
    assert [walk.name for walk in WALKS if f"{walk.name}: " not in run.stdout] == [], run.stderr
