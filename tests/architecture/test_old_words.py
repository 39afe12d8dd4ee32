"""Words that were replaced by the field's own do not come back as names.

``old_words.txt`` has one name a line, with its new one beside it. Names are those of the syntax
tree: what is defined, arguments, attributes, variables, imports and modules; comments and sentences
for people are free. Names of foreign libraries and of SSH's and SFTP's standards are not listed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIST = Path(__file__).with_name("old_words.txt")
FOLDERS = ("gui", "tests", "packaging")
_LINE = re.compile(r"(\w+) (\S.*)")


def old_words() -> dict[str, str]:
    """Read the list: each old name with the new one."""
    lines = [line for line in LIST.read_text("utf-8").splitlines() if not line.startswith("#")]
    return {found[1]: found[2] for line in lines if (found := _LINE.fullmatch(line))}


def names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Give the line and the text of each name that a module defines, stores to, or refers to."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.lineno, node.name
            case ast.arg() | ast.keyword(arg=str()):
                yield node.lineno, str(node.arg)
            case ast.Attribute():
                yield node.lineno, node.attr
            case ast.Name():
                yield node.lineno, node.id
            case ast.alias():
                for part in (*node.name.split("."), node.asname or ""):
                    yield node.lineno, part
            case _:
                pass


def found_in(source: str, words: dict[str, str]) -> list[str]:
    """Say where old names are, and what to call them now."""
    return [
        f"line {line}: {name} is {words[name]} now"
        for line, name in names(ast.parse(source))
        if name in words
    ]


@pytest.mark.parametrize(
    "source",
    [
        "class Bell: ...",
        "def f(Bell): ...",
        "def Bell(): ...",
        "Bell = 1",
        "x.Bell",
        "f(Bell=1)",
        "import a.Bell",
        "from a import Bell",
        "from a import b as Bell",
        "for Bell in x: ...",
    ],
)
def test_an_old_word_is_found_and_the_new_one_is_said(source: str) -> None:
    (found,) = found_in(source, {"Bell": "AutoResetEvent"})
    assert found == "line 1: Bell is AutoResetEvent now"


def test_words_in_texts_and_parts_of_names_are_free() -> None:
    assert found_in('"""Bell."""\nDoorBell = "Bell"  # Bell', {"Bell": "AutoResetEvent"}) == []


def test_every_line_of_the_list_is_read_and_in_order() -> None:
    lines = [line for line in LIST.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert len(old_words()) == len(lines)
    assert lines == sorted(lines)


def test_no_old_word_comes_back() -> None:
    words = old_words()
    found = {}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            said = found_in(path.read_text("utf-8"), words)
            if path.stem in words:
                said.append(f"the module is {words[path.stem]} now")
            if said:
                found[str(path.relative_to(ROOT))] = said
    assert found == {}
