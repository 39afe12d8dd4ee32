"""Makes the lines of ``--json``: one object each, with its ``event``."""

from __future__ import annotations

import base64
import json
import os
import unicodedata
from enum import Enum
from typing import Any

from ferrygate.common.display import written_out
from ferrygate.common.errors import Problem
from ferrygate.common.message import Difference, Duration, Message, Moment, Parameter, Size

_SURROGATE = "\\ud"  # begins the escape of half a character, and of half a pair


class JsonEvent(Enum):
    """Names the kinds of lines; programs choose by them, so a value once given stays."""

    CONNECTION = "connection"
    ENTRY = "entry"
    ERROR = "error"
    FILE = "file"
    PROGRESS = "progress"
    STAGE = "stage"
    SUMMARY = "summary"
    WARNING = "warning"


def record_line(event: JsonEvent, /, **values: Any) -> str:
    r"""Make one JSON object; in ASCII, so that a hostile name cannot reverse the text beside it.

    No text has half a character (a lone surrogate), which many JSON readers refuse or lose: a byte
    that is no UTF-8 is written as ``\xff``. :func:`name_fields` keeps the bytes beside it.
    """
    record = {"event": event.value, **values}
    line = json.dumps(record)
    if _SURROGATE in line:
        line = json.dumps(_readable(record))
    return line


def name_fields(field: str, name: bytes) -> dict[str, str]:
    """Give a remote name or path under ``field``; if it is not UTF-8, its bytes in base64 too."""
    try:
        return {field: name.decode("utf-8")}
    except UnicodeDecodeError:
        text = name.decode("utf-8", "backslashreplace")
        return {field: text, f"{field}_base64": base64.b64encode(name).decode("ascii")}


def local_fields(field: str, path: str) -> dict[str, str]:
    """Do as :func:`name_fields` for a path on this computer."""
    return name_fields(field, os.fsencode(path))


def problem_record(problem: Problem, contact: str = "") -> dict[str, Any]:
    """Make a problem a record for a program: its sentences in English, whatever the language.

    Args:
        problem: what went wrong.
        contact: the person or address that the site names for help; empty if it names none.
    """
    return {
        "kind": problem.kind.value,
        **message_fields("sentence", problem.sentence),
        **message_fields("next_step", problem.next_step),
        "detail": problem.detail,
        "server_said": problem.server_said,
        "contact": contact,
    }


def message_fields(field: str, text: Message | None) -> dict[str, Any]:
    """Give a message as English text, with its template and parameters beside it."""
    if text is None:
        return {field: ""}
    return {
        field: str(text),
        f"{field}_template": _template(text),
        f"{field}_parameters": _parameters(text),
    }


def _template(text: Message) -> str:
    """Return the one of two templates that the English text was made from."""
    is_one = not text.plural or text.parameters["count"] == 1
    return text.template if is_one else text.plural


def _parameters(text: Message) -> dict[str, Any]:
    return {name: _parameter(value) for name, value in text.parameters.items()}


def _parameter(value: Parameter) -> Any:
    match value:
        case str() | int():
            return value
        case Size():
            return value.bytes
        case Duration() | Difference() | Moment():
            return value.seconds
        case Message():
            return {"template": _template(value), "parameters": _parameters(value)}
        case _:
            return [_parameter(part) for part in value]


def _readable(value: Any) -> Any:
    """Return a value of JSON whose texts have whole characters only."""
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
