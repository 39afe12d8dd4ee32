"""Docstrings and comments name their subject first, or begin with what it does.

All docstrings and comments, of the program and of the tests. Those of functions begin with a verb,
and never with "The ..." or "A ..."; tests may say what is so.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = ("gui", "packaging", "tests")
NO_BEGINNING = re.compile(r"\s*(?:How|It|Nobody|What|Whether|Who|Whoever)\b")
NO_VERB = re.compile(r"\s*(?:An?|The)\b")
NO_COMMENT = re.compile(r"^\s*#" + NO_BEGINNING.pattern, re.MULTILINE)


def docstrings(source: str) -> Iterator[tuple[int, str]]:
    """Give the line and the text of each docstring, those of constants included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            text = node.value.value
            if isinstance(text, str):
                yield node.lineno, text


def beginnings_without_verb(source: str) -> list[int]:
    """Find the lines of functions, tests excepted, whose docstrings begin with an article."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("test_")
        and NO_VERB.match(ast.get_docstring(node) or "")
    ]


def comments(source: str) -> Iterator[tuple[int, str]]:
    """Give the line and the text of the first line of each comment that has lines for itself."""
    if NO_COMMENT.search(source) is None:  # since reading tokens is slow
        return
    last = -1
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        line, column = token.start
        if token.type == tokenize.COMMENT and not token.line[:column].strip():
            if line != last + 1:
                yield line, token.string.lstrip("#")
            last = line


def begun_badly(texts: Iterable[tuple[int, str]]) -> list[int]:
    """Find the lines of texts that begin with a word that names nothing."""
    return [line for line, text in texts if NO_BEGINNING.match(text)]


def found_in(places: Iterable[str], find: Callable[[str], list[int]]) -> list[str]:
    """Name the places that a search finds in all modules of some folders."""
    return [
        f"{path.relative_to(ROOT)}:{line}"
        for place in places
        for path in sorted((ROOT / place).rglob("*.py"))
        for line in find(path.read_text("utf-8"))
    ]


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ('"""What it is."""', [1]),
        ('"""Holds it."""\n\nX = 1\n"""How many."""', [4]),
        ('class A:\n    """Whether."""', [2]),
        ('def f():\n    """Whoever\n    comes."""', [2]),
        ('"""Whatever comes."""', []),
        ('x = """What is this?"""', []),
    ],
)
def test_beginnings_of_docstrings_are_found(source: str, lines: list[int]) -> None:
    assert begun_badly(docstrings(source)) == lines


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("# What it is.\nX = 1", [1]),
        ("def f():\n    # Nobody\n    # comes.\n    pass", [2]),
        ("X = 1  # bytes\n# Whether it is so.\nY = 2", [2]),
        ("# The first line.\n# What follows goes on.\nX = 1", []),
        ("X = 1  # what it is", []),
        ('x = """\n# What is this?"""', []),
    ],
)
def test_beginnings_of_comments_are_found(source: str, lines: list[int]) -> None:
    assert begun_badly(comments(source)) == lines


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ('def f():\n    """The file of a name."""', [1]),
        ('class A:\n    def f(self):\n        """A file."""', [2]),
        ('def f():\n    """Find the file."""', []),
        ('def f():\n    """Any file will do."""', []),
        ('class A:\n    """The file of a name."""', []),
        ('def test_it():\n    """The file is there."""', []),
    ],
)
def test_functions_that_begin_without_a_verb_are_found(source: str, lines: list[int]) -> None:
    assert beginnings_without_verb(source) == lines


def test_no_docstring_begins_with_a_word_that_names_nothing() -> None:
    assert found_in(PLACES, lambda source: begun_badly(docstrings(source))) == []


def test_a_functions_docstring_begins_with_a_verb() -> None:
    assert found_in(PLACES, beginnings_without_verb) == []


def test_no_comment_begins_with_a_word_that_names_nothing() -> None:
    assert found_in(PLACES, lambda source: begun_badly(comments(source))) == []
