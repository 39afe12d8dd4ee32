"""Private names of libraries are used in named files only; another release may rename them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "gui" / "ferrygate"
# The SSH library's inner state (gui/adr/007, gui/adr/013); tests/unit/ssh/test_library_names.py
# says where each name is found in the library.
ALLOWED = {
    "ssh/guarded_transport.py",
    "ssh/key_exchange.py",
    "ssh/packetizer.py",
    "ssh/stream_transport.py",
    "ssh/transport.py",
}
DOCUMENTED = {"_exit", "_replace"}  # os._exit and NamedTuple._replace are public in spite of it


def is_private(name: str) -> bool:
    """Tell whether a name begins with one underscore, or with two and does not end so."""
    return name.startswith("_") and not name.endswith("__") and name not in DOCUMENTED


def defined(tree: ast.AST) -> Iterator[str]:
    """Give the names that a module defines: functions, classes, variables, own attributes."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name) | ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Attribute(attr=name, value=ast.Name(id="self" | "cls"), ctx=ast.Store()):
                yield name
            case _:
                pass


def is_foreign(node: ast.Attribute, ours: set[str], here: set[str]) -> bool:
    """Tell whether a private attribute is a library's, or another module's."""
    match node.value:
        case ast.Call(func=ast.Name(id="super")):
            return True
        case ast.Name(id="self" | "cls"):
            return node.attr not in ours
        case _:
            return node.attr not in here


def foreign(tree: ast.AST, ours: set[str]) -> list[str]:
    """Find the private attributes of other modules' objects, and those of libraries' base classes.

    Args:
        tree: a module.
        ours: what all modules define.
    """
    here = set(defined(tree))
    return sorted(
        {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and is_private(node.attr)
            and is_foreign(node, ours, here)
        }
    )


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("transport._lock", ["_lock"]),
        ("super()._log(1)", ["_log"]),
        ("self._channels", ["_channels"]),
        ("self._lock = 1\nself._lock", []),
        ("self._text = 1\nother._text", []),
        ("cls._names\n_names = 1", []),
        ("os._exit(1)", []),
        ("module.__name__", []),
    ],
)
def test_private_attributes_of_others_are_found(source: str, found: list[str]) -> None:
    tree = ast.parse(source)
    assert foreign(tree, set(defined(tree))) == found


def test_private_names_of_libraries_are_used_in_named_files_only() -> None:
    trees = {
        path.relative_to(SOURCES).as_posix(): ast.parse(path.read_text("utf-8"))
        for path in SOURCES.rglob("*.py")
    }
    ours = {name for tree in trees.values() for name in defined(tree)}
    users = {name: names for name, tree in trees.items() if (names := foreign(tree, ours))}
    assert {name: names for name, names in users.items() if name not in ALLOWED} == {}
    assert set(users) >= ALLOWED, "a file of the list uses none any more: take it out"
