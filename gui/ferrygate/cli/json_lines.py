"""The lines of ``--json``: one object each, with its ``event``."""

from __future__ import annotations

import base64
import json
import os
import unicodedata
from enum import Enum
from typing import Any

from ferrygate.common.errors import Problem
from ferrygate.common.names import written_out

_SURROGATE = "\\ud"  # begins the escape of half a character, and of half a pair


class JsonEvent(Enum):
    """The kind of a line; programs choose by it, so a value once given stays."""

    CONNECTION = "connection"
    ENTRY = "entry"
    ERROR = "error"
    FILE = "file"
    PROGRESS = "progress"
    SUMMARY = "summary"
    WARNING = "warning"


def record_line(event: JsonEvent, /, **values: Any) -> str:
    r"""One JSON object; in ASCII, so that a hostile name cannot turn the text around it.

    No text has half a character (a lone surrogate), which many JSON readers refuse or lose: a byte
    that is no UTF-8 is written as ``\xff``. :func:`name_fields` keeps the bytes beside it.
    """
    record = {"event": event.value, **values}
    line = json.dumps(record)
    if _SURROGATE in line:
        line = json.dumps(_readable(record))
    return line


def name_fields(field: str, name: bytes) -> dict[str, str]:
    """A remote name or path under ``field``; where it is not UTF-8, its bytes in base64 as well."""
    try:
        return {field: name.decode("utf-8")}
    except UnicodeDecodeError:
        text = name.decode("utf-8", "backslashreplace")
        return {field: text, f"{field}_base64": base64.b64encode(name).decode("ascii")}


def local_fields(field: str, path: str) -> dict[str, str]:
    """As :func:`name_fields`, for a path on this computer."""
    return name_fields(field, os.fsencode(path))


def problem_record(problem: Problem, contact: str = "") -> dict[str, str]:
    """A problem for a program to read.

    Args:
        problem: what went wrong.
        contact: whom the site names for help; empty where it names nobody.
    """
    return {
        "kind": problem.kind.value,
        "sentence": problem.sentence,
        "next_step": problem.next_step,
        "detail": problem.detail,
        "server_said": problem.server_said,
        "contact": contact,
    }


def _readable(value: Any) -> Any:
    """A value of JSON whose texts have whole characters only."""
    match value:
        case str():
            return "".join(
                written_out(character) if unicodedata.category(character) == "Cs" else character
                for character in value
            )
        case dict():
            return {_readable(name): _readable(item) for name, item in value.items()}
        case list() | tuple():
            return [_readable(item) for item in value]
        case _:
            return value
