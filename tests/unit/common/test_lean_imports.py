from __future__ import annotations

import importlib
import sys

import pytest

from ferrygate.common.lean_imports import without


def test_a_module_is_not_found_meanwhile() -> None:
    assert "this" not in sys.modules
    with without("this"), pytest.raises(ModuleNotFoundError):
        importlib.import_module("this")
    assert "this" not in sys.modules


def test_a_module_that_is_loaded_stays() -> None:
    with without("json"):
        assert importlib.import_module("json") is sys.modules["json"]
    assert "json" in sys.modules
