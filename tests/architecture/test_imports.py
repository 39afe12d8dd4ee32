"""The layers, checked by import-linter, and proof that the check can fail."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def lint_imports(source_root: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter with the project's contracts over the package in ``source_root``."""
    return subprocess.run(
        [
            Path(sys.executable).with_name("lint-imports"),
            "--no-cache",
            "--config",
            ROOT / "pyproject.toml",
        ],
        env={**os.environ, "PYTHONPATH": str(source_root), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=source_root,
        capture_output=True,
        text=True,
        check=False,
    )


def test_imports_run_one_way() -> None:
    outcome = lint_imports(ROOT / "gui")
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


_OFFENCES = {
    "paramiko above ssh": ("transfers", "import paramiko", "Only ssh imports paramiko"),
    "SSH in SFTP": (
        "sftp",
        "import ferrygate.ssh.deadlines",
        "SFTP takes any byte stream",
    ),
    "keyring above vault": ("sign_in", "import keyring", "Only vault imports keyring"),
    "Qt in the engine, for types only": (
        "engine",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import PySide6",
        "Only app imports Qt",
    ),
    "Qt in a presenter": ("app.presenters", "import PySide6", "Only app imports Qt"),
    "an import upwards": ("codes", "import ferrygate.sites.site", "Layers"),
    "a face behind the messages": (
        "cli",
        "import ferrygate.transfers",
        "The faces know the engine by its messages",
    ),
    "a translation below the faces": (
        "transfers",
        "import ferrygate.common.i18n",
        "Only the window and the command line translate",
    ),
    "words for people below the faces": (
        "sign_in",
        "import ferrygate.common.text",
        "Words in the person's language are made in window and command line",
    ),
    "the identity function in the client": (
        "engine",
        "import ferrygate.identity",
        "Only the sandbox imports the identity function",
    ),
    "the sandbox in the client": (
        "engine",
        "import ferrygate.sandbox",
        "Only the command line starts the sandbox",
    ),
    "the client in the sandbox": (
        "sandbox",
        "import ferrygate.sites.site",
        "The sandbox stands apart from the client",
    ),
    "anything of ours in the identity function": (
        "identity",
        "import ferrygate.common.clock",
        "The identity function stands alone",
    ),
}


@pytest.mark.parametrize(("module", "line", "contract"), _OFFENCES.values(), ids=_OFFENCES)
def test_an_offence_is_found(tmp_path: Path, module: str, line: str, contract: str) -> None:
    package = tmp_path / "ferrygate"
    shutil.copytree(ROOT / "gui" / "ferrygate", package)
    offender = package.joinpath(*module.split(".")) / "offender.py"
    offender.write_text(f"{line}\n", encoding="utf-8")

    outcome = lint_imports(tmp_path)

    assert outcome.returncode == 1, outcome.stdout + outcome.stderr
    assert f"{contract} BROKEN" in outcome.stdout
    assert f"ferrygate.{module}.offender" in outcome.stdout


def test_a_folder_that_no_layer_names_is_found(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "gui" / "ferrygate", tmp_path / "ferrygate")
    stray = tmp_path / "ferrygate" / "helpers"
    stray.mkdir()
    (stray / "__init__.py").touch()

    outcome = lint_imports(tmp_path)

    assert outcome.returncode == 1
    assert "ferrygate.helpers" in outcome.stdout
