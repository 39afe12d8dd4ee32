"""Whatever the walks name is in the code."""

from __future__ import annotations

import inspect
from importlib import import_module

import pytest

from walks.table import HAND_OVERS, is_ours
from walks.walks import WALKS

_PUTS = [(way.put, way.what.split(".")[0]) for way in HAND_OVERS]
_TAKES = [(way.taken, way.by) for way in HAND_OVERS if way.taken]
_PARTS = [part for walk in WALKS for part in walk.parts]
_NAMES = [name for part in _PARTS for name in (part.begins, part.ends, part.through) if name]


@pytest.mark.parametrize(
    ("name", "argument"), sorted({*_PUTS, *_TAKES, *((name, "") for name in _NAMES)})
)
def test_a_function_is_there_with_its_argument(name: str, argument: str) -> None:
    module, path = name.split(":")
    found: object = import_module(module)
    for part in path.split("."):
        found = inspect.getattr_static(found, part)
    assert inspect.isfunction(found)
    assert found.__code__.co_qualname == path
    assert not argument or argument in inspect.signature(found).parameters


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("ferrygate.engine.engine", True),
        ("ferrygate", True),
        ("ferrygate.app.automation.window_driver", False),
        ("ferrygate.sandbox.sandbox", False),
        ("ferrygates", False),
        ("paramiko", False),
    ],
)
def test_the_server_and_the_hands_are_not_ours(module: str, expected: bool) -> None:  # noqa: FBT001
    assert is_ours(module) is expected
