"""The pictures of the access check show what the check says, and nothing made up."""

from __future__ import annotations

import ast
from pathlib import Path

import ferrygate
from ferrygate.app.automation.scenes import checks

PROGRAM = Path(ferrygate.__path__[0])
SCENES = Path(checks.__file__)


def sentences(file: Path) -> set[str]:
    """Give the templates of the messages that a module makes."""
    calls = (
        each for each in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(each, ast.Call)
    )
    return {
        str(call.args[0].value)
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id == "message"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


def test_every_sentence_in_the_pictures_is_one_of_the_check() -> None:
    folders = ("access_check", "sign_in", "ssh", "sites")
    files = (file for folder in folders for file in (PROGRAM / folder).rglob("*.py"))
    told = set[str]().union(*map(sentences, files))
    shown = sentences(SCENES)
    assert len(shown) > 12
    assert shown - told == set()
