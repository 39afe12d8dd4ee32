"""`make lambda` needs a Python and one package, and nothing of what `make setup` installs."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
AWS = ROOT / "packaging" / "aws"

# Plays Python: says its version, makes an environment that is itself, and writes down the rest.
FAKE = """#!/bin/sh
case "$1 $2" in
"-c "*) exec {python} "$@" ;;
"-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
*) echo "$*" >>{log} ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Holds what the script reads of a checkout in which "make setup" did not run."""
    shutil.copytree(AWS, tmp_path / "packaging" / "aws")
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    return tmp_path


def run(checkout: Path, *arguments: str, python: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", checkout / "packaging" / "aws" / "lambda.sh", *arguments],
        env={"PATH": os.environ["PATH"], "PYTHON": str(python)},
        capture_output=True,
        text=True,
        check=False,
    )


def fake_python(checkout: Path, version: str = sys.executable) -> Path:
    program = checkout / "python"
    program.write_text(FAKE.format(python=version, log=checkout / "log"))
    program.chmod(0o755)
    return program


def test_one_package_is_installed_once_as_it_is_pinned(checkout: Path) -> None:
    program = fake_python(checkout)
    first = run(checkout, "homes of all.json", python=program)
    second = run(checkout, python=program)
    assert (first.returncode, first.stderr, second.returncode, second.stdout) == (0, "", 0, "")
    built = "packaging/aws/build_lambda.py"
    pip, made, again = (checkout / "log").read_text().splitlines()
    assert re.search(r" install --require-hashes --requirement build/lambda/\S+\.txt$", pip)
    assert (made, again) == (f"{built} homes of all.json", built)
    wanted = (checkout / "build" / "lambda" / "requirements.txt").read_text().splitlines()
    assert wanted[0].startswith("pyyaml==")
    assert len(wanted) > 1
    assert all(re.fullmatch(r" +--hash=sha256:[0-9a-f]{64}( \\)?", line) for line in wanted[1:])


def test_an_old_python_is_refused_with_what_to_do(checkout: Path) -> None:
    ended = run(checkout, python=fake_python(checkout, version="false"))
    assert ended.returncode == 1
    assert "Set PYTHON" in ended.stderr
    assert not (checkout / "build").exists()


def test_the_builder_imports_that_package_and_the_standard_library_alone() -> None:
    beside = {file.stem for file in AWS.glob("*.py")}
    imported = {
        name.partition(".")[0]
        for file in ("build_lambda.py", "compact_function.py", "compact_template.py")
        for node in ast.walk(ast.parse((AWS / file).read_text("utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [str(node.module)]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported - beside - set(sys.stdlib_module_names) == {"yaml"}
