"""The package declares all that it imports, in versions without known advisories."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
REQUIREMENT = re.compile(r"([A-Za-z0-9-]+)>=([0-9.]+)")

# The last version that an advisory names.
ADVISORIES = {
    "asyncssh": "2.23.0",  # CVE-2026-54590, CVE-2026-54591
    "pillow": "12.2.0",  # CVE-2026-4775
    "pyotp": "2.12.0",  # no advisory: it refuses keys of 80 bits
}


def declared() -> dict[str, str]:
    """Lower bounds by name, of what an installation brings along and of its extras for people."""
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["aws"]]
    found = [REQUIREMENT.match(each) for each in wanted]
    assert None not in found, wanted
    return {match[1].lower(): match[2] for match in found if match}


def imported() -> set[str]:
    """Collect the top names of all modules that the package imports."""
    names = set()
    for file in (ROOT / "gui/ferrygate").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.partition(".")[0])
    return names - sys.stdlib_module_names - {"ferrygate"}


def numbers(version: str) -> tuple[int, ...]:
    """Read a version as numbers that compare, filled up to three."""
    parts = tuple(int(part) for part in version.split("."))
    return parts + (0,) * (3 - len(parts))


def test_every_library_that_the_package_imports_is_declared() -> None:
    owners = packages_distributions()
    missing = {
        name
        for name in imported()
        if not {owner.lower().replace("_", "-") for owner in owners.get(name, [name])}
        & declared().keys()
    }
    assert missing == set()


@pytest.mark.parametrize("library", ADVISORIES)
def test_no_lower_bound_admits_a_version_with_an_advisory(library: str) -> None:
    assert numbers(declared()[library]) > numbers(ADVISORIES[library])
