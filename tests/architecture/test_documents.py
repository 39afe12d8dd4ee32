"""Each path that the documents name is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "gui" / "ferrygate"
FOLDERS = [ROOT / name for name in ("gui", "packaging", "resources", "tests")]
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "gui").glob("**/*.md")]
_CODE = re.compile(r"`([^`]+)`")
_MODULE = re.compile(r"(?:[a-z_]+/)*[a-z_]+\.py")


def named(text: str) -> Iterator[str]:
    """Find the paths in what is set as code: modules, and whatever lies in a folder of ours."""
    rooms = {path.name for path in (*FOLDERS, *PACKAGE.iterdir()) if path.is_dir()}
    for code in _CODE.findall(text):
        for word in code.split():
            path = word.split("::")[0].rstrip("/")
            if _MODULE.fullmatch(path) or ("/" in path and path.split("/")[0] in rooms):
                yield path


def missing(text: str, there: set[str]) -> list[str]:
    """Find the paths in a text that are neither one of ``there`` nor the end of one."""
    ends = {path[at:] for path in there for at in _beginnings(path)}
    return [path for path in named(text) if path not in ends]


def _beginnings(path: str) -> list[int]:
    return [0, *(found.end() for found in re.finditer("/", path))]


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("`sftp/gone.py`", ["sftp/gone.py"]),
        ("`sftp/gone`", ["sftp/gone"]),
        ("`gone.py`", ["gone.py"]),
        ("`pytest tests/gone/test_x.py::test_y[z]`", ["tests/gone/test_x.py"]),
        ("`sftp/wire.py`, `wire.py`, `gui/ferrygate/sftp/`", []),
        ("`/etc/hosts`, `build/bench`, sftp/gone.py", []),
    ],
)
def test_missing_paths_are_found(text: str, paths: list[str]) -> None:
    assert missing(text, {"gui/ferrygate/sftp", "gui/ferrygate/sftp/wire.py"}) == paths


def test_each_path_that_a_document_names_exists() -> None:
    there = {path.relative_to(ROOT).as_posix() for folder in FOLDERS for path in folder.rglob("*")}
    found = {
        document.name: paths
        for document in DOCUMENTS
        if (paths := missing(document.read_text("utf-8"), there))
    }
    assert found == {}
