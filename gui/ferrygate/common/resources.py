"""Finds icons, styles and translations of this copy of the program."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def find_resources(package: Path) -> Path:
    """Find the folder of resources that belongs to a copy of the package.

    Args:
        package: the folder ``ferrygate``, installed or in the source tree.

    Raises:
        FileNotFoundError: the copy is not whole.
    """
    installed, source = package / "_resources", package.parents[1] / "resources"
    for folder in (installed, source):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"neither {installed} nor {source} is there")


def resource_path(name: str) -> Path:
    """Return the path of one resource, such as ``icons/folder.svg``."""
    return find_resources(_PACKAGE) / name
