from __future__ import annotations

from pathlib import Path

import pytest

from ferrygate.common.resources import find_resources, resource_path


def test_installed_resources_lie_in_the_package(tmp_path: Path) -> None:
    package = tmp_path / "lib" / "ferrygate"
    (package / "_resources").mkdir(parents=True)
    (tmp_path / "resources").mkdir()
    assert find_resources(package) == package / "_resources"


def test_in_the_source_tree_they_lie_beside_gui(tmp_path: Path) -> None:
    package = tmp_path / "gui" / "ferrygate"
    package.mkdir(parents=True)
    (tmp_path / "resources").mkdir()
    assert find_resources(package) == tmp_path / "resources"


def test_a_copy_that_is_not_whole(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        find_resources(tmp_path / "gui" / "ferrygate")


def test_this_copy_is_whole() -> None:
    assert resource_path("icons").is_dir()
