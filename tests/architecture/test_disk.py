"""The disk is a parameter of transfers and of the engine: no file is reached in another way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "gui" / "ferrygate"
FOLDERS = ("engine", "transfers")
# Of the module os: texts and numbers, which ask no disk.
HARMLESS = {
    "O_BINARY",
    "O_CREAT",
    "O_EXCL",
    "O_NONBLOCK",
    "O_RDONLY",
    "O_RDWR",
    "O_WRONLY",
    "fsdecode",
    "fsencode",
    "name",
    "path",
    "sep",
    "stat_result",
}
HARMLESS_OF_PATHS = {"abspath", "basename", "dirname", "join"}  # of os.path
# Of pathlib's paths; those that a remote folder has as well are left out.
METHODS = {
    "chmod",
    "exists",
    "expanduser",
    "glob",
    "hardlink_to",
    "is_file",
    "is_symlink",
    "iterdir",
    "owner",
    "read_bytes",
    "read_text",
    "resolve",
    "rglob",
    "samefile",
    "symlink_to",
    "touch",
    "unlink",
    "write_bytes",
    "write_text",
}
MODULES = {"fcntl", "glob", "io", "mmap", "msvcrt", "shutil", "tempfile"}
# Own modules by which files are reached, or the real disk itself is.
OWN = {
    "ferrygate.common.atomic_files": set[str](),
    "ferrygate.common.file_lock": {"lock_now", "try_lock"},
    "ferrygate.common.local_disk": {"open_regular_file", "read_small_file"},
    "ferrygate.common.system_disk": set[str](),
}
ALLOWED = {
    "transfers/parts.py": {"read_text"},  # names this computer, for bootstrap
}


def used(tree: ast.AST) -> Iterator[str]:
    """Give the names by which a module reaches files without the disk that it was given."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ({alias.name for alias in names} & MODULES)
            case ast.ImportFrom(module=str(module), names=names):
                yield from imported(module, {alias.name for alias in names})
            case ast.Attribute(
                value=ast.Attribute(value=ast.Name(id="os"), attr="path"), attr=name
            ):
                yield from ({name} - HARMLESS_OF_PATHS)
            case ast.Attribute(ast.Name(id="os"), name):
                yield from ({name} - HARMLESS)
            case ast.Call(func=ast.Name(id="open")):
                yield "open"
            case ast.Call(func=ast.Attribute(attr=name)) if name in METHODS:
                yield name
            case _:
                pass


def imported(module: str, names: set[str]) -> set[str]:
    """Return the names that a module must not take from another one."""
    if module == "os":
        return names - HARMLESS
    if module == "os.path":
        return names - HARMLESS_OF_PATHS
    if module in MODULES:
        return {module}
    if module in OWN:
        return names & OWN[module] if OWN[module] else names
    return set()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import os\nos.stat(path)", {"stat"}),
        ("import os\nos.fsync(3)", {"fsync"}),
        ("from os import scandir", {"scandir"}),
        ("import os\nos.path.exists(path)", {"exists"}),
        ("import os\nos.path.join(os.sep, os.fsdecode(name))", set()),
        ("import os\ndef f(status: os.stat_result): ...", set()),
        ("open(path)", {"open"}),
        ("path.read_text()", {"read_text"}),
        ("import shutil", {"shutil"}),
        ("from ferrygate.common.system_disk import SystemDisk", {"SystemDisk"}),
        ("from ferrygate.common.file_lock import LockResult, try_lock", {"try_lock"}),
        ("from ferrygate.common.local_disk import reading", set()),
        ("files.mkdir(path)", set()),
    ],
)
def test_ways_around_the_disk_are_found(source: str, found: set[str]) -> None:
    assert set(used(ast.parse(source))) == found


def test_files_are_reached_by_the_disk_that_comes_in() -> None:
    users = {
        path.relative_to(SOURCES).as_posix(): names
        for folder in FOLDERS
        for path in (SOURCES / folder).rglob("*.py")
        if (names := set(used(ast.parse(path.read_text("utf-8")))))
    }
    assert users == ALLOWED


def test_one_module_picks_the_real_disk() -> None:
    users = {
        path.relative_to(SOURCES).as_posix()
        for path in SOURCES.rglob("*.py")
        if "SystemDisk" in set(used(ast.parse(path.read_text("utf-8"))))
    }
    assert users == {"bootstrap.py"}
