"""Nothing below window and command line translates, and no text is what a program decides by."""

from __future__ import annotations

import ast
import os
import shutil
import string
import subprocess
import sys
import typing
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo

from ferrygate.common.errors import Problem
from ferrygate.engine.messages.session import SecretsChanged
from ferrygate.engine.messages.transfers import ConflictQuestion
from ferrygate.transfers.name_conflict import NameConflict
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.views import BatchView, FileView

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "gui" / "ferrygate"
TRANSLATE = {"app", "cli"}
TRANSLATORS = {"common/i18n.py", "common/text.py", "common/quantities.py"}
CONSTRUCTORS = {"message", "plural_message"}
CLEANING = {
    "access_check/report.py",  # a report is fit to be sent as it is
    "common/display.py",
    "common/logs.py",
    "common/message.py",
    "common/names.py",  # a name that a person edits
    "engine/queue/asked_for.py",  # names for people, as values say
    "ssh/connection.py",  # what a server says of itself
    "common/server_words.py",
    "sftp/connection.py",  # names of extensions, for the log
    "sign_in/methods.py",  # a detail
    "sign_in/step_record.py",  # what a server says, for support
    "sites/store.py",  # several names in one text
}
# Texts that name things; no sentence, and nothing that is chosen by.
NAMES = {
    Problem: {"detail", "fingerprint", "server_said", "steps"},
    FileOutcome: {"local", "sha256"},
    FileView: {"local", "sha256"},
    BatchView: {"name", "target"},
    SecretsChanged: set(),
    ConflictQuestion: set(),
    NameConflict: {"name"},
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Each module below the window and the command line, by its path in the package."""
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE)
        if inside.parts[0] not in TRANSLATE:
            yield inside.as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def calls(tree: ast.Module, names: set[str]) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node


def imported(tree: ast.Module) -> set[str]:
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
    return {alias.name for node in nodes for alias in node.names}


def test_nothing_below_window_and_command_line_translates() -> None:
    translating = {
        name
        for name, tree in modules()
        if any(calls(tree, {"_", "ngettext", "gettext", "render"}))
        or any(
            isinstance(node, ast.Import) and node.names[0].name == "gettext"
            for node in ast.walk(tree)
        )
    }
    assert translating <= TRANSLATORS


def test_names_are_cleaned_where_they_are_shown() -> None:
    found = {
        name
        for name, tree in modules()
        if any(calls(tree, {"display_name", "display_text", "written_out"}))
    }
    assert found == CLEANING


@pytest.mark.parametrize("value", NAMES, ids=lambda value: value.__name__)
def test_no_text_of_a_message_is_a_sentence(value: type[msgspec.Struct]) -> None:
    hints = typing.get_type_hints(value)
    texts = {
        name for name, hint in hints.items() if hint is str and name in value.__struct_fields__
    }
    assert texts == NAMES[value]


def gaps(template: str) -> set[str]:
    return {
        field for _text, field, _spec, _conversion in string.Formatter().parse(template) if field
    }


def templates(call: ast.Call) -> list[str]:
    """Collect the one or two templates of a message that is made, all constants."""
    assert isinstance(call.func, ast.Name)
    arguments = call.args[: 1 if call.func.id == "message" else 2]
    constants = [part.value for part in arguments if isinstance(part, ast.Constant)]
    assert len(constants) == len(arguments), ast.unparse(call)
    return [text for text in constants if isinstance(text, str)]


def made() -> Iterator[tuple[str, ast.Call]]:
    """Each message that is made anywhere in the product, with its module."""
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if name != "common/message.py":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            yield from ((name, call) for call in calls(tree, CONSTRUCTORS))


def test_each_message_has_the_parameters_that_its_template_names() -> None:
    wrong = []
    for name, call in made():
        given = {keyword.arg for keyword in call.keywords} - {"count"}
        named = [gaps(template) - {"count"} for template in templates(call)]
        if call.keywords and any(each != given for each in named):
            wrong.append((name, call.lineno))
    assert wrong == []


def filled_in(tree: ast.Module) -> set[str]:
    """Name the gaps that a module fills after the message was made."""
    return {
        keyword.arg
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "filled"
        for keyword in node.keywords
        if keyword.arg
    }


def test_gaps_that_are_left_open_are_filled_in_the_same_module() -> None:
    left = set()
    for name, call in made():
        if not call.keywords:
            tree = ast.parse((PACKAGE / name).read_text(encoding="utf-8"))
            known = filled_in(tree) | ({"count"} if len(templates(call)) > 1 else set())
            left |= {gap for template in templates(call) for gap in gaps(template) - known}
    assert left == {"password", "code"}  # of the way to join them: written as they are


def translated(function: ast.AST) -> set[str]:
    """Name the variables of a function that hold a text in the person's language."""
    found: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            pairs = [pair for target in node.targets for pair in assigned(target, node.value)]
            found |= {name for name, value in pairs if is_translated(value)}
    return found


def assigned(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Each name of an assignment, with what it is given."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for part, given in zip(target.elts, value.elts, strict=True):
            yield from assigned(part, given)


def is_translated(value: ast.expr) -> bool:
    """Tell whether a text was translated here, filled in or not."""
    names = {"_", "ngettext", "render"}
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
        for node in ast.walk(value)
    )


def test_no_translated_text_is_put_into_a_message() -> None:
    takers = {*CONSTRUCTORS, "given_key", "given_secret", "unseen_ends", "BadParameter"}
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                texts = translated(function)
                wrong += [
                    (path.relative_to(PACKAGE).as_posix(), call.lineno)
                    for call in ast.walk(function)
                    if isinstance(call, ast.Call)
                    and getattr(call.func, "id", getattr(call.func, "attr", "")) in takers
                    for value in [*call.args, *(keyword.value for keyword in call.keywords)]
                    if is_translated(value) or (isinstance(value, ast.Name) and value.id in texts)
                ]
    assert wrong == []


def test_translators_find_each_template() -> None:
    keywords: dict[str, tuple[int, ...] | None] = {"message": None, "plural_message": (1, 2)}
    found = set()
    for _file, _line, text, _comments, _context in extract_from_dir(
        PACKAGE, [("**.py", "python")], keywords=keywords, comment_tags=()
    ):
        found |= {text} if isinstance(text, str) else set(text)
    found.discard("{first} {second}")  # of sentences(), which is made of nothing but gaps
    assert found == {template for _name, call in made() for template in templates(call)}


_DUMP = """
import sys, msgspec
from ferrygate.common.errors import NotFoundError
from ferrygate.common.i18n import render
from ferrygate.common.message import Size, message
from ferrygate.transfers.views import Confirmation, FileView, LeftBehind, TransferState

sentence = message("There is no “{name}” on the server.", name=b"a")
problem = NotFoundError(sentence, next_step=message("{size}", size=Size(1))).problem
view = FileView(
    number=0, local="a", remote=b"/a", state=TransferState.NEEDS_ATTENTION, problem=problem,
    confirmation=Confirmation.REFUSED, not_told=problem, left_behind=LeftBehind.PART,
)
sys.stdout.buffer.write(msgspec.json.encode(view))
sys.stderr.buffer.write(render(problem.sentence).encode())
"""


def copy_with_german(folder: Path) -> Path:
    """Copy the program with a German catalogue; return its source root."""
    shutil.copytree(
        PACKAGE, folder / "gui" / "ferrygate", ignore=shutil.ignore_patterns("__pycache__")
    )
    place = folder / "resources" / "translations" / "de" / "LC_MESSAGES"
    place.mkdir(parents=True)
    catalog = Catalog(locale="de")
    catalog.add("There is no “{name}” on the server.", "Auf dem Server ist kein „{name}“.")
    with (place / "ferrygate.mo").open("wb") as file:
        write_mo(file, catalog)
    return folder / "gui"


def test_what_is_kept_is_the_same_in_every_language(tmp_path: Path) -> None:
    source = copy_with_german(tmp_path)
    kept, shown = [], []
    for language in ("de_DE.UTF-8", "en_GB.UTF-8"):
        ended = subprocess.run(
            [sys.executable, "-c", _DUMP],
            env={**os.environ, "PYTHONPATH": str(source), "LANGUAGE": language, "LANG": language},
            cwd=tmp_path,
            capture_output=True,
            check=True,
        )
        kept.append(ended.stdout)
        shown.append(ended.stderr.decode())
    assert shown == ["Auf dem Server ist kein „a“.", "There is no “a” on the server."]
    assert kept[0] == kept[1]
    assert b"There is no" in kept[0]
