from __future__ import annotations

import importlib
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from ferrygate.common.lean_imports import Versions, replaced


def test_a_module_is_not_found_meanwhile() -> None:
    assert "this" not in sys.modules
    with replaced("this", None), pytest.raises(ModuleNotFoundError):
        importlib.import_module("this")
    assert "this" not in sys.modules


def test_another_module_is_found_meanwhile() -> None:
    other = Versions()
    with replaced("this", other):
        assert importlib.import_module("this") is other
    assert "this" not in sys.modules


def test_a_module_that_is_loaded_stays() -> None:
    with replaced("json", None):
        assert importlib.import_module("json") is sys.modules["json"]
    assert "json" in sys.modules


@pytest.mark.parametrize("name", ["paramiko", "msgspec", "click"])
def test_versions_are_those_of_the_standard_library(name: str) -> None:
    assert Versions().version(name) == metadata.version(name)


WITHOUT_A_FOLDER = """
from ferrygate.common.lean_imports import Versions, replaced
versions = Versions()
with replaced("importlib.metadata", versions):
    from importlib import metadata
    assert metadata is versions
    print(metadata.version("odd_one"))
from importlib import metadata
print(metadata.version("odd_one"))
"""


def test_a_version_that_no_folder_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    egg = tmp_path / "odd_one.egg-info"
    egg.mkdir()
    (egg / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: odd_one\nVersion: 7.1\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    told = subprocess.check_output([sys.executable, "-c", WITHOUT_A_FOLDER], text=True)
    assert told.split() == ["7.1", "7.1"]
    with pytest.raises(metadata.PackageNotFoundError):
        Versions().version("there_is_none")


MORE_THAN_A_VERSION = """
from ferrygate.common.lean_imports import Versions, replaced
with replaced("importlib.metadata", Versions()):
    from importlib import metadata
    print(metadata.version("paramiko") == metadata.distribution("paramiko").version)
from importlib import metadata as whole
print(metadata.PackageNotFoundError is whole.PackageNotFoundError)
"""


def test_whoever_wants_more_than_a_version_is_given_it() -> None:
    told = subprocess.check_output([sys.executable, "-c", MORE_THAN_A_VERSION], text=True)
    assert told.split() == ["True", "True"]
