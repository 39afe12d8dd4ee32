"""Tests the script of ``make demo`` and ``make screenshots``, on a stand-in for the program."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "packaging" / "demo.sh"
PROGRAM = """#!/bin/sh
mkdir -p build/demo/screens
echo "$@" > build/demo/new.png
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Make a source tree with the script, a stand-in for the program, and what a run left there."""
    tree = tmp_path / "tree"
    program = tree / ".venv" / "bin" / "ferrygate"
    program.parent.mkdir(parents=True)
    program.write_text(PROGRAM, encoding="utf-8")
    program.chmod(0o755)
    (tree / "packaging").mkdir()
    shutil.copy(SCRIPT, tree / "packaging")
    screens = tree / "build" / "demo" / "screens"
    screens.mkdir(parents=True)
    (screens / "gone-light.png").touch()
    (screens.parent / "window-light.png").touch()
    return tree


@pytest.mark.parametrize(
    ("words", "given"),
    [
        pytest.param((), "demo --offscreen build/demo", id="demo"),
        pytest.param(
            ("--screenshots", "pictures", "build/demo/screens"),
            "demo --screenshots pictures build/demo/screens",
            id="screenshots",
        ),
    ],
)
def test_the_pictures_of_an_earlier_run_are_gone(
    tree: Path, words: tuple[str, ...], given: str
) -> None:
    subprocess.run(
        ["/bin/sh", tree / "packaging" / "demo.sh", *words],
        env={"PATH": "/usr/bin:/bin", "TMPDIR": str(tree)},
        check=True,
    )
    left = {path.relative_to(tree / "build") for path in (tree / "build").rglob("*.png")}
    assert left == {Path("demo/new.png")}
    assert (tree / "build/demo/new.png").read_text(encoding="utf-8") == f"{given}\n"
