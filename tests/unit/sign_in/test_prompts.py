"""Which secret a prompt wants, by a table of prompts as servers have them (prompts.csv)."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable
from functools import partial
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
    """Read the table; a backslash and n stand for a line's end."""
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


@pytest.mark.parametrize("language", sorted({row.language for row in rows()}))
def test_a_prompt_gets_what_it_wants(language: str) -> None:
    """One test for each language: the rows are many, and each takes less than a test's set-up."""
    reader = PromptReader(HOST, USER)
    wrong = [
        (row, decided(reader, row))
        for row in rows()
        if row.language == language and decided(reader, row) != row.wanted
    ]
    assert wrong == []


def test_the_table_has_what_each_language_asks() -> None:
    table = rows()
    kinds = {"password", "code", "ask"}
    asked: dict[str, set[str]] = {}
    for row in table:
        asked.setdefault(row.language, set()).add(row.wanted)
    languages = {language for language, wants in asked.items() if language and wants >= kinds}
    assert len(languages) >= 19
    assert sum(row.wanted == "ask" for row in table) >= 100
    reader = PromptReader(HOST, USER)
    decides = [
        row
        for row in table
        if row.instruction
        and decided(reader, row) != decided(reader, msgspec.structs.replace(row, instruction=""))
    ]
    assert len(decides) >= 30


@pytest.mark.parametrize(
    "spell",
    [
        str.upper,
        partial(unicodedata.normalize, "NFD"),
        lambda text: text.replace(" ", "\N{NO-BREAK SPACE}"),
        lambda text: text.replace(":", "\N{FULLWIDTH COLON}"),
        lambda text: f"\N{ZERO WIDTH SPACE}{text}\r\n",
        lambda text: f"\x1b[1;32m{text}\x1b[0m\a",
    ],
    ids=["upper case", "decomposed", "no-break space", "full-width colon", "blanks", "colour"],
)
def test_how_a_prompt_is_spelt_changes_nothing(spell: Callable[[str], str]) -> None:
    reader = PromptReader(HOST, USER)
    changed = [
        row.text
        for row in rows()
        if "://" not in row.text
        and decided(reader, msgspec.structs.replace(row, text=spell(row.text))) != row.wanted
    ]
    assert changed == []


@pytest.mark.parametrize(
    ("username", "host", "text", "wanted"),
    [
        ("token", HOST, "token's password:", Wanted.PASSWORD),
        ("token", HOST, "Passwort für token:", Wanted.PASSWORD),
        ("otp", HOST, "Password for user otp:", Wanted.PASSWORD),
        ("code", HOST, "code@otp-host's password:", Wanted.PASSWORD),
        ("code", HOST, "code 的密码:", Wanted.PASSWORD),
        ("otp.user", HOST, "Password for otp.user:", Wanted.PASSWORD),
        ("otp-vendor", HOST, "(otp-vendor) Verification code:", Wanted.CODE),
        ("password-team", HOST, "password-team verification code:", Wanted.CODE),
        ("Code@acme.example", HOST, "Password for code:", Wanted.PASSWORD),
        ("ACME\\token-7", HOST, "Password for TOKEN-7:", Wanted.PASSWORD),
        ("token", HOST, "Token password:", Wanted.ASK),
        ("password", HOST, "Password code:", Wanted.ASK),
        (USER, "code-server", "code-server password:", Wanted.PASSWORD),
        (USER, "otp.example.org", "otp.example.org's password:", Wanted.PASSWORD),
        (USER, "password", "[password] Verification code:", Wanted.ASK),
    ],
)
def test_a_name_decides_nothing(username: str, host: str, text: str, wanted: Wanted) -> None:
    assert PromptReader(host, username).wanted(text) is wanted
