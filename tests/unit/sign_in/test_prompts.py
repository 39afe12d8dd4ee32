"""Which secret a prompt wants, by a table of prompts as servers have them (prompts.csv)."""

from __future__ import annotations

import csv
from pathlib import Path

import msgspec
import pytest

from ferrygate.sign_in.prompts import PromptReader, Wanted, allowed

HOST, USER = "sftp.example.org", "vendor7"


class Row(msgspec.Struct, frozen=True):
    """A prompt in its round; ``wanted`` is password, code, both or ask."""

    language: str
    text: str
    instruction: str
    echo: str
    round: str
    given: str
    wanted: str


def rows() -> list[Row]:
    """The table; a backslash and n stand for a line's end."""
    with (Path(__file__).parent / "prompts.csv").open(encoding="utf-8", newline="") as file:
        return [
            Row(**{key: _lines(value) for key, value in row.items()})
            for row in csv.DictReader(file)
        ]


def _lines(value: str) -> str:
    return "\\".join(part.replace("\\n", "\n") for part in value.split("\\\\"))


def decided(reader: PromptReader, row: Row) -> str:
    wanted = reader.wanted(row.text, row.instruction, echo=row.echo == "yes")
    given = frozenset(map(Wanted, row.given.split()))
    return wanted.value if allowed(wanted, given) else "ask"


@pytest.mark.parametrize(
    "row", [pytest.param(row, id=f"{number}-{row.wanted}") for number, row in enumerate(rows(), 2)]
)
def test_a_prompt_gets_what_it_wants(row: Row) -> None:
    assert decided(PromptReader(HOST, USER), row) == row.wanted
