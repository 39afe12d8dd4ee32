"""A child process of ours is started in one place, which keeps other people's code out of it.

Programs of the desktop are started in one other place, which opens and shows what was fetched.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "gui" / "ferrygate"
OUR_PROGRAM = "common/own_process.py"
DESKTOP = "app/system/desktop_opener.py"
_STARTERS = {
    "os": {"system", "popen", "startfile", "posix_spawn", "posix_spawnp", "fork", "forkpty"},
    "pty": {"spawn", "fork"},
    "asyncio": {"create_subprocess_exec", "create_subprocess_shell"},
    "click": {"edit", "launch", "pager", "echo_via_pager"},
    "webbrowser": {"open", "open_new", "open_new_tab"},
}
_MODULES = {"subprocess", "multiprocessing", "pty", "webbrowser", "pexpect"}
_CLASSES = {"QProcess", "ProcessPoolExecutor", "QDesktopServices"}


def starts(source: str) -> list[str]:
    """Name what a module uses that can start a program."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found += [name.name for name in names if name.name.split(".")[0] in _MODULES]
            case ast.ImportFrom(module=str(module), names=names):
                if module.split(".")[0] in _MODULES:
                    found.append(module)
                found += [name.name for name in names if name.name in _CLASSES]
                found += [name.name for name in names if name.name in _STARTERS.get(module, ())]
            case ast.Attribute(value=ast.Name(id=module), attr=name) if name in _STARTERS.get(
                module, ()
            ) or (module == "os" and name.startswith(("exec", "spawn"))):
                found.append(f"{module}.{name}")
    return found


def test_one_module_starts_our_program_and_one_those_of_the_desktop() -> None:
    starting = {
        path.relative_to(PACKAGE).as_posix(): found
        for path in PACKAGE.rglob("*.py")
        if (found := starts(path.read_text("utf-8")))
    }
    assert starting == {OUR_PROGRAM: ["subprocess"], DESKTOP: ["QProcess", "QDesktopServices"]}


@pytest.mark.parametrize(
    "line",
    [
        "import subprocess",
        "from subprocess import run",
        "import os; os.system('x')",
        "import os; os.execvp('x', [])",
        "from os import popen",
        "import multiprocessing.pool",
        "from PySide6.QtCore import QProcess",
        "from concurrent.futures import ProcessPoolExecutor",
        "import click; click.launch('x')",
        "from PySide6.QtGui import QDesktopServices",
        "import asyncio; asyncio.create_subprocess_exec('x')",
    ],
)
def test_each_way_to_start_a_program_is_recognised(line: str) -> None:
    assert starts(line)
