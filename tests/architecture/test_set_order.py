"""Nothing goes by the order of a set, which hashes and addresses decide: another in each process.

In the folders of the simulation's seam (gui/adr/021) what happens first must follow from what came
first. A dict keeps that order where a set does not.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "gui" / "ferrygate"
FOLDERS = ("codes", "common", "engine", "sftp", "sign_in", "sites", "transfers")
SETS = {"set", "frozenset", "AbstractSet", "MutableSet"}
ANY_ORDER = {"sorted", "any", "all", "sum", "len", "set", "frozenset", "bool"}  # of what they take
IN_ORDER = {"list", "tuple", "iter", "enumerate", "zip", "map", "filter", "deque", "chain"}
IN_ORDER |= {"join", "extend", "reversed", "starmap"}
OPERATORS = (ast.BitOr, ast.BitAnd, ast.Sub, ast.BitXor)
METHODS = {"union", "difference", "intersection", "symmetric_difference", "copy"}


def names_a_set(annotation: ast.expr | None) -> bool:
    """Tell whether an annotation is that of a set, or of a set or None."""
    match annotation:
        case ast.Name(id=name):
            return name in SETS
        case ast.Subscript(value=value):
            return names_a_set(value)
        case ast.BinOp(left=left, right=right):
            return names_a_set(left) or names_a_set(right)
        case _:
            return False


def target_name(target: ast.expr) -> str | None:
    """Return the last name of what is assigned to, or read."""
    match target:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return None


class Sets:
    """Knows the names that hold sets in one module, and the functions that return them in all."""

    def __init__(self, tree: ast.AST, functions: set[str]) -> None:
        self._functions = functions
        self._names: set[str] = set()
        while True:
            known = len(self._names)
            self._names |= set(self._found(tree))
            if len(self._names) == known:
                break

    def _found(self, tree: ast.AST) -> Iterator[str]:
        for node in ast.walk(tree):
            match node:
                case ast.arg(arg=name, annotation=annotation) if names_a_set(annotation):
                    yield name
                case ast.AnnAssign(target=target, annotation=annotation, value=value):
                    held = target_name(target)
                    if held is not None and (names_a_set(annotation) or self.holds(value)):
                        yield held
                case ast.Assign(targets=targets, value=value):
                    yield from self._assigned(targets, value)
                case _:
                    pass

    def _assigned(self, targets: list[ast.expr], value: ast.expr) -> Iterator[str]:
        for target in targets:
            pairs = [(target, value)]
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                pairs = list(zip(target.elts, value.elts, strict=False))
            for one, given in pairs:
                name = target_name(one)
                if name is not None and self.holds(given):
                    yield name

    def holds(self, node: ast.expr | None) -> bool:
        """Tell whether the value of an expression is a set, as far as the module shows it."""
        match node:
            case ast.Set() | ast.SetComp():
                return True
            case ast.Name(id=name) | ast.Attribute(attr=name):
                return name in self._names
            case ast.Call():
                return self._returned_by(node)
            case _:
                return any(map(self.holds, operands(node)))

    def _returned_by(self, call: ast.Call) -> bool:
        match call.func:
            case ast.Attribute(value=value, attr=name) if name in METHODS:
                return self.holds(value)
            case ast.Subscript(value=value):
                return names_a_set(value)
            case _:
                return target_name(call.func) in SETS | self._functions


def operands(node: ast.expr | None) -> list[ast.expr]:
    """Return the parts of an expression of which each may be its value, or be joined in it."""
    match node:
        case ast.BinOp(left=left, op=operator, right=right) if isinstance(operator, OPERATORS):
            return [left, right]
        case ast.IfExp(body=body, orelse=orelse):
            return [body, orelse]
        case ast.BoolOp(values=values):
            return values
        case _:
            return []


def takes_any_order(tree: ast.AST) -> set[ast.AST]:
    """Find the expressions whose order does not matter, as what takes them has none either."""
    free: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Set):
            free.update(node.elts)
        elif isinstance(node, ast.Call) and target_name(node.func) in ANY_ORDER:
            free.update([] if node.keywords else node.args)  # equal by a key, and in any order
    return free


def read_by_call(call: ast.Call) -> list[ast.expr]:
    """Return the arguments, or the object, that a call goes through one by one."""
    name, arguments = target_name(call.func), call.args
    if name == "pop" and not arguments and isinstance(call.func, ast.Attribute):
        return [call.func.value]
    if name in {"min", "max"}:
        return arguments if len(arguments) == 1 else []
    if name == "sorted":
        return arguments if call.keywords else []
    if name == "fromkeys":
        return arguments[:1]
    return arguments if name in IN_ORDER else []


def read_in_order(tree: ast.AST, sets: Sets) -> Iterator[int]:
    """Give the lines where a module goes through a set one by one."""
    free = takes_any_order(tree)
    for node in ast.walk(tree):
        if node in free:
            continue
        match node:
            case ast.For(iter=read) | ast.AsyncFor(iter=read) | ast.Starred(value=read):
                taken: Iterable[ast.expr] = [read]
            case ast.ListComp() | ast.GeneratorExp() | ast.DictComp():
                taken = [generator.iter for generator in node.generators]
            case ast.Call():
                taken = read_by_call(node)
            case _:
                continue
        if any(sets.holds(one) for one in taken):
            yield node.lineno


def functions_of(trees: Iterable[ast.AST]) -> set[str]:
    """Find the functions and properties that return sets."""
    return {
        node.name
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and names_a_set(node.returns)
    }


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("x = set()\nfor one in x: pass", [2]),
        ("def f(x: frozenset[int]): return [one for one in x]", [1]),
        (
            "class A:\n def f(self): self._x: set[int] = g()\n def h(self): return list(self._x)",
            [3],
        ),
        ("self.a, self.b = self.b, set()\nfor one in self.a: pass", [2]),
        ("for one in {1, 2}: pass", [1]),
        ("x = {1} | y\nx.pop()", [2]),
        ("def f() -> set[int]: ...\nfor one in f(): pass", [2]),
        ("x = {1}\ny = {one: 1 for one in x}", [2]),
        ("x = {1}\nf(*x)", [2]),
        ("x = {1}\nmin(x)", [2]),
        ("x = {1}\nsorted(x, key=len)", [2]),
        ("x = {1}\nsorted((one for one in x), key=len)", [2]),
        ("x = {1}\ny = {2, *x}\nmin(x, y)", []),
        ("x = {1}\nsorted(one for one in x)", []),
        ("x = {1}\ny = {one for one in x}", []),
        ("x = {1}\nany(one in y for one in x)", []),
        ("x = {1: 2}\nfor one in x: pass", []),
        ("x = [1]\nx.pop()", []),
    ],
)
def test_sets_that_are_gone_through_are_found(source: str, lines: list[int]) -> None:
    tree = ast.parse(source)
    assert list(read_in_order(tree, Sets(tree, functions_of([tree])))) == lines


def test_nothing_goes_by_the_order_of_a_set() -> None:
    trees = {
        path.relative_to(SOURCES).as_posix(): ast.parse(path.read_text("utf-8"))
        for folder in FOLDERS
        for path in sorted((SOURCES / folder).rglob("*.py"))
    }
    functions = functions_of(trees.values())
    assert [
        f"{name}:{line}"
        for name, tree in trees.items()
        for line in read_in_order(tree, Sets(tree, functions))
    ] == []
