"""``import ferrygate`` offers the names of the documentation, and loads nothing for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

import ferrygate

EXPORTS = [
    "ConflictChoice",
    "FerrygateError",
    "Kind",
    "Result",
    "Session",
    "TransferState",
    "__version__",
    "connect",
]


def test_the_exports_are_those_of_the_documentation() -> None:
    assert sorted(ferrygate.__all__) == EXPORTS
    for name in EXPORTS:
        assert getattr(ferrygate, name) is not None
        assert name in dir(ferrygate)


def test_the_version_is_a_number() -> None:
    assert ferrygate.__version__.split(".")[0].isdigit()


def test_importing_it_imports_nothing_else() -> None:
    look = "import sys, ferrygate; print([n for n in sys.modules if n.startswith('ferrygate.')])"
    told = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"


def test_what_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="disconnect"):
        getattr(ferrygate, "disconnect")  # noqa: B009  mypy knows that there is none
