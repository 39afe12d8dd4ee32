"""Has a program of its own process keep its secrets in a file (PYTHON_KEYRING_BACKEND)."""

from __future__ import annotations

from pathlib import Path

VARIABLE = "TEST_KEYRING_FILE"
"""Names the file in the program's environment."""


def keychain_in(file: Path) -> dict[str, str]:
    """Give the environment of a program that keeps its secrets in a file."""
    return {
        "PYTHON_KEYRING_BACKEND": "e2e.file_keyring.FileKeyring",
        "PYTHONPATH": str(Path(__file__).parents[1]),
        VARIABLE: str(file),
    }
