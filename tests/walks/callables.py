"""Reads the variables of calls, and tells which call is a callable's."""

from __future__ import annotations

from collections.abc import Mapping
from dis import opmap
from functools import partial
from types import CodeType, FrameType, FunctionType, MethodType
from typing import Any

_YIELD = opmap["YIELD_VALUE"]

Values = Mapping[str, Any]
"""The variables of a call, by name."""


def is_at_yield(frame: FrameType) -> bool:
    """Tell whether a function is left by a yield, and may go on."""
    return frame.f_lasti >= 0 and frame.f_code.co_code[frame.f_lasti] == _YIELD


def value_at(values: Values, path: str) -> Any:
    """Find a variable, or by dots an attribute of it, or of each in a list."""
    name, *attributes = path.split(".")
    value = values.get(name)
    for attribute in attributes:
        if isinstance(value, list):
            value = [getattr(each, attribute, None) for each in value]
        else:
            value = getattr(value, attribute, None)
    return value


def code_of(what: Any) -> CodeType | None:
    """Find the code that a callable runs, where that is Python's."""
    if isinstance(what, partial):
        return code_of(what.func)
    if isinstance(what, MethodType):
        return code_of(what.__func__)
    return what.__code__ if isinstance(what, FunctionType) else None


def is_call_of(what: Any, values: Values) -> bool:
    """Tell whether the variables of a call are those that a callable brings with it."""
    if isinstance(what, partial):
        return is_call_of(what.func, values)
    if isinstance(what, MethodType):
        return is_call_of(what.__func__, values) and values.get("self") is what.__self__
    for name, cell in zip(what.__code__.co_freevars, what.__closure__ or (), strict=True):
        try:
            content = cell.cell_contents
        except ValueError:  # not set yet
            continue
        if values.get(name) is not content:
            return False
    return True
