"""Takes each condition of the identity function as true and as false, and looks for a red row.

``PYTHONPATH=tests python -m aws.mutations`` changes the built file one condition at a time: each
``if`` and ``elif``, each conditional expression, each filter of a comprehension, each requirement
of a setting, each part of an ``and`` or ``or``. It prints one line for each change, with the first
row of the contract that tells it from the function, and ends with 1 where no row does.
"""

from __future__ import annotations

import ast
import copy
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from aws.contract_runner import Row, differences, load_builder, rows, run


def conditions(tree: ast.AST) -> Iterator[tuple[ast.AST, str, int | None]]:
    """Give each condition: its node, its field, and its place where the field is a list."""
    for node in ast.walk(tree):
        match node:
            case ast.If() | ast.IfExp() | ast.While():
                yield node, "test", None
            case ast.Call(func=ast.Name(id="require")):
                yield node, "args", 0
            case ast.comprehension(ifs=filters):
                yield from ((node, "ifs", place) for place in range(len(filters)))
            case ast.BoolOp(values=values):
                for place, value in enumerate(values):
                    if not isinstance(value, ast.Constant):
                        yield node, "values", place
            case _:
                pass


def mutants(tree: ast.Module) -> Iterator[tuple[str, ast.Module]]:
    """Give each change of one condition to a constant, described, and the changed module.

    The parts of an ``or`` become false only, and those of an ``and`` true only: the others are
    changes of the whole.
    """
    for number, (node, field, place) in enumerate(conditions(tree)):
        whole = getattr(node, field)
        old = whole if place is None else whole[place]
        values: tuple[bool, ...] = (True, False)
        if isinstance(node, ast.BoolOp):
            values = (isinstance(node.op, ast.And),)
        for value in values:
            changed = copy.deepcopy(tree)
            target, _, _ = list(conditions(changed))[number]
            if place is None:
                setattr(target, field, ast.Constant(value))
            else:
                getattr(target, field)[place] = ast.Constant(value)
            yield f"line {old.lineno}: {ast.unparse(old)} -> {value}", changed


def red_row(module: Any, table: dict[str, Row]) -> str | None:
    """Return the name of the first row that a module does not keep."""
    for name, row in table.items():
        if differences(row, run(module, row)):
            return name
    return None


def executed(tree: ast.Module) -> ModuleType:
    """Run a changed module.

    Raises:
        Exception: the module does not even begin.
    """
    module = ModuleType("mutant")
    sys.modules["mutant"] = module
    exec(compile(ast.fix_missing_locations(tree), "mutant", "exec"), module.__dict__)  # noqa: S102  ours
    return module


def main(arguments: list[str]) -> int:
    """Try all changes, and write the unchanged source to the file named; 1 if one is unseen."""
    build = load_builder()
    source = build.join(build.read_sources(), "{}")
    if arguments:
        Path(arguments[0]).write_text(source, encoding="utf-8")
    table = rows()
    unseen = 0
    for text, tree in mutants(ast.parse(source)):
        try:
            found = red_row(executed(tree), table)
        except Exception as error:  # noqa: BLE001  a module that cannot be imported is seen at once
            found = type(error).__name__
        unseen += found is None
        print(f"{text}: {found or 'NO ROW'}", flush=True)  # noqa: T201  a program's own output
    print(f"{unseen} unseen")  # noqa: T201  as above
    return 1 if unseen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
